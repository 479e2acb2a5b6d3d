#include "net/connection.hpp"

#include "assert.hpp"
#include "net/parked.hpp"
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
        stream_->watch(Stream::Direction::read, *this);
    }
    // Serves what has arrived and what follows soon, then goes on without a coroutine, or ends.
    Awaitable<void> work();
    // Says that there are too many, then ends.
    Awaitable<void> decline();

private:
    // What a connection does next: wait for a request, end, do what needs a coroutine, or wait for
    // a slow client.
    enum class Next : std::uint8_t { rest, end, work, slow_head, slow_answer };
    void on_ready() noexcept override;
    Next go_on();
    void carry_out(Next);
    Next serve_finished();
    bool answer_now(Response const&);
    void park(std::string_view input);
    Next send_parked();
    void log_parked() noexcept;
    void become_busy() {
        if (!ws_) ws_ = loop_.workspaces.take();
        set_use(Use::busy);
        if (!parked_) return;
        ws_->in.append(parked_->input);
        ws_->head_seen = parked_->head_seen;
        parked_.reset();
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
    Awaitable<Next> stay_awake();
    Awaitable<bool> serve_arrived();
    Awaitable<bool> serve_request();
    void log_answer(Response const&, std::uint64_t body_bytes) noexcept;
    Request::Parts parts() noexcept;
    Awaitable<void> refuse(Status, std::string_view detail);
    Awaitable<bool> send(Response&, bool keep_alive);
    enum class Closer : std::uint8_t { us, client };
    Awaitable<void> linger(Closer);

    std::unique_ptr<Stream> stream_;
    Loop& loop_;
    std::atomic<std::size_t>& count_;
    std::unique_ptr<Workspace> ws_;   // null: idle or parked
    std::unique_ptr<Parked> parked_;  // null: not waiting for a slow client
    Address peer_;
};

void Connection::on_ready() noexcept {
    try {
        carry_out(go_on());
    } catch (...) {
        log_failure(loop_, "a connection failed");
        end();
    }
}

Connection::Next Connection::go_on() {
    if (parked_ && parked_->unsent) return send_parked();
    if (!parked_) {
        if (!usable()) return Next::end;  // too long idle, or cut
        no_limit();
    } else if (!usable()) {
        return is_cut() ? Next::end : Next::work;  // a head that took too long is told so
    }
    return serve_finished();
}

void Connection::carry_out(Next next) {
    switch (next) {
        case Next::rest:
            return rest(loop_.limits.idle_time);
        case Next::end:
            return end();
        case Next::work:
            return asio::co_spawn(loop_.context, work(), asio::detached);
        case Next::slow_head:
            if (!armed()) limit(loop_.limits.header_time);  // once: for the whole head
            return stream_->watch(Stream::Direction::read, *this);
        case Next::slow_answer:
            limit(loop_.limits.write_time);
            return stream_->watch(Stream::Direction::write, *this);
    }
}

// Answers what has arrived as long as the answers are finished: the whole way of a kept page,
// without a coroutine, an allocation or a wait.
Connection::Next Connection::serve_finished() {
    become_busy();
    for (unsigned served = 0; served < loop_.limits.pipeline_burst; ++served) {
        auto const got = receive_now(*this, loop_.limits, *ws_);
        if (got == Received::nothing) break;
        if (got == Received::closed) return Next::end;
        if (got == Received::partly && ws_->head.bytes == 0) {
            park(ws_->in.view());
            return Next::slow_head;
        }
        no_limit();
        if (got != Received::request || !ws_->head.keep_alive || loop_.draining) return Next::work;
        Request const request(parts());
        auto const response = loop_.service.ready(request);
        if (!response) return Next::work;
        if (!answer_now(*response)) return Next::slow_answer;
        finish_request(*ws_);
        if (ws_->in.empty()) break;  // the next request comes with the next readiness
    }
    if (!ws_->in.empty()) return Next::work;  // others have a turn
    become_idle();
    return usable() && !loop_.draining ? Next::rest : Next::end;
}

// False: the client did not take all of it, and the rest is parked.
bool Connection::answer_now(Response const& response) {
    auto const& head = ws_->head;
    SendOptions const options{head.method == Method::head, head.http_1_0, true};
    auto ready = make_ready(loop_, *ws_, response, options);
    BLOG_ASSERT(ready);
    auto const owed = ready->parts.bytes();
    if (try_write(ready->parts) == Stream::State::ok) {
        log_answer(response, ready->body_bytes);
        return true;
    }
    auto const sent = owed - ready->parts.bytes();
    auto const of_head = std::min(sent, ws_->text.size());
    Parked::Unsent unsent{.owner = std::get<FinishedPtr>(response.body()),
                          .head = ws_->text.substr(of_head),
                          .tail = ready->tail.substr(sent - of_head),
                          .record = {.method = to_string(head.method),
                                     .route = response.route(),
                                     .status = response.status(),
                                     .body_bytes = ready->body_bytes},
                          .started = ws_->started};
    park(ws_->in.view().substr(ws_->in_used));
    parked_->unsent = std::move(unsent);
    return false;
}

// Gives the workspace back and keeps what has arrived.
void Connection::park(std::string_view input) {
    parked_ = std::make_unique<Parked>(std::string(input), ws_->head_seen);
    loop_.workspaces.give_back(std::move(ws_));
}

// Sends more of a parked answer; after its end, what was asked for meanwhile has its turn.
Connection::Next Connection::send_parked() {
    auto& unsent = *parked_->unsent;
    Parts parts{unsent.head, unsent.tail};
    auto const owed = parts.bytes();
    auto const state = usable() ? try_write(parts) : Stream::State::failed;
    if (state != Stream::State::blocked) log_parked();
    if (state == Stream::State::failed) return Next::end;
    auto const sent = owed - parts.bytes();
    auto const of_head = std::min(sent, unsent.head.size());
    unsent.head.erase(0, of_head);
    unsent.tail.remove_prefix(sent - of_head);
    if (state == Stream::State::blocked) return Next::slow_answer;
    no_limit();
    parked_->unsent.reset();
    return serve_finished();
}

void Connection::log_parked() noexcept {
    auto& unsent = *parked_->unsent;
    unsent.record.took =
        std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - unsent.started);
    loop_.service.log(unsent.record);
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
    log_answer(response, sent.body_bytes);
    co_return sent.whole;
}

void Connection::log_answer(Response const& response, std::uint64_t body_bytes) noexcept {
    auto const method = ws_->head.method_text;
    auto const took =
        std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - ws_->started);
    loop_.service.log({.method = method.empty() ? "-" : method,
                       .route = response.route(),
                       .status = response.status(),
                       .body_bytes = body_bytes,
                       .took = took});
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
