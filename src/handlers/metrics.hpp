#pragma once
#include "net/response.hpp"
#include "net/response_cache.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace blog::auth {
class Hasher;
}
namespace blog::db {
class Store;
}

namespace blog::handlers {

// What one loop counts. Written on that loop alone, read by any thread.
class LoopMetrics {
public:
    explicit LoopMetrics(net::ResponseCache::Counters const& of_cache) noexcept : cache(of_cache) {}

    void answered(net::Status status, std::uint64_t body_bytes) noexcept {
        auto const kind = static_cast<std::size_t>(status) / 100 % classes;
        add(answers_[kind], 1);
        add(body_bytes_, body_bytes);
    }
    // Answers whose status begins with that digit.
    std::uint64_t answers(std::size_t first_digit) const noexcept {
        return answers_[first_digit].load(std::memory_order_relaxed);
    }
    std::uint64_t body_bytes() const noexcept {
        return body_bytes_.load(std::memory_order_relaxed);
    }
    net::ResponseCache::Counters const& cache;

    static constexpr std::size_t classes = 6;  // none of 0xx

private:
    // There is one writer, so that this need not be one locked step.
    static void add(std::atomic<std::uint64_t>& counter, std::uint64_t by) noexcept {
        counter.store(counter.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
    }
    std::array<std::atomic<std::uint64_t>, classes> answers_{};
    std::atomic<std::uint64_t> body_bytes_{0};
};

// The counters of the whole program, as /metrics shows them: Prometheus' text format 0.0.4.
class Metrics {
public:
    // The two outlive the metrics.
    Metrics(db::Store const& store, auth::Hasher const& hasher) noexcept
        : store_(store), hasher_(hasher) {}
    // Before the loops run; `loop` lives until they have all stopped.
    void add(LoopMetrics const& loop) { loops_.push_back(&loop); }

    std::string text() const;  // any thread
    // All metrics as a Markdown table, for docs/metrics.md (a test compares the two).
    static std::string markdown();

private:
    db::Store const& store_;
    auth::Hasher const& hasher_;
    std::vector<LoopMetrics const*> loops_;
};

}  // namespace blog::handlers
