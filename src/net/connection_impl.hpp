#pragma once
#include "net/channel.hpp"
#include "net/loop.hpp"
#include "net/parked.hpp"
#include "net/request.hpp"
#include "net/request_reader.hpp"
#include "net/response.hpp"
#include "net/service.hpp"
#include "net/workspace.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <string_view>
#include <utility>

// For connection.cpp and connection_quick.cpp alone; the door is connection.hpp.
namespace blog::net {

// Writes the exception that is being handled to the log.
void log_failure(Loop& loop, std::string_view where) noexcept;

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
    // --- without a coroutine (connection_quick.cpp)
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

    // --- with one (connection.cpp)
    std::chrono::seconds awake_time() const noexcept;
    Awaitable<Next> stay_awake();
    Awaitable<bool> serve_arrived();
    Awaitable<Received> receive_content();
    Awaitable<Received> receive_large_content(std::size_t bytes_max);
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
    std::unique_ptr<Workspace> ws_;       // null: idle or parked
    std::unique_ptr<BodyPermit> permit_;  // for the request that is being served
    std::unique_ptr<Parked> parked_;      // null: not waiting for a slow client
    Address peer_;
};

}  // namespace blog::net
