#include "net/listener.hpp"

#include "net/connection.hpp"
#include "net/socket_stream.hpp"

#include <cerrno>
#include <exception>
#include <string>
#include <sys/socket.h>
#include <system_error>

namespace blog::net {

Listener::Listener(UniqueFd listening, Loop& loop) : loop_(loop), socket_(loop.context) {
    socket_.assign(listening.get());
    listening.release();
}

void Listener::resume() {
    if (waiting_ || closed_) return;
    socket_.async_wait(asio::posix::descriptor_base::wait_read, [this](boost::system::error_code) {
        waiting_ = false;
        if (!closed_) take_burst();
    });
    waiting_ = true;
}

void Listener::close() noexcept {
    if (closed_) return;
    while (take_one() == Taken::one) {
    }
    closed_ = true;
    boost::system::error_code ignored;
    socket_.close(ignored);
}

// Some, not all: the connections that are there have their turn in between.
void Listener::take_burst() {
    auto taken = Taken::one;
    for (unsigned i = 0; i < loop_.limits.accept_burst && taken == Taken::one; ++i)
        taken = take_one();
    if (taken != Taken::try_later) resume();
}

Listener::Taken Listener::take_one() noexcept {
    try {
        sockaddr_storage peer{};
        socklen_t size = sizeof peer;
        auto* const address = reinterpret_cast<sockaddr*>(&peer);
        UniqueFd socket(
            ::accept4(socket_.native_handle(), address, &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (socket) {
            start(std::move(socket), *address);
            complained_ = false;
            return Taken::one;
        }
        if (errno == EAGAIN || errno == EWOULDBLOCK) return Taken::none_left;
        bool const exhausted =
            errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
        if (!exhausted) return Taken::one;  // a connection that gave up while it waited for us
        if (!std::exchange(complained_, true))
            loop_.log.error("connections have to wait: " + std::system_category().message(errno));
    } catch (std::exception const& e) {
        loop_.log.error(e.what());
    }
    return Taken::try_later;
}

void Listener::start(UniqueFd socket, sockaddr const& peer) {
    bool const full = loop_.open.load(std::memory_order_relaxed) >= loop_.limits.connections_max;
    if (full && loop_.refusing.load(std::memory_order_relaxed) >= loop_.limits.refusals_max) return;
    auto stream = std::make_unique<SocketStream>(loop_.poller, std::move(socket));
    (full ? turn_away : serve)(std::move(stream), Address::of(peer), loop_);
}

}  // namespace blog::net
