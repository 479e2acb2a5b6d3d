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

    // Of a server, 0 for a file: what was asked, in how many round trips, over which connections.
    struct Connections {
        std::uint64_t questions = 0, round_trips = 0, open = 0, opened = 0, not_opened = 0;
    };
    Connections reads, writes;
    std::uint64_t feed_silence_us = 0;  // since the changes of others were last heard of
    std::uint64_t standbys = 0;         // that are new enough to be read from
};

}  // namespace blog::db
