#include "net/connection.hpp"

#include "net/request_reader.hpp"
#include "net/response_writer.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <atomic>
#include <exception>
#include <optional>
#include <string>
#include <utility>

namespace blog::net {
namespace {

using Clock = std::chrono::steady_clock;

// A client that says nothing for so long costs the memory of a small object instead of a coroutine.
constexpr std::chrono::seconds awake_time_max{2};
// So many may have one all the same: 1.4 KB each, which a burst of clients must not multiply.
constexpr std::size_t awake_max = 1024;

// What a closing connection may still send before we stop listening: a body that was refused.
constexpr std::size_t linger_bytes_max = 64u << 20;
constexpr std::chrono::seconds drain_linger_time{1};  // a stop is not kept waiting for politeness

// Counts something as long as it lives.
class Counted {
public:
    explicit Counted(std::size_t& count) noexcept : count_(count) { ++count_; }
    ~Counted() { --count_; }
    Counted(Counted const&) = delete;
    Counted& operator=(Counted const&) = delete;

private:
    std::size_t& count_;
};

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

// One connection. Deletes itself when it has ended; until then nobody else does, but for a loop
// that ends and has destroyed all coroutines before.
class Connection final : public Channel, private Stream::Watcher {
public:
    // Counts itself in `count`, which is one of the loop's.
    Connection(std::unique_ptr<Stream> stream, Address peer, Loop& loop,
               std::atomic<std::size_t>& count)
        : Channel(*stream, loop.deadlines),
          stream_(std::move(stream)),
          loop_(loop),
          count_(count),
          peer_(peer) {
        loop_.channels.push_back(*this);
        count_.fetch_add(1, std::memory_order_relaxed);
    }
    ~Connection() override { count_.fetch_sub(1, std::memory_order_relaxed); }

    // Waits for a request, for so long.
    void rest(std::chrono::seconds patience) {
        limit(patience);
        stream_->watch(*this);
    }
    // Serves what has arrived and what follows soon, then rests or ends.
    Awaitable<void> work();
    // Says that there are too many, then ends.
    Awaitable<void> decline();

private:
    void on_readable() noexcept override;
    void become_busy() {
        if (!ws_) ws_ = loop_.workspaces.take();
        set_use(Use::busy);
    }
    void become_idle() noexcept {
        if (ws_) loop_.workspaces.give_back(std::move(ws_));
        set_use(Use::idle);
    }
    void end() noexcept {
        become_idle();
        delete this;
    }
    std::chrono::seconds awake_time() const noexcept {
        return std::min(awake_time_max, loop_.limits.idle_time);
    }
    Awaitable<bool> stay_awake();
    Awaitable<bool> serve_arrived();
    Awaitable<bool> serve_request();
    Request::Parts parts() noexcept;
    Awaitable<void> refuse(Status, std::string_view detail);
    Awaitable<bool> send(Response&, bool keep_alive);
    enum class Closer : std::uint8_t { us, client };
    Awaitable<void> linger(Closer);

    std::unique_ptr<Stream> stream_;
    Loop& loop_;
    std::atomic<std::size_t>& count_;
    std::unique_ptr<Workspace> ws_;  // null: idle
    Address peer_;
};

void Connection::on_readable() noexcept {
    if (!usable()) return end();  // too long idle, or cut
    no_limit();
    try {
        asio::co_spawn(loop_.context, work(), asio::detached);
    } catch (...) {
        log_failure(loop_, "a connection failed");
        end();
    }
}

Awaitable<void> Connection::work() {
    bool open = false;
    try {
        auto patience = loop_.limits.idle_time;
        do {
            open = co_await serve_arrived();
            if (!open || loop_.awake >= awake_max) break;
            open = co_await stay_awake();
            patience = loop_.limits.idle_time - awake_time();
        } while (open && !expired());
        if (open) rest(patience);
    } catch (...) {
        log_failure(loop_, "a connection failed");
        open = false;
    }
    if (!open) end();
}

// Waits for the next request with the coroutine, so that a busy client's requests need not make one
// each, which is a tenth of their cost. False: cut. With expired(): none came soon.
Awaitable<bool> Connection::stay_awake() {
    Counted const awake(loop_.awake);
    limit(awake_time());
    co_await stream_->wait(Stream::Direction::read);
    if (!expired()) no_limit();
    co_return !is_cut() && (!expired() || awake_time() < loop_.limits.idle_time);
}

Awaitable<void> Connection::decline() {
    try {
        become_busy();
        ws_->started = Clock::now();
        co_await refuse(Status::unavailable,
                        "Too many connections are open. Try again a little later.");
    } catch (...) {
        log_failure(loop_, "a connection failed");
    }
    end();
}

// False: the connection has ended.
Awaitable<bool> Connection::serve_arrived() {
    become_busy();
    for (unsigned served = 1;; ++served) {
        auto const got = co_await receive_request(*this, loop_.limits, *ws_);
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
    co_return usable() && !loop_.draining;
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
    if (whole && !keep_alive) co_await linger(head.keep_alive ? Closer::us : Closer::client);
    co_return whole&& keep_alive;
}

// Writes the answer and its line in the access log; false when it did not go out whole.
Awaitable<bool> Connection::send(Response& response, bool keep_alive) {
    auto const& head = ws_->head;
    SendOptions const options{head.method == Method::head, head.http_1_0, keep_alive};
    auto const sent = co_await send_response(*this, loop_, *ws_, response, options);
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
    auto response = loop_.service.refuse(status, detail, ws_->head.path);
    if (co_await send(response, false)) co_await linger(Closer::us);
}

// Closing a socket that has unread input resets it, and a reset can overtake the answer. So: no
// more from us, and read on until the client has seen that (RFC 9112 9.6). A client that asked for
// the end and has sent nothing since needs no such care.
Awaitable<void> Connection::linger(Closer closer) {
    set_use(Use::closing);
    stream_->finish_sending();
    limit(loop_.draining ? drain_linger_time : loop_.limits.linger_time);
    for (std::size_t seen = 0; seen < linger_bytes_max;) {
        auto const moved = stream_->read(loop_.scratch());
        if (moved.state == Stream::State::ended || moved.state == Stream::State::failed) break;
        if (moved.state == Stream::State::blocked && seen == 0 && closer == Closer::client) break;
        seen += moved.bytes;
        if (!co_await ready(Stream::Direction::read)) break;
    }
}

void serve(std::unique_ptr<Stream> stream, Address peer, Loop& loop) {
    auto connection = std::make_unique<Connection>(std::move(stream), peer, loop, loop.open);
    connection->rest(loop.limits.header_time);  // a new connection has something to say
    connection.release();
}

void turn_away(std::unique_ptr<Stream> stream, Address peer, Loop& loop) {
    auto connection = std::make_unique<Connection>(std::move(stream), peer, loop, loop.refusing);
    asio::co_spawn(loop.context, connection->decline(), asio::detached);
    connection.release();
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
