#pragma once
#include "db/store_metrics.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

namespace blog::db {

// A histogram that one thread fills and others read.
template <std::size_t N>
class Counts {
public:
    void add(std::uint64_t value, std::span<std::uint64_t const, N - 1> bounds) noexcept {
        auto const place = std::ranges::lower_bound(bounds, value) - bounds.begin();
        counts_[static_cast<std::size_t>(place)].fetch_add(1, std::memory_order_relaxed);
        sum_.fetch_add(value, std::memory_order_relaxed);
    }
    Histogram<N> read() const noexcept {
        Histogram<N> out;
        for (std::size_t i = 0; i < N; ++i)
            out.counts[i] = counts_[i].load(std::memory_order_relaxed);
        out.sum = sum_.load(std::memory_order_relaxed);
        return out;
    }

private:
    std::array<std::atomic<std::uint64_t>, N> counts_{};
    std::atomic<std::uint64_t> sum_{0};
};

// What the writer counts: its thread (a refused write: any loop) adds, any thread reads. Each
// number is right; together they are of nearly the same moment.
class WriteMetrics {
public:
    using Duration = std::chrono::steady_clock::duration;

    void committed(std::size_t writes, Duration took) noexcept {
        group_writes_.add(writes, StoreMetrics::group_bounds);
        commit_us_.add(microseconds(took), StoreMetrics::commit_us_bounds);
    }
    void refused() noexcept { refused_.fetch_add(1, std::memory_order_relaxed); }
    void checkpointed(Duration took) noexcept {
        auto const us = microseconds(took);
        checkpoints_.fetch_add(1, std::memory_order_relaxed);
        checkpoint_us_.fetch_add(us, std::memory_order_relaxed);
        if (us > load(checkpoint_us_max_)) checkpoint_us_max_.store(us, std::memory_order_relaxed);
    }
    void log_has(int pages) noexcept {
        log_pages_.store(static_cast<std::uint64_t>(pages), std::memory_order_relaxed);
    }

    // All but the queue.
    StoreMetrics read() const noexcept {
        StoreMetrics out;
        out.group_writes = group_writes_.read();
        out.commit_us = commit_us_.read();
        out.writes_refused = load(refused_);
        out.checkpoints = load(checkpoints_);
        out.checkpoint_us = load(checkpoint_us_);
        out.checkpoint_us_max = load(checkpoint_us_max_);
        out.log_pages = load(log_pages_);
        return out;
    }

private:
    static std::uint64_t load(std::atomic<std::uint64_t> const& count) noexcept {
        return count.load(std::memory_order_relaxed);
    }
    static std::uint64_t microseconds(Duration d) noexcept {
        return static_cast<std::uint64_t>(
            std::chrono::duration_cast<std::chrono::microseconds>(d).count());
    }

    Counts<StoreMetrics::group_bounds.size() + 1> group_writes_;
    Counts<StoreMetrics::commit_us_bounds.size() + 1> commit_us_;
    std::atomic<std::uint64_t> refused_{0}, checkpoints_{0}, checkpoint_us_{0},
        checkpoint_us_max_{0}, log_pages_{0};
};

}  // namespace blog::db
