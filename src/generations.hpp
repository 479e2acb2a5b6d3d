#pragma once
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

namespace blog {

// How new what a client has seen is, where one client may be answered by several servers: a place
// in the database server's log. 0: there is nothing to compare.
using Version = std::uint64_t;

// When things last changed, for those who keep answers that were made from them. Every write gets
// the next stamp; a topic remembers the stamp of the last write that touched it. So an answer is
// current while none of its topics has a stamp above the one that it was begun with.
//
// Any thread reads; one thread at a time publishes. Topics share 4096 slots: two that meet in one
// cost a rebuilt answer, never a stale one.
class Generations {
public:
    using Stamp = std::uint64_t;
    enum class Topic : std::uint16_t {};

    static constexpr std::size_t slots = 4096;
    // `kind` tells apart things that are numbered alike.
    static constexpr Topic topic(std::uint64_t kind, std::int64_t id) noexcept {
        auto const mixed = (static_cast<std::uint64_t>(id) * 8 + kind + 1) * 0x9e37'79b9'7f4a'7c15u;
        return Topic{static_cast<std::uint16_t>(mixed >> 52)};
    }

    // Take it before the first read: what is committed later may or may not be seen by that read,
    // and will have a higher stamp.
    Stamp now() const noexcept { return now_.load(std::memory_order_acquire); }

    bool changed_since(Topic topic, Stamp stamp) const noexcept {
        return at(topic).load(std::memory_order_acquire) > stamp;
    }

    // After the commit, and before anybody is told of it.
    void publish(std::span<Topic const> touched) noexcept {
        auto const stamp = now_.load(std::memory_order_relaxed) + 1;
        for (Topic const topic : touched)
            at(topic).store(stamp, std::memory_order_release);
        now_.store(stamp, std::memory_order_release);
    }
    // Something changed, nobody knows what.
    void publish_all() noexcept {
        auto const stamp = now_.load(std::memory_order_relaxed) + 1;
        for (auto& slot : changed_)
            slot.store(stamp, std::memory_order_release);
        now_.store(stamp, std::memory_order_release);
    }

    // Where others write too, and are heard of a little later, what was kept may only be given out
    // as long as we hear of them; and not to a client that has seen more than we have heard of.
    using Time = std::chrono::steady_clock::time_point;
    bool trusted() const noexcept {
        auto const until = trusted_until_.load(std::memory_order_acquire);
        return until == Time::max().time_since_epoch().count() ||
               std::chrono::steady_clock::now().time_since_epoch().count() < until;
    }
    bool has_heard_of(Version seen) const noexcept {
        return seen == 0 || seen < heard_of_.load(std::memory_order_acquire);
    }
    // Whether clients are to be asked what they have seen.
    bool compares_versions() const noexcept {
        return heard_of_.load(std::memory_order_relaxed) != 0;
    }
    void trust_until(Time end) noexcept {
        trusted_until_.store(end.time_since_epoch().count(), std::memory_order_release);
    }
    void heard_of(Version version) noexcept { heard_of_.store(version, std::memory_order_release); }
    // Whether everybody else has heard of it too, by now.
    bool settled(Version version) const noexcept {
        return version <= settled_.load(std::memory_order_acquire);
    }
    void settle(Version version) noexcept { settled_.store(version, std::memory_order_release); }

private:
    std::atomic<Stamp>& at(Topic t) noexcept { return changed_[static_cast<std::size_t>(t)]; }
    std::atomic<Stamp> const& at(Topic t) const noexcept {
        return changed_[static_cast<std::size_t>(t)];
    }

    std::array<std::atomic<Stamp>, slots> changed_{};
    std::atomic<Stamp> now_{0};
    std::atomic<Time::rep> trusted_until_{Time::max().time_since_epoch().count()};
    std::atomic<Version> heard_of_{0}, settled_{0};
};

// What one answer was made from. An answer that needs more than fits is not kept.
class Sources {
public:
    // `as_of`: now() from before the read.
    void add(Generations::Topic topic, Generations::Stamp as_of) noexcept {
        if (count_ == 0 || as_of < as_of_) as_of_ = as_of;
        last_as_of_ = as_of;
        for (std::size_t i = 0; i < count_; ++i)
            if (topics_[i] == topic) return;
        if (count_ == topics_.size())
            overflow_ = true;
        else
            topics_[count_++] = topic;
    }

    // One more topic, of the moment of the last one.
    void add_same(Generations::Topic topic) noexcept { add(topic, last_as_of_); }
    // Something as new as `version`, or older.
    void saw(Version version) noexcept { version_ = std::max(version_, version); }
    Version version() const noexcept { return version_; }

    // Whether they are known and fit: an answer without sources is not from the database.
    bool complete() const noexcept { return count_ > 0 && !overflow_; }
    bool current(Generations const& generations) const noexcept {
        for (std::size_t i = 0; i < count_; ++i)
            if (generations.changed_since(topics_[i], as_of_)) return false;
        return true;
    }

private:
    std::array<Generations::Topic, 6> topics_{};
    std::uint8_t count_ = 0;
    bool overflow_ = false;
    Generations::Stamp as_of_ = 0, last_as_of_ = 0;
    Version version_ = 0;
};

}  // namespace blog
