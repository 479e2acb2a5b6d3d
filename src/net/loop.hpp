#pragma once
#include "log.hpp"
#include "net/channel.hpp"
#include "net/deadlines.hpp"
#include "net/forwarded.hpp"
#include "net/http_date.hpp"
#include "net/limits.hpp"
#include "net/poller.hpp"
#include "net/service.hpp"
#include "net/workspace.hpp"

#include <boost/asio/io_context.hpp>

#include <atomic>
#include <memory>
#include <span>

namespace blog::net {

namespace asio = boost::asio;

// What the connections of one loop share. Used on the loop's thread alone, but for the counters.
struct Loop {
    Loop(asio::io_context& c, Limits const& l, TrustedProxies const& p, Log& g, Service& s)
        : context(c), limits(l), proxies(p), log(g), service(s), poller(c) {}
    Loop(Loop const&) = delete;
    Loop& operator=(Loop const&) = delete;
    // Before the context shuts down and destroys all coroutines: it does not know of those that
    // wait for a socket.
    void abandon_waits() noexcept {
        for (auto& channel : channels)
            channel.stream().abandon();
    }
    // No coroutine of a connection may exist any more.
    ~Loop() {
        channels.clear_and_dispose([](Channel* channel) { delete channel; });
    }

    asio::io_context& context;
    Limits const& limits;
    TrustedProxies const& proxies;
    Log& log;
    Service& service;

    Poller poller;
    DateCache date;
    Deadlines deadlines;
    WorkspacePool workspaces;
    Channels channels;  // owned: each one is a connection, and deletes itself when it has ended
    std::atomic<std::size_t> open{0};      // connections being served
    std::atomic<std::size_t> refusing{0};  // connections being told that there are too many
    std::size_t awake = 0;                 // idle connections that have kept their coroutine
    bool draining = false;

    // Memory for one read that is used up before the next co_await.
    std::span<char> scratch() {
        if (!scratch_) scratch_ = std::make_unique_for_overwrite<char[]>(limits.file_piece_bytes);
        return {scratch_.get(), limits.file_piece_bytes};
    }

private:
    std::unique_ptr<char[]> scratch_;
};

}  // namespace blog::net
