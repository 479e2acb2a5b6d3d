#pragma once
#include "net/stream.hpp"
#include "unique_fd.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>

namespace blog::net {

// A connected TCP or Unix-domain socket. Lives on its loop.
class SocketStream final : public Stream {
public:
    SocketStream(asio::io_context&, UniqueFd);  // throws boost::system::system_error

    Moved read(std::span<char>) noexcept override;
    Moved write(std::span<std::string_view const>) noexcept override;
    Awaitable<void> wait(Direction) override;
    void watch(Direction, Watcher&) override;
    void cancel() noexcept override;
    void finish_sending() noexcept override;

private:
    // The concrete executor is five words smaller than the type-erased one; there are many of
    // these.
    asio::posix::basic_stream_descriptor<asio::io_context::executor_type> socket_;
};

}  // namespace blog::net
