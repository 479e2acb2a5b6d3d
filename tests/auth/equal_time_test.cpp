#include "auth/equal_time.hpp"

#include "support/run.hpp"

#include <boost/test/unit_test.hpp>

using namespace blog;
using namespace std::chrono_literals;

namespace {

using Clock = std::chrono::steady_clock;

Awaitable<void> answer_after(Clock::duration work, std::chrono::milliseconds step) {
    auth::EqualTime const equal(step);
    if (work > Clock::duration::zero()) {
        auto loop = co_await asio::this_coro::executor;
        asio::steady_timer timer(loop, work);
        co_await timer.async_wait(no_throw);
    }
    co_await equal.wait();
}

// How many whole steps it took to answer.
auto steps(Clock::duration work, std::chrono::milliseconds step) {
    auto const start = Clock::now();
    test::run(answer_after(work, step));
    return (Clock::now() - start) / step;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(equal_time)

BOOST_AUTO_TEST_CASE(answers_at_the_next_step) {
    BOOST_TEST(steps(0ms, 200ms) == 1);
    BOOST_TEST(steps(10ms, 200ms) == 1);
    BOOST_TEST(steps(150ms, 200ms) == 1);
    BOOST_TEST(steps(210ms, 200ms) == 2);
}

BOOST_AUTO_TEST_CASE(does_not_wait_without_a_step) {
    auto const start = Clock::now();
    test::run(answer_after(0ms, 0ms));
    BOOST_TEST((Clock::now() - start < 100ms));
}

BOOST_AUTO_TEST_SUITE_END()
