#pragma once
#include "generations.hpp"
#include "net/content_coding.hpp"
#include "net/finished.hpp"

#include <boost/intrusive/list.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace blog::net {

// What a cached answer is found by: the decoded path and the query as it is sent.
struct CacheKey {
    std::string_view path, query;
    bool operator==(CacheKey const&) const = default;
};

// Finished answers of one loop, bounded by the bytes that they hold. Which ones stay is S3-FIFO's
// rule (Yang et al., SOSP 2023): a new entry is on probation in a tenth of the space and must be
// asked for again before it may displace one that is used; so somebody who walks through all pages
// once flushes nothing. One thread, but for the counters.
class ResponseCache {
public:
    // One answer in its codings.
    class Entry : public boost::intrusive::list_base_hook<> {
    public:
        Finished const& identity() const noexcept { return *codings_[0]; }
        FinishedPtr const& coding(Coding c) const noexcept {
            return codings_[static_cast<std::size_t>(c)];
        }
        std::string_view route() const noexcept { return route_; }
        Version version() const noexcept { return sources_.version(); }
        bool current(Generations const& generations) const noexcept {
            return sources_.current(generations);
        }
        // Whether somebody should pack it: not before the second hit, because that costs as much
        // as fifty answers, and not when it is being done already. Who does says so with asked(),
        // and hands the outcome to add_coding().
        bool wants(Coding c) const noexcept;
        void asked(Coding c) noexcept;

    private:
        friend class ResponseCache;
        std::string path_, query_;
        std::string_view route_;
        Sources sources_;
        std::array<FinishedPtr, coding_count> codings_;
        std::size_t bytes_ = 0;
        std::uint8_t uses_ = 0;   // hits since it was last looked at for eviction, 3 at most
        std::uint8_t hits_ = 0;   // of this answer, 2 at most
        std::uint8_t asked_ = 0;  // bits of the codings that somebody was asked to make
        bool on_probation_ = true;
    };

    struct Counters {
        std::atomic<std::uint64_t> hits{0}, misses{0}, stale{0}, stored{0}, evicted{0};
        std::atomic<std::size_t> entries{0}, bytes{0};
    };

    explicit ResponseCache(std::size_t bytes_max);
    ResponseCache(ResponseCache const&) = delete;
    ResponseCache& operator=(ResponseCache const&) = delete;
    ~ResponseCache() { clear(); }

    bool enabled() const noexcept { return bytes_max_ > 0; }

    // `first`: another look may follow for the same request, so that only a hit counts.
    enum class Look : std::uint8_t { first, last };
    // The answer, when it is there and nothing that it was made from has changed since. The pointer
    // is good until the next call that is not const.
    Entry* find(CacheKey const&, Generations const&, Look) noexcept;

    // Keeps an answer, in place of an older one. `route` is static text. An answer too big for the
    // probation space is not kept.
    void store(CacheKey const&, std::string_view route, Sources const&, FinishedPtr identity);

    // `made` is `identity` packed. Ignored when that answer is not the one that is kept any more.
    // (Held, not only named: nothing else can have its address meanwhile.)
    void add_coding(CacheKey const&, FinishedPtr const& identity, Coding, FinishedPtr made);

    void clear() noexcept;
    // Another one in each cache, so that nobody can choose keys that collide.
    std::uint64_t hash_of(CacheKey const& key) const noexcept {
        return entries_.hash_function()(key);
    }
    Counters const& counters() const noexcept { return counters_; }

private:
    struct Hash {
        std::uint64_t seed;
        std::size_t operator()(CacheKey const& key) const noexcept;
    };
    // The keys view the strings of their entries.
    using Map = std::unordered_map<CacheKey, std::unique_ptr<Entry>, Hash>;
    using Queue = boost::intrusive::list<Entry, boost::intrusive::constant_time_size<false>>;

    void charge(Entry&, std::size_t bytes) noexcept;
    void make_room();
    void leave_probation(Entry&);
    void remember_gone(std::uint64_t key_hash);
    bool was_there_lately(std::uint64_t key_hash) const noexcept;
    void erase(Entry&) noexcept;

    std::size_t const bytes_max_;
    Map entries_;
    Queue probation_, kept_;  // oldest first
    std::size_t probation_bytes_ = 0, bytes_ = 0;
    // Hashes of what fell out of probation lately: who comes back from here is kept at once.
    std::deque<std::uint64_t> gone_order_;
    std::unordered_map<std::uint64_t, std::uint32_t> gone_;
    Counters counters_;
};

}  // namespace blog::net
