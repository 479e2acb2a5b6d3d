#include "net/response_cache.hpp"

#include <algorithm>
#include <random>
#include <utility>
#include <xxhash.h>

namespace blog::net {
namespace {

constexpr std::uint8_t uses_max = 3;
constexpr std::uint8_t hits_before_packing = 2;
constexpr std::size_t probation_share = 10;  // a tenth of the space
// What an entry costs beyond its answer: itself, its node in the table, the counts of the pointers.
constexpr std::size_t entry_bytes = sizeof(ResponseCache::Entry) + 160;

std::uint64_t random_seed() {
    std::random_device device;
    return (std::uint64_t{device()} << 32) | device();
}

std::uint8_t bit_of(Coding c) noexcept {
    return static_cast<std::uint8_t>(1u << static_cast<unsigned>(c));
}

void add(std::atomic<std::uint64_t>& counter) noexcept {
    counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

}  // namespace

bool ResponseCache::Entry::wants(Coding c) const noexcept {
    return hits_ == hits_before_packing && (asked_ & bit_of(c)) == 0;
}

void ResponseCache::Entry::asked(Coding c) noexcept {
    asked_ |= bit_of(c);
}

std::size_t ResponseCache::Hash::operator()(CacheKey const& key) const noexcept {
    auto const path = XXH3_64bits_withSeed(key.path.data(), key.path.size(), seed);
    if (key.query.empty()) return path;
    return XXH3_64bits_withSeed(key.query.data(), key.query.size(), path);
}

ResponseCache::ResponseCache(std::size_t bytes_max)
    : bytes_max_(bytes_max), entries_(0, Hash{random_seed()}) {}

ResponseCache::Entry* ResponseCache::find(CacheKey const& key, Generations const& generations,
                                          Look look) noexcept {
    auto const at = entries_.find(key);
    if (at == entries_.end()) {
        if (look == Look::last) add(counters_.misses);
        return nullptr;
    }
    Entry& entry = *at->second;
    if (!entry.current(generations)) {
        if (look == Look::last) add(counters_.stale);
        return nullptr;
    }
    if (entry.uses_ < uses_max) ++entry.uses_;
    if (entry.hits_ < hits_before_packing) ++entry.hits_;
    add(counters_.hits);
    return &entry;
}

void ResponseCache::store(CacheKey const& key, std::string_view route, Sources const& sources,
                          FinishedPtr identity) {
    auto const bytes = identity->memory_bytes() + key.path.size() + key.query.size() + entry_bytes;
    auto const at = entries_.find(key);
    if (bytes > bytes_max_ / probation_share) {
        if (at != entries_.end()) erase(*at->second);
        return;
    }
    Entry* entry = at == entries_.end() ? nullptr : at->second.get();
    if (entry == nullptr) {
        auto made = std::make_unique<Entry>();
        entry = made.get();
        entry->path_ = key.path;
        entry->query_ = key.query;
        CacheKey const own{entry->path_, entry->query_};
        entries_.emplace(own, std::move(made));
        entry->on_probation_ = !was_there_lately(hash_of(own));
        (entry->on_probation_ ? probation_ : kept_).push_back(*entry);
    }
    entry->route_ = route;
    entry->sources_ = sources;
    entry->codings_ = {std::move(identity), nullptr, nullptr};
    entry->asked_ = 0;
    entry->hits_ = 0;
    charge(*entry, bytes);
    add(counters_.stored);
    make_room();
}

void ResponseCache::add_coding(CacheKey const& key, FinishedPtr const& identity, Coding coding,
                               FinishedPtr made) {
    auto const at = entries_.find(key);
    if (at == entries_.end() || at->second->codings_[0] != identity) return;
    Entry& entry = *at->second;
    auto const bytes = entry.bytes_ + made->memory_bytes();
    entry.codings_[static_cast<std::size_t>(coding)] = std::move(made);
    charge(entry, bytes);
    make_room();
}

void ResponseCache::charge(Entry& entry, std::size_t bytes) noexcept {
    bytes_ += bytes - entry.bytes_;
    if (entry.on_probation_) probation_bytes_ += bytes - entry.bytes_;
    entry.bytes_ = bytes;
    counters_.bytes.store(bytes_, std::memory_order_relaxed);
    counters_.entries.store(entries_.size(), std::memory_order_relaxed);
}

void ResponseCache::make_room() {
    while (bytes_ > bytes_max_) {
        bool const from_probation =
            kept_.empty() || probation_bytes_ > bytes_max_ / probation_share;
        Entry& oldest = from_probation ? probation_.front() : kept_.front();
        if (from_probation && oldest.uses_ > 0) {
            leave_probation(oldest);
        } else if (oldest.uses_ > 0) {
            --oldest.uses_;
            kept_.erase(kept_.iterator_to(oldest));
            kept_.push_back(oldest);
        } else {
            if (from_probation) remember_gone(hash_of({oldest.path_, oldest.query_}));
            erase(oldest);
            add(counters_.evicted);
        }
    }
}

void ResponseCache::leave_probation(Entry& entry) {
    probation_.erase(probation_.iterator_to(entry));
    probation_bytes_ -= entry.bytes_;
    entry.on_probation_ = false;
    entry.uses_ = 0;
    kept_.push_back(entry);
}

void ResponseCache::remember_gone(std::uint64_t key_hash) {
    // The count first: a hash in the order always has one, also when memory is short.
    ++gone_[key_hash];
    gone_order_.push_back(key_hash);
    // As many as there are entries: what has been gone for longer was not missed.
    while (gone_order_.size() > entries_.size()) {
        auto const at = gone_.find(gone_order_.front());
        if (--at->second == 0) gone_.erase(at);
        gone_order_.pop_front();
    }
}

bool ResponseCache::was_there_lately(std::uint64_t key_hash) const noexcept {
    return gone_.contains(key_hash);
}

void ResponseCache::erase(Entry& entry) noexcept {
    charge(entry, 0);
    Queue& queue = entry.on_probation_ ? probation_ : kept_;
    queue.erase(queue.iterator_to(entry));
    entries_.erase(entries_.find(CacheKey{entry.path_, entry.query_}));
    counters_.entries.store(entries_.size(), std::memory_order_relaxed);
}

void ResponseCache::clear() noexcept {
    probation_.clear();
    kept_.clear();
    entries_.clear();
    gone_.clear();
    gone_order_.clear();
    probation_bytes_ = bytes_ = 0;
    counters_.bytes.store(0, std::memory_order_relaxed);
    counters_.entries.store(0, std::memory_order_relaxed);
}

}  // namespace blog::net
