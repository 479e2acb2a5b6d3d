#include "net/socket_stream.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <sys/socket.h>
#include <sys/uio.h>
#include <utility>

namespace blog::net {
namespace {

constexpr std::size_t parts_max = 8;

Stream::Moved failed() noexcept {
    bool const blocked = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
    return {0, blocked ? Stream::State::blocked : Stream::State::failed};
}

// Copying so little costs less than describing several pieces to the kernel.
constexpr std::size_t joined_bytes_max = 4096;

ssize_t send_joined(int socket, std::span<std::string_view const> parts) noexcept {
    std::array<char, joined_bytes_max> joined;
    auto* end = joined.data();
    for (auto const part : parts)
        end = std::copy(part.begin(), part.end(), end);
    return ::send(socket, joined.data(), static_cast<std::size_t>(end - joined.data()),
                  MSG_DONTWAIT | MSG_NOSIGNAL);
}

ssize_t send(int socket, std::span<std::string_view const> parts) noexcept {
    std::array<iovec, parts_max> vectors;
    auto const count = std::min(parts.size(), vectors.size());
    for (std::size_t i = 0; i < count; ++i)
        vectors[i] = {const_cast<char*>(parts[i].data()), parts[i].size()};
    msghdr message{};
    message.msg_iov = vectors.data();
    message.msg_iovlen = count;
    return ::sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

}  // namespace

template <class Handler>
struct SocketStream::WaiterOf final : Waiter {
    explicit WaiterOf(Handler h) : handler(std::move(h)) {}
    void resume(std::unique_ptr<Waiter> self) override {
        auto continuation = std::move(handler);
        self.reset();  // the coroutine may wait again at once
        std::move(continuation)();
    }
    Handler handler;
};

SocketStream::SocketStream(Poller& poller, UniqueFd socket)
    : poller_(poller), socket_(std::move(socket)) {
    poller_.add(socket_.get(), *this);
}

Stream::Moved SocketStream::read(std::span<char> into) noexcept {
    auto const got = ::recv(socket_.get(), into.data(), into.size(), MSG_DONTWAIT);
    // Less than there was room for: what comes next will be told.
    if (got < static_cast<ssize_t>(into.size())) readable_ = false;
    if (got < 0) return failed();
    if (got == 0) return {0, State::ended};
    return {static_cast<std::size_t>(got), State::ok};
}

Stream::Moved SocketStream::write(std::span<std::string_view const> parts) noexcept {
    std::size_t bytes = 0;
    for (auto const part : parts)
        bytes += part.size();
    auto const sent =
        bytes <= joined_bytes_max ? send_joined(socket_.get(), parts) : send(socket_.get(), parts);
    if (sent < 0) {
        writable_ = false;
        return failed();
    }
    return {static_cast<std::size_t>(sent), State::ok};
}

bool SocketStream::note(unsigned events) noexcept {
    constexpr unsigned over = EPOLLERR | EPOLLHUP;
    if ((events & (EPOLLIN | over)) != 0) readable_ = true;
    if ((events & (EPOLLOUT | over)) != 0) writable_ = true;
    if ((events & (EPOLLRDHUP | over)) != 0) ended_ = true;
    return (watcher_ != nullptr || waiter_) && may_get_on();
}

void SocketStream::wake() noexcept {
    if (auto* const watcher = std::exchange(watcher_, nullptr)) return watcher->on_ready();
    if (auto* const waiter = waiter_.get()) waiter->resume(std::move(waiter_));
}

void SocketStream::wait_for(Direction direction) noexcept {
    direction_ = direction;
    if (may_get_on()) poller_.schedule(*this);
}

Awaitable<void> SocketStream::wait(Direction direction) {
    wait_for(direction);
    auto const keep = [this](auto handler) {
        waiter_ = std::make_unique<WaiterOf<decltype(handler)>>(std::move(handler));
    };
    co_await asio::async_initiate<decltype(no_throw), void()>(keep, no_throw);
}

void SocketStream::watch(Direction direction, Watcher& watcher) {
    watcher_ = &watcher;
    wait_for(direction);
}

void SocketStream::cancel() noexcept {
    if (watcher_ != nullptr || waiter_) poller_.schedule(*this);
}

void SocketStream::finish_sending() noexcept {
    ::shutdown(socket_.get(), SHUT_WR);
}

}  // namespace blog::net
