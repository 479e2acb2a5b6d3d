#include "db/pool.hpp"

#include "support/run.hpp"

#include <boost/asio/detached.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

using namespace blog;
using namespace std::chrono_literals;

namespace {

struct Site {
    explicit Site(int count, std::size_t waiters_max = 10)
        : pool(loop.get_executor(), make(count), waiters_max) {}

    static std::vector<std::unique_ptr<int>> make(int count) {
        std::vector<std::unique_ptr<int>> all;
        for (int i = 1; i <= count; ++i)
            all.push_back(std::make_unique<int>(i));
        return all;
    }
    // Waits for an object, notes who got which, and gives it back.
    Awaitable<void> visit(char name, std::chrono::milliseconds patience = 10s) {
        auto const got = co_await pool.acquire(patience);
        events += name;
        events += got ? static_cast<char>('0' + **got) : '!';
        if (got) pool.release(**got);
    }
    void start(Awaitable<void> work) { asio::co_spawn(loop, std::move(work), asio::detached); }
    void spin() {
        loop.restart();
        loop.poll();
    }

    asio::io_context loop{1};
    db::Pool<int> pool;
    std::string events;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(pool)

BOOST_AUTO_TEST_CASE(gives_what_is_free_at_once_and_the_warmest_first) {
    Site site(2);
    int* const first = site.pool.try_acquire();
    int* const second = site.pool.try_acquire();
    BOOST_TEST(site.pool.try_acquire() == nullptr);
    site.pool.release(*first);
    BOOST_TEST(site.pool.try_acquire() == first);
    site.pool.release(*second);
    site.pool.release(*first);
    BOOST_TEST(site.pool.idle() == 2u);
}

BOOST_AUTO_TEST_CASE(serves_the_one_who_waits_longest_first) {
    Site site(1);
    int* const item = site.pool.try_acquire();
    for (char const name : {'a', 'b', 'c'})
        site.start(site.visit(name));
    site.spin();
    BOOST_TEST(site.pool.waiting() == 3u);
    BOOST_TEST(site.events == "");
    site.pool.release(*item);
    site.spin();
    BOOST_TEST(site.events == "a1b1c1");
    BOOST_TEST(site.pool.idle() == 1u);
}

BOOST_AUTO_TEST_CASE(wakes_exactly_one) {
    Site site(2);
    int* const one = site.pool.try_acquire();
    int* const two = site.pool.try_acquire();
    auto hold = [&]() -> Awaitable<void> {
        auto const got = co_await site.pool.acquire(10s);
        site.events += got ? 'h' : '!';
    };
    site.start(hold());
    site.start(hold());
    site.spin();
    site.pool.release(*one);
    site.spin();
    BOOST_TEST(site.events == "h");
    BOOST_TEST(site.pool.waiting() == 1u);
    site.pool.release(*two);
    site.spin();
    BOOST_TEST(site.events == "hh");
    site.pool.release(*one);
    site.pool.release(*two);
}

BOOST_AUTO_TEST_CASE(tells_busy_when_patience_runs_out) {
    Site site(1);
    int* const item = site.pool.try_acquire();
    auto const got = test::run(site.loop, site.pool.acquire(1ms));
    BOOST_TEST(!got);
    BOOST_TEST((got.error().code == Errc::busy));
    BOOST_TEST(site.pool.waiting() == 0u);
    site.pool.release(*item);
    BOOST_TEST(site.pool.idle() == 1u);
}

BOOST_AUTO_TEST_CASE(tells_one_waiter_too_many_at_once) {
    Site site(1, 1);
    int* const item = site.pool.try_acquire();
    site.start(site.visit('a'));
    site.start(site.visit('b'));
    site.spin();
    BOOST_TEST(site.events == "b!");
    site.pool.release(*item);
    site.spin();
    BOOST_TEST(site.events == "b!a1");
}

BOOST_AUTO_TEST_CASE(a_hand_over_wins_over_a_deadline_in_the_same_moment) {
    Site site(1);
    int* const item = site.pool.try_acquire();
    site.start(site.visit('a', 0ms));
    site.spin();  // the deadline has passed; the waiter has been told or will be
    if (site.events.empty()) {
        site.pool.release(*item);
        site.spin();
        BOOST_TEST(site.events == "a1");
    } else {
        BOOST_TEST(site.events == "a!");
        site.pool.release(*item);
    }
    BOOST_TEST(site.pool.idle() == 1u);
}

BOOST_AUTO_TEST_CASE(takes_back_what_a_stopped_waiter_was_given) {
    auto loop = std::make_unique<asio::io_context>(1);
    db::Pool<int> pool(loop->get_executor(), Site::make(1), 10);
    int* const item = pool.try_acquire();
    auto wait = [&]() -> Awaitable<void> {
        auto const got = co_await pool.acquire(10s);
        BOOST_TEST(!got, "the loop has ended: nobody may run on it");
    };
    asio::co_spawn(*loop, wait(), asio::detached);
    loop->poll();
    BOOST_TEST(pool.waiting() == 1u);
    pool.release(*item);  // handed over, but the waiter never runs again
    BOOST_TEST(pool.idle() == 0u);
    loop.reset();
    BOOST_TEST(pool.idle() == 1u);
    BOOST_TEST(pool.waiting() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
