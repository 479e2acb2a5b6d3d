#pragma once
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace blog::bench {

// Counts values by size. Each power of two is cut into 1024 equal buckets, so a value is known to
// 0.1 % whether it is large or small, and recording costs the same for all of them. One thread.
class Histogram {
public:
    // 18 minutes in nanoseconds. What is larger counts as this.
    static constexpr std::uint64_t value_max = (std::uint64_t{1} << 40) - 1;

    void record(std::uint64_t value) noexcept {
        value = std::min(value, value_max);
        ++counts_[bucket_of(value)];
        ++count_;
        max_ = std::max(max_, value);
    }

    std::uint64_t count() const noexcept { return count_; }
    std::uint64_t max() const noexcept { return max_; }

    // What `percent` (0 to 100) of the values do not exceed, at most 0.1 % above the value that
    // decides it; 0 when there is none. Below 2048 exact.
    std::uint64_t percentile(double percent) const noexcept {
        // The margin keeps 99.9 % of 1000 at 999, which doubles put just above it.
        auto const exact = percent / 100 * static_cast<double>(count_) - 1e-6;
        auto const rank = static_cast<std::uint64_t>(std::max(1.0, std::ceil(exact)));
        std::uint64_t seen = 0;
        for (std::size_t i = 0; i < counts_.size(); ++i) {
            seen += counts_[i];
            if (seen >= rank) return std::min(largest_of(i), max_);
        }
        return max_;
    }

private:
    static constexpr unsigned bits = 11;  // of a value that are kept
    static constexpr std::size_t buckets_per_power = std::size_t{1} << (bits - 1);

    // Values below 2^11 have a bucket each, then 2^11 to 2^12 share 1024, and so on.
    static constexpr std::size_t bucket_of(std::uint64_t value) noexcept {
        auto const width = static_cast<unsigned>(std::bit_width(value));
        auto const shift = width > bits ? width - bits : 0;
        return shift * buckets_per_power + (value >> shift);
    }
    static constexpr std::uint64_t largest_of(std::size_t bucket) noexcept {
        auto const power = bucket / buckets_per_power;
        auto const shift = power > 0 ? power - 1 : 0;
        return ((bucket - shift * buckets_per_power + 1) << shift) - 1;
    }

    std::vector<std::uint64_t> counts_ = std::vector<std::uint64_t>(bucket_of(value_max) + 1);
    std::uint64_t count_ = 0;
    std::uint64_t max_ = 0;
};

}  // namespace blog::bench
