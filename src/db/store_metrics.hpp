#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

namespace blog::db {

// How often something was how big: each count is of what was above the bound before and not above
// its own; the last count has no bound.
template <std::size_t N>
struct Histogram {
    std::array<std::uint64_t, N> counts{};
    std::uint64_t sum = 0;
};

// What a store has done since it was opened.
struct StoreMetrics {
    static constexpr std::array<std::uint64_t, 7> group_bounds{1, 2, 4, 8, 16, 32, 64};
    static constexpr std::array<std::uint64_t, 10> commit_us_bounds{
        100, 200, 500, 1'000, 2'000, 5'000, 10'000, 20'000, 50'000, 100'000};

    Histogram<group_bounds.size() + 1> group_writes;   // of each commit
    Histogram<commit_us_bounds.size() + 1> commit_us;  // from the begin to the end of it
    std::uint64_t writes_refused = 0;                  // the queue was full
    std::uint64_t queue_length = 0, queue_max = 0;     // writes that wait now, and may
    std::uint64_t checkpoints = 0, checkpoint_us = 0;  // how many, and how long in all
    std::uint64_t checkpoint_us_max = 0;               // the longest
    std::uint64_t log_pages = 0;                       // in the write-ahead log
};

}  // namespace blog::db
