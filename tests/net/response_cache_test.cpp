#include "net/response_cache.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <map>
#include <random>
#include <string>
#include <vector>

using namespace blog;
using namespace blog::net;
using Look = ResponseCache::Look;

namespace {

constexpr Generations::Topic topic = Generations::topic(1, 1);

FinishedPtr answer(std::size_t body_bytes, Coding coding = Coding::identity) {
    return std::make_shared<Finished const>("text/plain", coding, "\"tag\"", "",
                                            std::string(body_bytes, 'x'));
}

// A cache, the generations that its entries rest on, and words to talk about it.
struct Cache {
    explicit Cache(std::size_t bytes_max = std::size_t{1} << 20) : cache(bytes_max) {}

    void store(std::string_view path, std::size_t body_bytes = 1000, std::string_view query = {}) {
        store(path, answer(body_bytes), query);
    }
    void store(std::string_view path, FinishedPtr identity, std::string_view query = {}) {
        Sources sources;
        sources.add(topic, generations.now());
        cache.store({path, query}, "/route", sources, std::move(identity));
    }
    ResponseCache::Entry* find(std::string_view path, std::string_view query = {}) {
        return cache.find({path, query}, generations, Look::last);
    }
    bool has(std::string_view path) { return find(path) != nullptr; }
    // Somebody asks for a page: it is there, or it is made.
    bool visit(std::string const& path) {
        if (has(path)) return true;
        store(path);
        return false;
    }
    void crawl(int from, int to) {
        for (int i = from; i < to; ++i)
            visit("/crawled/" + std::to_string(i));
    }
    std::size_t bytes() const { return cache.counters().bytes; }
    std::size_t entries() const { return cache.counters().entries; }
    void change() { generations.publish(std::array{topic}); }

