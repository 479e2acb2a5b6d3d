#pragma once
#include "generations.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>

namespace blog::db::postgres {

// What is known of one standby. Its watcher writes (replica_watch.hpp), any thread reads.
class Standby {
public:
    using Clock = std::chrono::steady_clock;

    // Whether it is known to be new enough now, for a client that has seen `seen`.
    bool serves(Version seen, Clock::time_point now) const noexcept {
        return now.time_since_epoch().count() < fresh_until_.load(std::memory_order_acquire) &&
               replayed() >= seen;
    }
    // Whether it may stand in for a primary that is away: it has replayed all that it received.
    bool stands_in(Version seen, Clock::time_point now) const noexcept {
        return now.time_since_epoch().count() < alone_until_.load(std::memory_order_acquire) &&
               replayed() >= seen;
    }
    // How far it had got when it was last asked. An answer that says less is another server's.
    Version replayed() const noexcept { return replayed_.load(std::memory_order_acquire); }
    // A read begun now sees every write up to this stamp.
    Generations::Stamp covers() const noexcept { return covers_.load(std::memory_order_acquire); }

    // The watcher's.
    void replayed(Version version, Generations::Stamp covers) noexcept {
        covers_.store(covers, std::memory_order_release);
        replayed_.store(version, std::memory_order_release);
    }
    void fresh_until(Clock::time_point end) noexcept { set(fresh_until_, end); }
    void alone_until(Clock::time_point end) noexcept { set(alone_until_, end); }
    void away() noexcept {
        fresh_until({});
        alone_until({});
        epoch_.fetch_add(1, std::memory_order_release);
    }
    // Connections made in an earlier one may be to a server that is no standby any more.
    std::atomic<std::uint32_t> const& epoch() const noexcept { return epoch_; }

private:
    static void set(std::atomic<std::int64_t>& to, Clock::time_point time) noexcept {
        to.store(time.time_since_epoch().count(), std::memory_order_release);
    }
    std::atomic<Version> replayed_{0};
    std::atomic<Generations::Stamp> covers_{0};
    std::atomic<std::uint32_t> epoch_{0};
    std::atomic<std::int64_t> fresh_until_{0}, alone_until_{0};
};

}  // namespace blog::db::postgres
