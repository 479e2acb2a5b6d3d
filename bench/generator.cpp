#include "generator.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/epoll.h>
#include <system_error>
#include <utility>

namespace blog::bench {
namespace {

using namespace std::chrono_literals;

constexpr auto warm_up_time = 1s;
constexpr auto drain_time = 2s;
constexpr std::size_t input_bytes = 64u << 10;

}  // namespace

Generator::Generator(Url const& url, Requests& requests, Plan const& plan)
    : url_(url),
      requests_(requests),
      plan_(plan),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      connections_(plan.connections),
      input_(input_bytes, '\0') {
    for (auto& connection : connections_) {
        open(connection);
        idle_.push_back(&connection);
    }
}

// Registered once: edge-triggered, so that neither a read nor a write needs another call.
void Generator::open(Connection& c) {
    c.socket = connect_to(url_);
    ::fcntl(c.socket.get(), F_SETFL, O_NONBLOCK);
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.ptr = &c;
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, c.socket.get(), &event) != 0)
        throw std::system_error(errno, std::generic_category(), "epoll_ctl");
}

Outcome Generator::run() {
    start_ = Clock::now();
    warm_ = start_ + warm_up_time;
    end_ = warm_ + plan_.seconds;
    // At full speed there is always an answer to wait for; the limit is for the end.
    int const wait_ms = plan_.rate > 0 ? 0 : 100;
    std::array<epoll_event, 256> events{};
    auto now = start_;
    for (; !finished(now); now = Clock::now()) {
        send_due(now);
        auto const count = ::epoll_wait(epoll_.get(), events.data(), events.size(), wait_ms);
        for (int i = 0; i < count; ++i) {
            auto const& event = events[static_cast<std::size_t>(i)];
            auto& connection = *static_cast<Connection*>(event.data.ptr);
            receive(connection, (event.events & ~(EPOLLIN | EPOLLOUT)) != 0);
        }
    }
    give_up(now);
    auto const seconds = std::chrono::duration<double>(plan_.seconds).count();
    out_.achieved = static_cast<double>(in_time_) / seconds;
    return std::move(out_);
}

Generator::Time Generator::due_of(std::uint64_t index) const noexcept {
    std::chrono::duration<double, std::nano> const offset(static_cast<double>(index) * 1e9 /
                                                          plan_.rate);
    return start_ + std::chrono::duration_cast<Clock::duration>(offset);
}

Generator::Time Generator::next_due(Time now) const noexcept {
    return plan_.rate > 0 ? due_of(next_) : now;
}

bool Generator::finished(Time now) const noexcept {
    if (now < end_) return false;
    bool const all_done = next_due(now) >= end_ && idle_.size() == connections_.size();
    return all_done || now >= end_ + drain_time;
}

// What is due goes out, as far as connections are free; the rest stays due. Each connection has one
// turn, so that a server that refuses them all cannot keep us here.
void Generator::send_due(Time now) {
    for (auto turns = idle_.size(); turns > 0; --turns) {
        auto const due = next_due(now);
        if (due > now || due >= end_) return;
        auto& c = *idle_.front();
        idle_.pop_front();
        ++next_;
        c.reader.expect(requests_.next(c.request));
        c.sent = 0;
        c.due = due;
        c.busy = true;
        send_rest(c);
    }
}

void Generator::send_rest(Connection& c) {
    while (c.busy && c.sent < c.request.size()) {
        auto const rest = std::string_view(c.request).substr(c.sent);
        auto const size = ::send(c.socket.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
        if (size >= 0)
            c.sent += static_cast<std::size_t>(size);
        else if (errno == EAGAIN)
            return;
        else if (errno != EINTR)
            return failed(c);
    }
}

// A short read has emptied the socket, unless the server is closing: then its end is still to come.
void Generator::receive(Connection& c, bool closing) {
    send_rest(c);
    for (;;) {
        auto const size = ::recv(c.socket.get(), input_.data(), input_.size(), 0);
        if (size < 0 && errno == EINTR) continue;
        if (size < 0 && errno == EAGAIN) return;
        if (size <= 0) {
            if (size == 0 && c.busy) c.reader.close();
            if (c.busy) return c.reader.done() ? answered(c) : failed(c);
            return open(c);  // it was idle for too long: no fault
        }
        auto const got = static_cast<std::size_t>(size);
        take(c, std::string_view(input_).substr(0, got));
        if (got < input_.size() && !closing) return;
    }
}

void Generator::take(Connection& c, std::string_view input) {
    auto const used = c.busy ? c.reader.take(input) : 0;
    if (c.reader.broken() || used < input.size()) return failed(c);
    if (c.reader.done()) answered(c);
}

void Generator::answered(Connection& c) {
    auto const now = Clock::now();
    if (now >= warm_ && now < end_) ++in_time_;
    if (measured(c.due)) {
        out_.latency_ns.record(static_cast<std::uint64_t>((now - c.due).count()));
        ++out_.status[c.reader.status()];
    }
    if (!c.reader.keep_alive()) open(c);
    release(c);
}

void Generator::failed(Connection& c) {
    ++out_.errors;
    open(c);
    if (c.busy) release(c);
}

void Generator::release(Connection& c) {
    c.busy = false;
    idle_.push_back(&c);
}

// Their latency is at least their age, and leaving them out would flatter a server that hangs.
void Generator::give_up(Time now) {
    auto const count_in = [&](Time due) {
        if (!measured(due)) return;
        out_.latency_ns.record(static_cast<std::uint64_t>((now - due).count()));
        ++out_.unanswered;
    };
    for (auto const& connection : connections_)
        if (connection.busy) count_in(connection.due);
    for (; plan_.rate > 0 && due_of(next_) < end_; ++next_)
        count_in(due_of(next_));
}

}  // namespace blog::bench
