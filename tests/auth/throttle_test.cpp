#include "auth/throttle.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <cstring>
#include <malloc.h>
#include <string>
#include <thread>

using namespace blog::auth;
using namespace std::chrono_literals;

namespace {

constexpr std::uint8_t account = 1, address = 2;
constexpr Rate five{5, 1min};

struct Fixture {
    Throttle throttle;
    Throttle::Instant now = std::chrono::steady_clock::now();

    bool allowed(std::string_view key, Rate rate = five, std::uint8_t kind = account) {
        return !throttle.take(kind, key, rate, now);
    }
    int taken(int tries, std::string_view key, Rate rate = five) {
        int count = 0;
        for (int i = 0; i < tries; ++i)
            count += allowed(key, rate);
        return count;
    }
};

// Four bytes, as an IPv4 address.
struct Number {
    char bytes[4];
    explicit Number(std::uint32_t n) { std::memcpy(bytes, &n, sizeof bytes); }
    operator std::string_view() const { return {bytes, sizeof bytes}; }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(throttle_, Fixture)

BOOST_AUTO_TEST_CASE(allows_a_burst_then_one_each_interval) {
    BOOST_TEST(taken(10, "ada") == 5);
    BOOST_TEST((throttle.take(account, "ada", five, now) == 60s));
    now += 59s + 999'500us;
    BOOST_TEST((throttle.take(account, "ada", five, now) == 1ms));  // rounded up
    now += 500us;
    BOOST_TEST(taken(10, "ada") == 1);
    now += 2min + 30s;
    BOOST_TEST(taken(10, "ada") == 2);
    BOOST_TEST((throttle.take(account, "ada", five, now) == 30s));
    now += 24h;
    BOOST_TEST(taken(10, "ada") == 5);  // never more than the burst
}

BOOST_AUTO_TEST_CASE(charges_nothing_for_what_it_refuses) {
    BOOST_TEST(taken(1000, "ada") == 5);
    now += 1min;
    BOOST_TEST(allowed("ada"));
}

BOOST_AUTO_TEST_CASE(looks_without_taking) {
    for (int i = 0; i < 20; ++i)
        BOOST_TEST(!throttle.peek(account, "ada", five, now).has_value());
    BOOST_TEST(taken(4, "ada") == 4);
    BOOST_TEST(!throttle.peek(account, "ada", five, now).has_value());
    BOOST_TEST(taken(2, "ada") == 1);
    BOOST_TEST((throttle.peek(account, "ada", five, now) == 60s));
    now += 60s;
    BOOST_TEST(!throttle.peek(account, "ada", five, now).has_value());
}

BOOST_AUTO_TEST_CASE(gives_back) {
    for (int i = 0; i < 20; ++i) {
        BOOST_TEST(allowed("ada"));
        throttle.give_back(account, "ada", five);
    }
    BOOST_TEST(taken(10, "ada") == 5);
    throttle.give_back(account, "ada", five);
    BOOST_TEST(taken(10, "ada") == 1);
    throttle.give_back(account, "nobody", five);
    BOOST_TEST(taken(10, "nobody") == 5);
}

BOOST_AUTO_TEST_CASE(keeps_keys_and_kinds_apart) {
    BOOST_TEST(taken(9, "ada") == 5);
    BOOST_TEST(taken(9, "bob") == 5);
    BOOST_TEST(taken(9, "") == 5);
    BOOST_TEST(taken(9, std::string_view("ada\0", 4)) == 5);
    BOOST_TEST(taken(9, std::string(100'000, 'a')) == 5);
    BOOST_TEST(taken(9, std::string(100'001, 'a')) == 5);
    BOOST_TEST(allowed("ada", five, address));
    BOOST_TEST(!allowed("ada"));
}

BOOST_AUTO_TEST_CASE(allows_one_at_a_time_with_a_burst_of_one) {
    Rate const one{1, 2s};
    BOOST_TEST(taken(5, "ada", one) == 1);
    BOOST_TEST((throttle.take(account, "ada", one, now) == 2s));
    now += 2s;
    BOOST_TEST(taken(5, "ada", one) == 1);
}

BOOST_AUTO_TEST_CASE(keeps_an_attacked_account_limited_under_a_flood) {
    Rate const by_address{20, 1s};
    auto const before = throttle.memory_bytes();
    auto const heap = mallinfo2().uordblks;
    BOOST_TEST(before <= (2u << 20) + (16u << 10));
    BOOST_TEST(taken(9, "ada") == 5);
    int through = 0;
    for (std::uint32_t i = 0; i < 1'000'000; ++i) {
        throttle.take(address, Number(i), by_address, now);
        // Strangers' accounts, each tried once.
        throttle.take(account, Number(i), five, now);
        if (i % 1000 == 0) {
            through += allowed("ada");
            now += 1ms;
        }
    }
    BOOST_TEST(through == 0);
    BOOST_TEST(throttle.memory_bytes() == before);
    BOOST_TEST(mallinfo2().uordblks == heap);
    now += 1min;
    BOOST_TEST(taken(9, "ada") == 1);
}

// The table is full of those who wait longer: a newcomer is still counted.
BOOST_AUTO_TEST_CASE(counts_newcomers_when_it_is_full) {
    Throttle small(1);
    for (std::uint32_t i = 0; i < 10'000; ++i)
        for (int n = 0; n < 5; ++n)
            small.take(account, Number(i), five, now);
    int count = 0;
    for (int n = 0; n < 50; ++n)
        count += !small.take(address, "new", {10, 1s}, now);
    BOOST_TEST(count == 10);
}

BOOST_AUTO_TEST_CASE(lets_go_first_of_those_nearest_to_full) {
    Throttle small(512);
    for (std::uint32_t i = 0; i < 100; ++i)
        for (int n = 0; n < 5; ++n)
            small.take(account, Number(i), five, now);
    for (std::uint32_t i = 1000; i < 100'000; ++i)
        small.take(account, Number(i), five, now);
    int limited = 0;
    for (std::uint32_t i = 0; i < 100; ++i)
        limited += small.peek(account, Number(i), five, now).has_value();
    BOOST_TEST(limited == 100);
}

BOOST_AUTO_TEST_CASE(counts_exactly_from_many_threads) {
    Rate const thousand{1000, 1h};
    std::atomic<int> through{0};
    std::vector<std::thread> threads;
    for (int n = 0; n < 4; ++n)
        threads.emplace_back([&, n] {
            for (int i = 0; i < 1000; ++i) {
                through += !throttle.take(account, "ada", thousand, now);
                throttle.take(address, Number(static_cast<std::uint32_t>(n * 1000 + i)), five, now);
            }
        });
    for (auto& thread : threads)
        thread.join();
    BOOST_TEST(through == 1000);
}

BOOST_AUTO_TEST_SUITE_END()