    Generations generations;
    ResponseCache cache;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(response_cache)

BOOST_AUTO_TEST_CASE(gives_back_what_was_stored_under_the_same_key) {
    Cache c;
    BOOST_TEST(!c.has("/a"));
    auto const first = answer(10), second = answer(20), third = answer(30);
    c.store("/a", first);
    c.store("/a", second, "q=1");
    c.store("/aq=1", third);
    BOOST_REQUIRE(c.has("/a"));
    BOOST_TEST(c.find("/a")->coding(Coding::identity) == first);
    BOOST_TEST(c.find("/a", "q=1")->coding(Coding::identity) == second);
    BOOST_TEST(c.find("/aq=1")->coding(Coding::identity) == third);
    BOOST_TEST(c.find("/a")->route() == "/route");
    BOOST_TEST(!c.find("/a", "q=2"));
    BOOST_TEST(!c.has("/A"));
    BOOST_TEST(!c.find("", "/a"));
    BOOST_TEST(c.entries() == 3u);
}

BOOST_AUTO_TEST_CASE(the_key_need_not_outlive_the_call) {
    Cache c;
    for (int i = 0; i < 200; ++i) {
        std::string path = "/a/path/that/is/too/long/for/the/string/itself/" + std::to_string(i);
        c.store(path, 10);
        path.assign(path.size(), '#');
    }
    for (int i = 0; i < 200; ++i)
        BOOST_TEST(c.has("/a/path/that/is/too/long/for/the/string/itself/" + std::to_string(i)));
}

BOOST_AUTO_TEST_CASE(what_has_changed_is_not_given_out) {
    Cache c;
    c.store("/a");
    c.change();
    BOOST_TEST(!c.has("/a"));
    c.store("/a");
    BOOST_TEST(c.has("/a"));
    c.generations.publish_all();
    BOOST_TEST(!c.has("/a"));
}

BOOST_AUTO_TEST_CASE(an_answer_that_was_made_while_something_changed_is_stale_at_once) {
    Cache c;
    Sources read;
    read.add(topic, c.generations.now());
    c.change();  // between the read's stamp and store()
    c.cache.store({"/a", ""}, "/route", read, answer(10));
    BOOST_TEST(!c.has("/a"));
}

BOOST_AUTO_TEST_CASE(counts_the_last_look_of_a_request_and_every_hit) {
    Cache c;
    auto const& n = c.cache.counters();
    c.cache.find({"/a", ""}, c.generations, Look::first);
    BOOST_TEST(n.misses == 0u);
    c.has("/a");
    BOOST_TEST(n.misses == 1u);
    c.store("/a");
    c.has("/a");
    c.cache.find({"/a", ""}, c.generations, Look::first);
    BOOST_TEST(n.hits == 2u);
    c.change();
    c.cache.find({"/a", ""}, c.generations, Look::first);
    BOOST_TEST(n.stale == 0u);
    c.has("/a");
    BOOST_TEST(n.stale == 1u);
    BOOST_TEST(n.misses == 1u);
    BOOST_TEST(n.stored == 1u);
}

BOOST_AUTO_TEST_CASE(a_newer_answer_takes_the_place_of_the_old_one) {
    Cache c, fresh;
    c.store("/a", 50'000);
    c.cache.add_coding({"/a", ""}, c.find("/a")->coding(Coding::identity), Coding::gzip,
                       answer(900, Coding::gzip));
    c.store("/a", 2000);
    fresh.store("/a", 2000);
    BOOST_TEST(c.entries() == 1u);
    BOOST_TEST(c.bytes() == fresh.bytes());
    BOOST_TEST(c.find("/a")->identity().body().size() == 2000u);
    BOOST_TEST(!c.find("/a")->coding(Coding::gzip));
}

BOOST_AUTO_TEST_CASE(an_answer_too_big_for_the_probation_space_is_not_kept) {
    Cache c(100'000);
    c.store("/big", 10'000);
    BOOST_TEST(!c.has("/big"));
    BOOST_TEST(c.bytes() == 0u);
    c.store("/fits", 8'000);
    BOOST_TEST(c.has("/fits"));
    c.store("/fits", 10'000);  // it has grown
    BOOST_TEST(!c.has("/fits"));
    BOOST_TEST(c.bytes() == 0u);
    BOOST_TEST(c.entries() == 0u);
}

BOOST_AUTO_TEST_CASE(a_cache_without_room_keeps_nothing) {
    Cache c(0);
    BOOST_TEST(!c.cache.enabled());
    c.store("/a", 0);
    BOOST_TEST(!c.has("/a"));
    BOOST_TEST(c.bytes() == 0u);
}

// Eviction

BOOST_AUTO_TEST_CASE(somebody_who_walks_through_everything_flushes_nothing_that_is_used) {
    Cache c;
    std::vector<std::string> used;
    for (int i = 0; i < 300; ++i)
        used.push_back("/used/" + std::to_string(i));
    for (int times = 0; times < 2; ++times)
        for (auto const& path : used)
            c.visit(path);
    int missed = 0;
    for (int i = 0; i < 100'000; ++i) {
        c.visit("/crawled/" + std::to_string(i));
        if (i % 10 == 0) missed += !c.visit(used[static_cast<std::size_t>(i / 10) % used.size()]);
        BOOST_REQUIRE(c.bytes() <= std::size_t{1} << 20);
    }
    BOOST_TEST(missed == 0);
    BOOST_TEST(c.cache.counters().evicted > 98'000u);
}

BOOST_AUTO_TEST_CASE(not_even_when_nobody_asks_for_it_meanwhile) {
    Cache c;
    for (int times = 0; times < 2; ++times)
        for (int i = 0; i < 300; ++i)
            c.visit("/used/" + std::to_string(i));
    c.crawl(0, 100'000);
    for (int i = 0; i < 300; ++i)
        BOOST_TEST(c.has("/used/" + std::to_string(i)));
}

BOOST_AUTO_TEST_CASE(what_was_asked_for_once_goes_first) {
    Cache c;
    c.store("/once");
    c.store("/twice");
    BOOST_TEST(c.has("/twice"));
    c.crawl(0, 5000);
    BOOST_TEST(!c.has("/once"));
    BOOST_TEST(c.has("/twice"));
}

BOOST_AUTO_TEST_CASE(what_comes_back_soon_need_not_prove_itself_again) {
    Cache c;
    c.crawl(0, 2000);
    std::string const returning = "/crawled/600", late = "/crawled/0";
    BOOST_REQUIRE((!c.has(returning) && !c.has(late)));  // both fell out, the second long ago
    BOOST_REQUIRE(c.entries() < 1000u);
    // The first of these was gone for fewer evictions than there are entries.
    auto const recent = "/crawled/" + std::to_string(2000 - c.entries() - 200);
    BOOST_REQUIRE(!c.has(recent));
    c.store(recent);
    c.store(late);
    c.crawl(2000, 20'000);
    BOOST_TEST(c.has(recent));
    BOOST_TEST(!c.has(late));
}

BOOST_AUTO_TEST_CASE(among_the_used_the_ones_used_least_go) {
    Cache c;
    int missed = 0;
    for (int i = 0; i < 3000; ++i) {  // four times what fits
        for (int times = 0; times < 3; ++times)
            c.visit("/" + std::to_string(i));
        missed += !c.visit("/always");
        BOOST_REQUIRE(c.bytes() <= std::size_t{1} << 20);
    }
    BOOST_TEST(missed == 1);  // the first time
    BOOST_TEST(c.cache.counters().evicted > 2000u);
    BOOST_TEST(!c.has("/0"));
    BOOST_TEST(c.has("/2999"));
}

BOOST_AUTO_TEST_CASE(the_space_is_used) {
    Cache c;
    c.crawl(0, 5000);
    BOOST_TEST(c.bytes() > (std::size_t{1} << 20) * 9 / 10);
}

// Every byte is counted once, whatever happens in whatever order.
BOOST_AUTO_TEST_CASE(bytes_are_counted_and_stay_within_the_bound) {
    constexpr std::size_t bound = 200'000;
    std::mt19937 random(20260607);
    Cache c(bound);
    c.store("/k", 100);
    auto const overhead = c.bytes() - c.find("/k")->identity().memory_bytes() - 2;
    std::vector<FinishedPtr> old{answer(10)};
    for (int round = 0; round < 20'000; ++round) {
        auto const path = "/" + std::to_string(random() % 400);
        auto* const entry = c.find(path);
        switch (random() % 4) {
            case 0:
            case 1:
                c.store(path, random() % 20'000);
                break;
            case 2: {
                auto const coding = static_cast<Coding>(1 + random() % 2);
                if (entry == nullptr || entry->coding(coding)) break;
                old.push_back(entry->coding(Coding::identity));
                c.cache.add_coding({path, ""}, old.back(), coding, answer(random() % 9000, coding));
                break;
            }
            case 3:  // the entry has another answer by now, or is gone
                c.cache.add_coding({path, ""}, old[random() % old.size()], Coding::gzip,
                                   answer(500, Coding::gzip));
                break;
        }
        if (random() % 3000 == 0) c.cache.clear();
        BOOST_REQUIRE(c.bytes() <= bound);
        if (round % 500 != 0) continue;
        std::size_t sum = 0, count = 0;
        for (int i = 0; i < 400; ++i) {
            auto const key = "/" + std::to_string(i);
            auto* const kept = c.find(key);
            if (kept == nullptr) continue;
            ++count;
            sum += overhead + key.size();
            for (auto const coding : {Coding::identity, Coding::gzip, Coding::brotli})
                if (auto const& variant = kept->coding(coding)) sum += variant->memory_bytes();
        }
        if (auto* const first = c.find("/k")) {
            ++count;
            sum += overhead + 2 + first->identity().memory_bytes();
        }
        BOOST_TEST(sum == c.bytes());
        BOOST_TEST(count == c.entries());
    }
}

BOOST_AUTO_TEST_CASE(clearing_leaves_nothing_behind) {
    Cache c;
    c.crawl(0, 3000);
    c.cache.clear();
    BOOST_TEST(c.bytes() == 0u);
    BOOST_TEST(c.entries() == 0u);
    BOOST_TEST(!c.has("/crawled/2999"));
    c.store("/crawled/2000");  // has gone before, but that is forgotten
    c.crawl(3000, 8000);
    BOOST_TEST(!c.has("/crawled/2000"));
    BOOST_TEST(c.bytes() <= std::size_t{1} << 20);
}

// Codings

BOOST_AUTO_TEST_CASE(packing_is_wanted_from_the_second_hit_until_somebody_does_it) {
    Cache c;
    c.store("/a");
    BOOST_TEST(!c.find("/a")->wants(Coding::gzip));
    BOOST_TEST(c.find("/a")->wants(Coding::gzip));
    BOOST_TEST(c.find("/a")->wants(Coding::gzip));  // nobody took it on
    c.find("/a")->asked(Coding::gzip);
    BOOST_TEST(!c.find("/a")->wants(Coding::gzip));
    BOOST_TEST(c.find("/a")->wants(Coding::brotli));
    c.store("/a");  // a new answer
    BOOST_TEST(!c.find("/a")->wants(Coding::gzip));
    BOOST_TEST(c.find("/a")->wants(Coding::gzip));
}

BOOST_AUTO_TEST_CASE(a_packed_answer_joins_its_own_entry_only) {
    Cache c;
    auto const first = answer(5000), second = answer(5000);
    auto const packed = answer(100, Coding::gzip);
    c.store("/a", first);
    c.store("/a", second);
    c.cache.add_coding({"/a", ""}, first, Coding::gzip, packed);  // came too late
    BOOST_TEST(!c.find("/a")->coding(Coding::gzip));
    c.cache.add_coding({"/b", ""}, second, Coding::gzip, packed);
    BOOST_TEST(!c.has("/b"));
    auto const before = c.bytes();
    c.cache.add_coding({"/a", ""}, second, Coding::gzip, packed);
    BOOST_TEST(c.find("/a")->coding(Coding::gzip) == packed);
    BOOST_TEST(!c.find("/a")->coding(Coding::brotli));
    BOOST_TEST(c.bytes() == before + packed->memory_bytes());
}

BOOST_AUTO_TEST_CASE(no_two_caches_hash_alike) {
    Cache a, b;
    CacheKey const page{"/posts/1", ""}, list{"/api/posts", "skip=0&limit=10"};
    BOOST_TEST(a.cache.hash_of(page) == a.cache.hash_of(page));
    BOOST_TEST(a.cache.hash_of(page) != b.cache.hash_of(page));
    BOOST_TEST(a.cache.hash_of(list) != b.cache.hash_of(list));
}

BOOST_AUTO_TEST_SUITE_END()
