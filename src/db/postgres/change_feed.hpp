#pragma once
#include "async.hpp"
#include "db/postgres/connect.hpp"
#include "db/postgres/publisher.hpp"
#include "log.hpp"

#include <boost/asio/steady_timer.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>

namespace blog::db::postgres {

// Hears of what every instance writes: asks the primary for the rows of blogd_changes that have
// become visible since the last time, and publishes them. A row belongs to the transaction that it
// tells of, and which transactions are new follows from PostgreSQL's own snapshots: so nothing is
// missed, in whatever order they commit.
//
// What was kept is trusted for `lag` from the moment before a question that was answered. When the
// feed is lost nothing is trusted; when it is there again, everything counts as changed.
class ChangeFeed {
public:
    struct Options {
        std::chrono::milliseconds lag, connect_timeout;
        // After which every instance and every standby in use knows what this one knew then.
        std::chrono::milliseconds settles_after;
    };
    // The others outlive the feed.
    ChangeFeed(Options options, Target const& target, Generations& generations,
               Publisher& publisher, Log& log);

    // Runs until its loop is stopped.
    Awaitable<void> run();

    // When the primary last answered. Any thread.
    std::chrono::steady_clock::time_point heard_at() const noexcept {
        return std::chrono::steady_clock::time_point(
            std::chrono::steady_clock::duration(heard_at_.load(std::memory_order_acquire)));
    }

    // Where the primary was at some moments, for those who watch how far behind a standby is: the
    // latest moment by which everything was at or before `version`. Any thread.
    std::chrono::steady_clock::time_point moment_of(Version version) const noexcept;

private:
    Awaitable<void> follow(Link& link);
    Awaitable<void> ask(Link& link);
    Awaitable<void> remove_old(Link& link);
    void publish(ResultPtr const& changes, Version after);
    void remember(Version version, std::chrono::steady_clock::time_point asked) noexcept;
    Version version_at(std::chrono::steady_clock::time_point time) const noexcept;

    Options const options_;
    Target const& target_;
    Generations& generations_;
    Publisher& publisher_;
    Log& log_;
    std::string snapshot_;      // of the last question; "": none yet
    std::string old_snapshot_;  // of a question some time ago
    std::chrono::steady_clock::time_point removed_at_{};
    std::atomic<std::chrono::steady_clock::rep> heard_at_{0};

    struct Moment {
        Version version = 0;
        std::chrono::steady_clock::time_point time{};
    };
    mutable std::mutex mutex_;  // guards the next two
    std::array<Moment, 256> moments_;
    std::size_t next_moment_ = 0;
};

}  // namespace blog::db::postgres
