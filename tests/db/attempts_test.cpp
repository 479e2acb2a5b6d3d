// Attempts that the instances count together, on PostgreSQL.
#include "db/accounts_site.hpp"

#include <thread>

using namespace blog;
using namespace blog::db;
using namespace std::chrono_literals;

namespace {

struct Attempts : test::AccountsSite {
    using Bucket = db::Accounts::Bucket;
    std::chrono::milliseconds take(std::vector<Bucket> buckets) {
        return *run(db.take_attempt(std::move(buckets), noon));
    }
    std::int64_t rows() { return *database->elsewhere("SELECT count(*) FROM blogd_buckets"); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(attempts, Attempts)

BOOST_AUTO_TEST_CASE(so_many_are_taken_and_then_one_an_interval) {
    BOOST_TEST((take({{"a", 3, 1h}}) == 0ms));
    BOOST_TEST((take({{"a", 3, 1h}}) == 0ms));
    BOOST_TEST((take({{"a", 3, 1h}}) == 0ms));
    auto const wait = take({{"a", 3, 1h}});
    BOOST_TEST((wait > 59min && wait <= 1h));
    BOOST_TEST((take({{"b", 3, 1h}}) == 0ms), "another key");
    BOOST_TEST((take({}) == 0ms));

    BOOST_TEST((take({{"quick", 1, 300ms}}) == 0ms));
    auto const short_wait = take({{"quick", 1, 300ms}});
    BOOST_TEST((short_wait > 0ms && short_wait <= 300ms));
    std::this_thread::sleep_for(short_wait);
    BOOST_TEST((take({{"quick", 1, 300ms}}) == 0ms));
}

BOOST_AUTO_TEST_CASE(one_is_taken_from_all_buckets_or_from_none) {
    BOOST_TEST((take({{"account", 1, 1h}, {"address", 2, 1h}}) == 0ms));
    for (int i = 0; i < 3; ++i)
        BOOST_TEST((take({{"account", 1, 1h}, {"address", 2, 1h}}) > 0ms));
    BOOST_TEST((take({{"address", 2, 1h}}) == 0ms), "the refused ones took none of it");
    BOOST_TEST((take({{"address", 2, 1h}}) > 0ms));
}

BOOST_AUTO_TEST_CASE(those_at_once_get_no_more_than_those_in_turn) {
    std::string key;
    int taken = 0;
    auto const attempt = [&]() -> Awaitable<void> {
        std::vector<Bucket> buckets;
        buckets.push_back({.key = key, .burst = 5, .interval = 1h});
        buckets.push_back({.key = "of all", .burst = 5000, .interval = 1h});
        auto const wait = co_await db.take_attempt(std::move(buckets), noon);
        taken += *wait == 0ms;
    };
    for (int round = 0; round < 20; ++round) {  // the first ones open the connections
        key = "new " + std::to_string(round);
        taken = 0;
        for (int i = 0; i < 24; ++i)
            asio::co_spawn(site.loop, attempt(), [](std::exception_ptr) {});
        site.loop.restart();
        site.loop.run();
        BOOST_TEST(taken == 5);
    }
}

BOOST_AUTO_TEST_CASE(full_buckets_are_forgotten) {
    take({{"empty", 1, 1h}, {"soon full", 5, 1ms}});
    BOOST_TEST(rows() == 2);
    std::this_thread::sleep_for(20ms);
    BOOST_TEST(!!run(db.sweep_accounts(noon, noon, noon)));
    BOOST_TEST(rows() == 1);
    BOOST_TEST((take({{"empty", 1, 1h}}) > 0ms));
}

BOOST_AUTO_TEST_SUITE_END()
