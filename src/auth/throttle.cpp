#include "auth/throttle.hpp"

#include "assert.hpp"
#include "auth/sodium.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace blog::auth {

namespace {

using Instant = Throttle::Instant;

// When a bucket that would be full at `full_at` has room for one.
Instant room_at(Instant full_at, Rate rate) noexcept {
    return full_at - (rate.burst - 1) * std::chrono::nanoseconds(rate.interval);
}

Throttle::Wait wait_for(Instant full_at, Rate rate, Instant now) noexcept {
    auto const room = room_at(std::max(full_at, now), rate);
    if (room <= now) return std::nullopt;
    return std::chrono::ceil<std::chrono::milliseconds>(room - now);
}

template <class Entries>
auto* find(Entries& entries, std::uint64_t tag) noexcept {
    auto const at = std::ranges::find_if(entries, [tag](auto const& e) { return e.tag == tag; });
    return at == entries.end() ? nullptr : &*at;
}

}  // namespace

Throttle::Throttle(std::size_t entries) : sets_(std::bit_ceil(std::max(entries / ways, shards))) {
    static_assert(sizeof(Entry) == 16 && sizeof(Set) == 128);
    static_assert(std::tuple_size_v<decltype(secret_)> == crypto_shorthash_KEYBYTES);
    start_sodium();
    randombytes_buf(secret_.data(), secret_.size());
}

Throttle::Wait Throttle::take(std::uint8_t kind, std::string_view key, Rate rate,
                              Instant now) noexcept {
    BLOG_ASSERT(rate.burst >= 1);
    auto const tag = tag_of(kind, key);
    auto const set = set_of(tag);
    auto& entries = sets_[set].entries;
    std::lock_guard const lock(shard_of(set).mutex);
    auto* entry = find(entries, tag);
    if (entry == nullptr) {
        entry = &*std::ranges::min_element(entries, {}, &Entry::full_at);
        *entry = {tag, now};
    }
    auto const wait = wait_for(entry->full_at, rate, now);
    if (!wait) entry->full_at = std::max(entry->full_at, now) + rate.interval;
    return wait;
}

Throttle::Wait Throttle::peek(std::uint8_t kind, std::string_view key, Rate rate,
                              Instant now) const noexcept {
    BLOG_ASSERT(rate.burst >= 1);
    auto const tag = tag_of(kind, key);
    auto const set = set_of(tag);
    std::lock_guard const lock(shard_of(set).mutex);
    auto const* const entry = find(sets_[set].entries, tag);
    return entry == nullptr ? std::nullopt : wait_for(entry->full_at, rate, now);
}

void Throttle::give_back(std::uint8_t kind, std::string_view key, Rate rate) noexcept {
    auto const tag = tag_of(kind, key);
    auto const set = set_of(tag);
    std::lock_guard const lock(shard_of(set).mutex);
    if (auto* const entry = find(sets_[set].entries, tag)) entry->full_at -= rate.interval;
}

std::size_t Throttle::memory_bytes() const noexcept {
    return sizeof *this + sets_.capacity() * sizeof(Set);
}

// Hashed twice, so that keys of any length need no copy with the kind in front.
std::uint64_t Throttle::tag_of(std::uint8_t kind, std::string_view key) const noexcept {
    std::array<unsigned char, crypto_shorthash_BYTES + 1> inner;
    auto const* const bytes = reinterpret_cast<unsigned char const*>(key.data());
    crypto_shorthash(inner.data(), bytes, key.size(), secret_.data());
    inner.back() = kind;
    std::array<unsigned char, crypto_shorthash_BYTES> outer;
    crypto_shorthash(outer.data(), inner.data(), inner.size(), secret_.data());
    return std::bit_cast<std::uint64_t>(outer);
}

}  // namespace blog::auth
