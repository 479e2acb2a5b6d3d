#include "net/deadlines.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <vector>

using namespace blog::net;
using std::chrono::seconds;

namespace {

struct Alarm final : Deadlines::Node {
    Alarm(std::vector<int>& l, int n) : log(l), number(n) {}
    void expire() noexcept override {
        log.push_back(number);
        if (again) arm(*again, seconds(10));
        if (victim) victim->reset();
    }
    std::vector<int>& log;
    int number;
    Deadlines* again = nullptr;
    std::unique_ptr<Alarm>* victim = nullptr;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(deadlines)

BOOST_AUTO_TEST_CASE(fires_never_early_and_at_most_a_second_late) {
    Deadlines deadlines;
    std::vector<int> log;
    Alarm alarm(log, 1);
    deadlines.tick(seconds(100));
    alarm.arm(deadlines, seconds(30));  // perhaps only just before the next tick
    deadlines.tick(seconds(130));
    BOOST_TEST(log.empty());
    deadlines.tick(seconds(131));
    BOOST_TEST(log.size() == 1u);
    BOOST_TEST(!alarm.armed());
    deadlines.tick(seconds(1000));
    BOOST_TEST(log.size() == 1u);
}

BOOST_AUTO_TEST_CASE(different_limits_do_not_mix) {
    Deadlines deadlines;
    std::vector<int> log;
    Alarm slow(log, 75), quick(log, 5), middle(log, 30);
    slow.arm(deadlines, seconds(75));
    quick.arm(deadlines, seconds(5));
    middle.arm(deadlines, seconds(30));
    for (int now = 1; now < 100; ++now)
        deadlines.tick(seconds(now));
    BOOST_TEST(log == (std::vector{5, 30, 75}));
}

BOOST_AUTO_TEST_CASE(arming_again_starts_anew) {
    Deadlines deadlines;
    std::vector<int> log;
    Alarm first(log, 1), second(log, 2);
    first.arm(deadlines, seconds(5));
    second.arm(deadlines, seconds(5));
    deadlines.tick(seconds(4));
    first.arm(deadlines, seconds(5));
    deadlines.tick(seconds(6));
    BOOST_TEST(log == std::vector{2});
    deadlines.tick(seconds(10));
    BOOST_TEST(log == (std::vector{2, 1}));
}

BOOST_AUTO_TEST_CASE(disarmed_or_dead_never_fires) {
    Deadlines deadlines;
    std::vector<int> log;
    Alarm alarm(log, 1);
    alarm.arm(deadlines, seconds(1));
    alarm.disarm();
    {
        Alarm brief(log, 2);
        brief.arm(deadlines, seconds(1));
    }
    deadlines.tick(seconds(10));
    BOOST_TEST(log.empty());
}

BOOST_AUTO_TEST_CASE(may_arm_itself_or_destroy_others_while_it_fires) {
    Deadlines deadlines;
    std::vector<int> log;
    Alarm alarm(log, 1);
    auto neighbour = std::make_unique<Alarm>(log, 2);
    alarm.again = &deadlines;
    alarm.victim = &neighbour;
    alarm.arm(deadlines, seconds(10));
    neighbour->arm(deadlines, seconds(10));
    deadlines.tick(seconds(11));
    BOOST_TEST(log == std::vector{1});
    alarm.victim = nullptr;
    deadlines.tick(seconds(22));
    BOOST_TEST(log == (std::vector{1, 1}));
}

BOOST_AUTO_TEST_SUITE_END()
