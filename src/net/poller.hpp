#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/intrusive/list.hpp>

#include <array>
#include <cstddef>
#include <sys/epoll.h>

namespace blog::net {

namespace asio = boost::asio;

// Tells the sockets of one loop when they may get on.
//
// It is an epoll instance that the io_context watches like any other descriptor. A socket is
// registered once, edge-triggered, for as long as it lives, so that waiting costs no system call;
// Asio's own wait costs one each time (docs/decisions/011). One thread.
class Poller {
public:
    // A socket, from add() on. Unlinks itself when it is destroyed.
    class Source : public boost::intrusive::list_base_hook<
                       boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
    protected:
        virtual ~Source() = default;

    private:
        friend class Poller;
        // What has happened (EPOLLIN and so on). Returns whether somebody waits for it.
        virtual bool note(unsigned events) noexcept = 0;
        // Whoever waits has its turn; may destroy the source.
        virtual void wake() noexcept = 0;
    };

    explicit Poller(asio::io_context&);  // throws system_error
    Poller(Poller const&) = delete;
    Poller& operator=(Poller const&) = delete;

    void add(int socket, Source&);  // throws system_error
    // Before the source is destroyed and its socket closed.
    void forget(int socket, Source&) noexcept;
    // Its wake() is called soon, from the loop.
    void schedule(Source&) noexcept;

private:
    static constexpr std::size_t batch_max = 64;  // sockets in a row before others have a turn

    void watch();
    void take_batch() noexcept;
    void wake_scheduled() noexcept;

    asio::io_context& context_;
    asio::posix::stream_descriptor epoll_;
    std::array<epoll_event, batch_max> batch_;
    std::size_t next_ = 0, count_ = 0;  // of the batch being worked off
    boost::intrusive::list<Source, boost::intrusive::constant_time_size<false>> scheduled_;
};

}  // namespace blog::net
