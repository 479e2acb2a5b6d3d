#include "net/socket_stream.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <sys/socket.h>
#include <sys/uio.h>

namespace blog::net {
namespace {

constexpr std::size_t parts_max = 8;

Stream::Moved failed() noexcept {
    bool const blocked = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
    return {0, blocked ? Stream::State::blocked : Stream::State::failed};
}

auto readiness(Stream::Direction direction) noexcept {
    using asio::posix::descriptor_base;
    return direction == Stream::Direction::read ? descriptor_base::wait_read
                                                : descriptor_base::wait_write;
}

}  // namespace

SocketStream::SocketStream(asio::io_context& loop, UniqueFd socket) : socket_(loop) {
    socket_.assign(socket.get());
    socket.release();
}

Stream::Moved SocketStream::read(std::span<char> into) noexcept {
    auto const got = ::recv(socket_.native_handle(), into.data(), into.size(), MSG_DONTWAIT);
    if (got < 0) return failed();
    if (got == 0) return {0, State::ended};
    return {static_cast<std::size_t>(got), State::ok};
}

Stream::Moved SocketStream::write(std::span<std::string_view const> parts) noexcept {
    std::array<iovec, parts_max> vectors;
    auto const count = std::min(parts.size(), vectors.size());
    for (std::size_t i = 0; i < count; ++i)
        vectors[i] = {const_cast<char*>(parts[i].data()), parts[i].size()};
    msghdr message{};
    message.msg_iov = vectors.data();
    message.msg_iovlen = count;
    auto const sent = ::sendmsg(socket_.native_handle(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0) return failed();
    return {static_cast<std::size_t>(sent), State::ok};
}

Awaitable<void> SocketStream::wait(Direction direction) {
    co_await socket_.async_wait(readiness(direction), no_throw);
}

void SocketStream::watch(Direction direction, Watcher& watcher) {
    socket_.async_wait(readiness(direction),
                       [&watcher](boost::system::error_code) { watcher.on_ready(); });
}

void SocketStream::cancel() noexcept {
    boost::system::error_code ignored;
    socket_.cancel(ignored);
}

void SocketStream::finish_sending() noexcept {
    ::shutdown(socket_.native_handle(), SHUT_WR);
}

}  // namespace blog::net
