#pragma once
#include "net/loop.hpp"
#include "unique_fd.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <cstdint>

struct sockaddr;

namespace blog::net {

// Takes the connections of one listening socket for its loop. Lives on the loop, longer than the
// last completion handler of the socket.
class Listener {
public:
    Listener(UniqueFd listening, Loop&);

    // Starts to accept. When descriptors or memory run out it stops by itself: the loop's tick
    // calls this again and again, which costs nothing while all is well.
    void resume();
    // Takes what the kernel has already accepted for us, then closes the socket.
    void close() noexcept;

private:
    enum class Taken : std::uint8_t { one, none_left, try_later };
    Taken take_one() noexcept;
    void take_burst();
    void start(UniqueFd, sockaddr const& peer);

    Loop& loop_;
    asio::posix::basic_stream_descriptor<asio::io_context::executor_type> socket_;
    bool waiting_ = false, closed_ = false, complained_ = false;
};

}  // namespace blog::net
