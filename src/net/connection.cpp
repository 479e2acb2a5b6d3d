#include "net/connection.hpp"

#include "net/connection_impl.hpp"
#include "net/request_reader.hpp"
#include "net/response_writer.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <exception>
#include <optional>
#include <string>
#include <utility>

// A connection's life, and the requests that take a coroutine to answer.
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

}  // namespace

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

std::chrono::seconds Connection::awake_time() const noexcept {
    return std::min(awake_time_max, loop_.limits.idle_time);
}

Awaitable<void> Connection::work() {
    auto next = Next::work;
    try {
        auto patience = loop_.limits.idle_time;
        while (next == Next::work) {
            next = Next::end;
            if (!co_await serve_arrived()) break;
            next = Next::rest;
            if (loop_.awake >= awake_max) break;
            next = co_await stay_awake();
            patience = loop_.limits.idle_time - awake_time();
            if (next != Next::work) break;
            patience = loop_.limits.idle_time;
            next = serve_finished();
        }
        if (next == Next::rest)
            rest(patience);
        else
            carry_out(next);
    } catch (...) {
        log_failure(loop_, "a connection failed");
        end();
    }
}

// Waits for the next request with the coroutine, so that a busy client's requests need not make one
// each, which is a tenth of their cost. `rest`: none came soon.
Awaitable<Connection::Next> Connection::stay_awake() {
    Counted const awake(loop_.awake);
    limit(awake_time());
    co_await stream_->wait(Stream::Direction::read);
    if (is_cut()) co_return Next::end;
    if (expired()) co_return awake_time() < loop_.limits.idle_time ? Next::rest : Next::end;
    no_limit();
    co_return Next::work;
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
        auto got = co_await receive_head(*this, loop_.limits, *ws_);
        no_limit();
        if (got == Received::request) {
            if (ws_->head.has_body())
                got = co_await receive_content();
            else
                receive_no_body(*ws_);
        }
        if (got == Received::nothing) break;
        if (got == Received::closed) co_return false;
        if (got == Received::refused) {
            co_await refuse(ws_->refusal.status, ws_->refusal.detail);
            co_return false;
        }
        if (!co_await serve_request()) co_return false;
        finish_request(*ws_);
        permit_.reset();
        if (ws_->in.empty()) break;  // the next request comes with the next readiness
        if (served % loop_.limits.pipeline_burst == 0) co_await asio::post(no_throw);
    }
    become_idle();
    co_return usable() && !loop_.draining;
}

// The body. Not a coroutine: of nearly all requests receive_body() is enough.
Awaitable<Received> Connection::receive_content() {
    auto const& head = ws_->head;
    if (auto const large = loop_.service.large_body_max(head.method, head.path))
        return receive_large_content(*large);
    return receive_body(*this, loop_.limits, *ws_, {loop_.limits.body_bytes_max});
}

// Admitted before it is read: `closed` when it was refused, and that was said.
Awaitable<Received> Connection::receive_large_content(std::size_t bytes_max) {
    Request const request(parts());
    auto admission = co_await loop_.service.admit_body(request);
    if (admission.refusal) {
        if (co_await send(*admission.refusal, false)) co_await linger(Closer::us);
        co_return Received::closed;
    }
    permit_ = std::move(admission.permit);
    BodyBounds const bounds{bytes_max,
                            std::chrono::steady_clock::now() + loop_.limits.large_body_time};
    co_return co_await receive_body(*this, loop_.limits, *ws_, bounds);
}

Request::Parts Connection::parts() noexcept {
    auto const& head = ws_->head;
    auto const origin = resolve_origin(peer_, head.headers, loop_.proxies);
    return {.method = head.method,
            .path = head.path,
            .query = head.query,
            .body = ws_->content,
            .headers = head.headers,
            .client = origin.client,
            .secure = origin.secure,
            .caller = stream_.get()};
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
    log_answer(response, sent.body_bytes);
    co_return sent.whole;
}

void Connection::log_answer(Response const& response, std::uint64_t body_bytes) noexcept {
    auto const method = ws_->head.method_text;
    loop_.service.log({.method = method.empty() ? "-" : method,
                       .route = response.route(),
                       .status = response.status(),
                       .body_bytes = body_bytes,
                       .started = ws_->started});
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
