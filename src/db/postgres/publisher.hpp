#pragma once
#include "db/topics.hpp"
#include "generations.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <unordered_set>

namespace blog::db::postgres {

// Publishes what was written, one at a time, and remembers up to which place in the server's log
// the latest stamps reach: so that a standby's place can be told as a stamp. Any thread.
class Publisher {
public:
    using TransactionId = std::uint64_t;

    explicit Publisher(Generations& generations) noexcept : generations_(generations) {}

    // A server that has replayed everything before `version` has what is published here.
    void publish(std::span<Generations::Topic const> touched, Version version) noexcept {
        std::lock_guard const lock(mutex_);
        generations_.publish(touched);
        remember(version);
    }
    // A transaction of our own, which the feed will tell us of as well.
    void publish_own(std::span<Generations::Topic const> touched, Version version,
                     TransactionId transaction) {
        std::lock_guard const lock(mutex_);
        generations_.publish(touched);
        remember(version);
        if (own_.size() < own_max) own_.insert(transaction);
    }
    // Whether it was published already.
    bool is_own(TransactionId transaction) const noexcept {
        std::lock_guard const lock(mutex_);
        return own_.contains(transaction);
    }
    // The feed will not tell of those before `oldest` any more.
    void forget_before(TransactionId oldest) noexcept {
        std::lock_guard const lock(mutex_);
        std::erase_if(own_, [=](TransactionId id) { return id < oldest; });
    }
    void publish_all(Version version) noexcept {
        std::lock_guard const lock(mutex_);
        generations_.publish_all();
        remember(version);
    }
    // The newest stamp that is covered by a server which has replayed so much; 0: none is known.
    Generations::Stamp stamp_at(Version replayed) const noexcept {
        std::lock_guard const lock(mutex_);
        Generations::Stamp covered = 0;
        // In the order of stamps: one that is not covered ends it.
        for (std::size_t i = 0; i < points_.size(); ++i) {
            auto const& point = points_[(next_ + i) % points_.size()];
            if (point.stamp == 0) continue;
            if (point.version > replayed) break;
            covered = point.stamp;
        }
        return covered;
    }

private:
    struct Point {
        Generations::Stamp stamp = 0;
        Version version = 0;
    };
    void remember(Version version) noexcept {
        points_[next_] = {generations_.now(), version};
        next_ = (next_ + 1) % points_.size();
    }

    Generations& generations_;
    mutable std::mutex mutex_;
    std::array<Point, 256> points_;  // the oldest is at next_
    std::size_t next_ = 0;
    // More than are written between two questions of the feed; beyond it some count twice.
    static constexpr std::size_t own_max = 16'384;
    std::unordered_set<TransactionId> own_;
};

}  // namespace blog::db::postgres
