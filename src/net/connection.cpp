#include "net/connection.hpp"

#include "net/request_reader.hpp"
#include "net/response_writer.hpp"

#include <boost/asio/post.hpp>

#include <atomic>
#include <exception>
#include <optional>
#include <string>
#include <utility>

namespace blog::net {
namespace {

using Clock = std::chrono::steady_clock;

// What a closing connection may still send before we stop listening: a body that was refused.
constexpr std::size_t linger_bytes_max = 64u << 20;
constexpr std::chrono::seconds drain_linger_time{1};  // a stop is not kept waiting for politeness

void log_failure(Loop& loop, std::string_view where) noexcept {
    try {
        try {
            throw;
        } catch (std::exception const& e) {
            loop.log.error(std::string(where) + ": " + e.what());
        }
    } catch (...) {
        loop.log.error("a connection failed");
    }
}

}  // namespace

// One connection, as long as its coroutine runs.
class Connection {
public:
    // Counts itself in `count`, which is one of the loop's.
    Connection(Stream& stream, Address peer, Loop& loop, std::atomic<std::size_t>& count)
        : loop_(loop), count_(count), channel_(stream, loop.deadlines), peer_(peer) {
        loop_.channels.push_back(channel_);
        count_.fetch_add(1, std::memory_order_relaxed);
    }
    ~Connection() {
        become_idle();
        count_.fetch_sub(1, std::memory_order_relaxed);
    }
    Connection(Connection const&) = delete;
    Connection& operator=(Connection const&) = delete;

    Channel& channel() noexcept { return channel_; }

    // Serves what has arrived until nothing is left to do; false when the connection is to be
    // closed.
    Awaitable<bool> serve_arrived();

    // Says why, and waits a little so that the client can read it.
    Awaitable<void> refuse(Status, std::string_view detail);

private:
    void become_busy() {
        if (!ws_) ws_ = loop_.workspaces.take();
        channel_.set_use(Channel::Use::busy);
    }
    void become_idle() noexcept {
        if (ws_) loop_.workspaces.give_back(std::move(ws_));
        channel_.set_use(Channel::Use::idle);
    }
    Awaitable<bool> serve_request();
    Request::Parts parts() noexcept;
    Awaitable<bool> send(Response&, bool keep_alive);
    Awaitable<void> linger();

    Loop& loop_;
    std::atomic<std::size_t>& count_;
    Channel channel_;
    std::unique_ptr<Workspace> ws_;  // null: idle
    Address peer_;
};

Awaitable<bool> Connection::serve_arrived() {
    become_busy();
    for (unsigned served = 1;; ++served) {
        auto const got = co_await receive_request(channel_, loop_.limits, *ws_);
        if (got == Received::nothing) break;
        if (got == Received::closed) co_return false;
        if (got == Received::refused) {
            co_await refuse(ws_->refusal.status, ws_->refusal.detail);
            co_return false;
        }
        if (!co_await serve_request()) co_return false;
        finish_request(*ws_);
        if (ws_->in.empty()) break;  // the next request comes with the next readiness
        if (served % loop_.limits.pipeline_burst == 0) co_await asio::post(no_throw);
    }
    become_idle();
    co_return channel_.usable() && !loop_.draining;
}

Request::Parts Connection::parts() noexcept {
    auto const& head = ws_->head;
    auto const origin = resolve_origin(peer_, head.headers, loop_.proxies);
    return {.method = head.method,
            .path = head.path,
            .query = head.query,
            .body = ws_->content,
            .headers = head.headers,
            .client = origin.client.to_text(ws_->client),
            .secure = origin.secure};
}

// False: close.
Awaitable<bool> Connection::serve_request() {
    Request const request(parts());
    std::optional<Response> response;
    try {
        auto buffer = std::move(ws_->spare);
        buffer.clear();
        response.emplace(co_await loop_.service.handle(request, std::move(buffer)));
    } catch (...) {
        log_failure(loop_, "a request failed");
    }
    if (!response) {
        co_await refuse(Status::internal, "Internal Server Error");
        co_return false;
    }
    auto const& head = ws_->head;
    bool const keep_alive =
        head.keep_alive && !loop_.draining && !ends_by_close(*response, head.http_1_0);
    bool const whole = co_await send(*response, keep_alive);
    if (auto* own = std::get_if<std::string>(&response->body())) ws_->spare = std::move(*own);
    // A client that asked to close sends nothing more; another may, and must still read its answer.
    if (whole && !keep_alive && head.keep_alive) co_await linger();
    co_return whole&& keep_alive;
}

// Writes the answer and its line in the access log; false when it did not go out whole.
Awaitable<bool> Connection::send(Response& response, bool keep_alive) {
    auto const& head = ws_->head;
    SendOptions const options{head.method == Method::head, head.http_1_0, keep_alive};
    auto const sent = co_await send_response(channel_, loop_, *ws_, response, options);
    auto const took =
        std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - ws_->started);
    loop_.service.log({.method = head.method_text.empty() ? "-" : head.method_text,
                       .route = response.route(),
                       .status = response.status(),
                       .body_bytes = sent.body_bytes,
                       .took = took});
    co_return sent.whole;
}

Awaitable<void> Connection::refuse(Status status, std::string_view detail) {
    become_busy();
    if (status == Status::unavailable || ws_->head.bytes == 0) ws_->started = Clock::now();
    auto response = loop_.service.refuse(status, detail, ws_->head.path);
    if (co_await send(response, false)) co_await linger();
}

// Closing a socket that has unread input resets it, and a reset can overtake the answer. So: no
// more from us, and read on until the client has seen that (RFC 9112 9.6).
Awaitable<void> Connection::linger() {
    channel_.set_use(Channel::Use::closing);
    channel_.stream().finish_sending();
    channel_.limit(loop_.draining ? drain_linger_time : loop_.limits.linger_time);
    for (std::size_t seen = 0; seen < linger_bytes_max;) {
        auto const moved = channel_.stream().read(loop_.scratch());
        if (moved.state == Stream::State::ended || moved.state == Stream::State::failed) break;
        seen += moved.bytes;
        if (!co_await channel_.ready(Stream::Direction::read)) break;
    }
}

Awaitable<void> serve(std::unique_ptr<Stream> stream, Address peer, Loop& loop) {
    try {
        Connection connection(*stream, peer, loop, loop.open);
        auto patience = loop.limits.header_time;  // a new connection has something to say
        do {
            connection.channel().limit(patience);
            co_await stream->wait(Stream::Direction::read);
            connection.channel().no_limit();
            patience = loop.limits.idle_time;
        } while (co_await connection.serve_arrived());
    } catch (...) {
        log_failure(loop, "a connection failed");
    }
}

Awaitable<void> turn_away(std::unique_ptr<Stream> stream, Address peer, Loop& loop) {
    try {
        Connection connection(*stream, peer, loop, loop.refusing);
        co_await connection.refuse(Status::unavailable,
                                   "Too many connections are open. Try again a little later.");
    } catch (...) {
        log_failure(loop, "a connection failed");
    }
}

void close_idle(Loop& loop) noexcept {
    for (auto& channel : loop.channels)
        if (channel.use() == Channel::Use::idle) channel.stream().cancel();
}

bool cut_all(Loop& loop) noexcept {
    bool busy = false;
    for (auto& channel : loop.channels) {
        busy = busy || channel.use() == Channel::Use::busy;
        channel.cut();
    }
    return busy;
}

}  // namespace blog::net
