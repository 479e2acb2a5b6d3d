#include "net/fills.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

using namespace blog;
using namespace blog::net;
using namespace std::chrono_literals;

namespace {

constexpr CacheKey page{"/posts/1", ""}, other{"/posts/2", ""}, list{"/posts/1", "a=b"};

struct Fixture {
    struct Context : asio::io_context {
        using asio::execution_context::shutdown;
    };
    Context loop;
    Fills fills{loop.get_executor()};
    int woken = 0;

    ~Fixture() { loop.shutdown(); }
    void poll() {
        loop.restart();
        loop.poll();
    }
    void wait(CacheKey key, std::chrono::milliseconds patience = 1h) {
        asio::co_spawn(loop, waits(key, patience), asio::detached);
        poll();
    }
    Awaitable<void> waits(CacheKey key, std::chrono::milliseconds patience) {
        co_await fills.wait(key, patience);
        ++woken;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(fills, Fixture)

BOOST_AUTO_TEST_CASE(nobody_waits_for_what_is_not_being_made) {
    BOOST_TEST(fills.empty());
    wait(page);
    BOOST_TEST(woken == 1);
    Fills::Fill const fill(fills, page);
    BOOST_TEST(!fills.empty());
    wait(other);
    wait(list);
    BOOST_TEST(woken == 3);
}

BOOST_AUTO_TEST_CASE(all_who_wait_are_woken_at_the_end) {
    std::optional<Fills::Fill> fill(std::in_place, fills, page),
        another(std::in_place, fills, other);
    for (int i = 0; i < 5; ++i)
        wait(page);
    wait(other);
    BOOST_TEST(woken == 0);
    fill.reset();
    poll();
    BOOST_TEST(woken == 5);
    another.reset();
    poll();
    BOOST_TEST(woken == 6);
    BOOST_TEST(fills.empty());
}

BOOST_AUTO_TEST_CASE(patience_ends) {
    Fills::Fill const fill(fills, page);
    wait(page, 20ms);
    BOOST_TEST(woken == 0);
    loop.restart();
    loop.run_for(5s);
    BOOST_TEST(woken == 1);
    BOOST_TEST(!fills.empty());  // goes on without the one that gave up
}

BOOST_AUTO_TEST_CASE(who_gave_up_is_not_woken_again) {
    std::optional<Fills::Fill> fill(std::in_place, fills, page);
    wait(page, 10ms);
    wait(page);
    loop.restart();
    loop.run_for(100ms);
    BOOST_TEST(woken == 1);
    fill.reset();
    poll();
    BOOST_TEST(woken == 2);
}

BOOST_AUTO_TEST_CASE(a_failure_wakes_too) {
    auto const fails = [this] {
        Fills::Fill const fill(fills, page);
        wait(page);
        throw std::runtime_error("deliberate");
    };
    BOOST_CHECK_THROW(fails(), std::runtime_error);
    poll();
    BOOST_TEST(woken == 1);
}

BOOST_AUTO_TEST_CASE(the_same_may_be_made_twice) {  // the second maker's patience had ended
    std::optional<Fills::Fill> first(std::in_place, fills, page),
        second(std::in_place, fills, page);
    wait(page);
    second.reset();
    poll();
    BOOST_TEST(woken == 0);
    first.reset();
    poll();
    BOOST_TEST(woken == 1);
}

// The whole play: whoever comes while the answer is being made gets the one that was made.
BOOST_AUTO_TEST_CASE(an_answer_is_made_once_however_many_ask_for_it) {
    struct Play {
        Fixture& f;
        Generations generations{};
        ResponseCache cache{std::size_t{1} << 20};
        asio::steady_timer gate{f.loop, asio::steady_timer::time_point::max()};
        int made = 0, served = 0;

        Awaitable<void> ask(CacheKey key) {
            if (!f.fills.empty()) co_await f.fills.wait(key, 1h);
            if (cache.find(key, generations, ResponseCache::Look::last) == nullptr) {
                Fills::Fill const fill(f.fills, key);
                ++made;
                Sources sources;
                sources.add(Generations::topic(1, 1), generations.now());
                co_await gate.async_wait(no_throw);
                cache.store(
                    key, "/r", sources,
                    std::make_shared<Finished const>("t", Coding::identity, "\"1\"", "", "body"));
            }
            ++served;
        }
    };
    Play play{*this};
    for (int i = 0; i < 10; ++i)
        asio::co_spawn(loop, play.ask(page), asio::detached);
    asio::co_spawn(loop, play.ask(other), asio::detached);
    poll();
    BOOST_TEST(play.made == 2);
    BOOST_TEST(play.served == 0);
    play.gate.cancel();
    poll();
    BOOST_TEST(play.made == 2);
    BOOST_TEST(play.served == 11);
    loop.shutdown();
}

BOOST_AUTO_TEST_CASE(a_loop_may_end_while_somebody_waits) {
    auto const makes = [](Fixture& f) -> Awaitable<void> {
        Fills::Fill const fill(f.fills, page);
        asio::steady_timer forever(f.loop, asio::steady_timer::time_point::max());
        co_await forever.async_wait(no_throw);
    };
    wait(page);
    asio::co_spawn(loop, makes(*this), asio::detached);
    for (int i = 0; i < 3; ++i)
        wait(page);
    BOOST_TEST(woken == 1);
    loop.shutdown();  // destroys maker and waiters, in an order of its own
    BOOST_TEST(woken == 1);
    BOOST_TEST(fills.empty());
}

BOOST_AUTO_TEST_SUITE_END()
