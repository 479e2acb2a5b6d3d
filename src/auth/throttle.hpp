#pragma once
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

namespace blog::auth {

// `burst` at once, then one each `interval`.
struct Rate {
    unsigned burst;  // at least 1
    std::chrono::milliseconds interval;
};

// Counts attempts by what makes them: an account, an address. Any thread, no allocation, and no
// more memory for a million keys than for one: a table of fixed size. When there is no room, the
// entry nearest to being forgiven is dropped, so whoever is limited the longest stays limited.
// Where a key goes is secret, so that nobody can choose keys to push another one out.
//
// The algorithm is GCRA, a token bucket that remembers one instant: when it will be full again.
class Throttle {
public:
    using Instant = std::chrono::steady_clock::time_point;
    using Wait = std::optional<std::chrono::milliseconds>;

    // Rounded up to a power of two, at least 512; 16 bytes each.
    explicit Throttle(std::size_t entries = std::size_t{1} << 17);
    Throttle(Throttle const&) = delete;
    Throttle& operator=(Throttle const&) = delete;

    // Nothing: allowed, and counted. Else how long until it will be, at least 1 ms; that attempt
    // costs nothing. A kind has one rate; the same key of two kinds is two keys.
    Wait take(std::uint8_t kind, std::string_view key, Rate rate, Instant now) noexcept;
    // What take() would say.
    Wait peek(std::uint8_t kind, std::string_view key, Rate rate, Instant now) const noexcept;
    // Undoes one take() that was allowed.
    void give_back(std::uint8_t kind, std::string_view key, Rate rate) noexcept;

    std::size_t memory_bytes() const noexcept;

private:
    struct Entry {
        std::uint64_t tag = 0;
        Instant full_at = Instant::min();  // one that has passed is as good as no entry
    };
    static constexpr std::size_t ways = 8;  // entries that a key may be in: two cache lines
    static constexpr std::size_t shards = 64;
    struct alignas(64) Set {
        std::array<Entry, ways> entries;
    };
    struct alignas(64) Shard {
        std::mutex mutex;  // of every set whose number ends with the shard's
    };

    std::uint64_t tag_of(std::uint8_t kind, std::string_view key) const noexcept;
    std::size_t set_of(std::uint64_t tag) const noexcept { return tag & (sets_.size() - 1); }
    Shard& shard_of(std::size_t set) const noexcept { return shards_[set % shards]; }

    std::array<unsigned char, 16> secret_;
    std::vector<Set> sets_;
    mutable std::array<Shard, shards> shards_;
};

}  // namespace blog::auth
