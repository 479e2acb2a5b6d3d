#include "generations.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <thread>

using blog::Generations;
using blog::Sources;
using Topic = Generations::Topic;

namespace {

constexpr Topic topic(std::int64_t id) {
    return Generations::topic(1, id);
}

Sources sources(Generations const& generations, std::initializer_list<Topic> topics) {
    Sources out;
    for (auto const one : topics)
        out.add(one, generations.now());
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(generations)

BOOST_AUTO_TEST_CASE(a_write_makes_old_what_rests_on_it_and_nothing_else) {
    Generations generations;
    auto const mine = sources(generations, {topic(1), topic(2)});
    auto const other = sources(generations, {topic(3)});
    BOOST_TEST((mine.current(generations) && other.current(generations)));
    Topic const touched[] = {topic(9), topic(2)};
    generations.publish(touched);
    BOOST_TEST(!mine.current(generations));
    BOOST_TEST(other.current(generations));
    BOOST_TEST(sources(generations, {topic(2)}).current(generations), "read after the write");
}

BOOST_AUTO_TEST_CASE(a_write_between_the_stamp_and_the_look_counts) {
    Generations generations;
    auto const before_the_read = generations.now();
    Topic const touched[] = {topic(1)};
    generations.publish(touched);
    Sources read_meanwhile;
    read_meanwhile.add(topic(1), before_the_read);
    BOOST_TEST(!read_meanwhile.current(generations));
}

BOOST_AUTO_TEST_CASE(several_reads_count_from_the_first) {
    Generations generations;
    auto const first = generations.now();
    Topic const touched[] = {topic(1)};
    generations.publish(touched);
    Sources either_order[2];
    either_order[0].add(topic(1), first);
    either_order[0].add(topic(2), generations.now());
    either_order[1].add(topic(2), generations.now());
    either_order[1].add(topic(1), first);
    for (auto const& both : either_order)
        BOOST_TEST(!both.current(generations));
}

BOOST_AUTO_TEST_CASE(a_change_of_nobody_knows_what_makes_everything_old) {
    Generations generations;
    for (std::int64_t id = 0; id < 10'000; ++id) {
        auto const kept = sources(generations, {topic(id)});
        if (id % 1000 == 0) generations.publish_all();
        BOOST_TEST(kept.current(generations) == (id % 1000 != 0));
    }
}

BOOST_AUTO_TEST_CASE(publishing_nothing_gives_a_new_stamp_and_makes_nothing_old) {
    Generations generations;
    auto const kept = sources(generations, {topic(1)});
    auto const before = generations.now();
    generations.publish({});
    BOOST_TEST(generations.now() == before + 1);
    BOOST_TEST(kept.current(generations));
}

BOOST_AUTO_TEST_CASE(an_answer_without_sources_or_with_too_many_is_not_complete) {
    Sources few;
    BOOST_TEST(!few.complete());
    for (std::int64_t id = 0; id < 6; ++id) {
        few.add(topic(id), 0);
        few.add(topic(id), 0);  // the same one takes no room
        BOOST_TEST(few.complete());
    }
    few.add(topic(6), 0);
    BOOST_TEST(!few.complete());
    few.add(topic(1), 0);
    BOOST_TEST(!few.complete());
}

BOOST_AUTO_TEST_CASE(topics_spread_over_the_slots) {
    std::set<Topic> seen;
    for (std::uint64_t kind = 1; kind <= 4; ++kind)
        for (std::int64_t id = 1; id <= 256; ++id)
            seen.insert(Generations::topic(kind, id));
    for (auto const one : seen)
        BOOST_TEST(static_cast<std::size_t>(one) < Generations::slots);
    BOOST_TEST(seen.size() > 850u);  // of 1024; 906 when they fall at random
    static_cast<void>(Generations::topic(4, std::numeric_limits<std::int64_t>::min()));
}

// A reader that sees a stamp sees what was published with it: an answer begun then is not old.
BOOST_AUTO_TEST_CASE(stamps_and_topics_are_in_step_between_threads) {
    Generations generations;
    std::atomic<bool> done{false};
    std::thread writer([&] {
        Topic const touched[] = {topic(1), topic(2), topic(3)};
        for (int i = 0; i < 200'000; ++i)
            generations.publish(touched);
        done = true;
    });
    bool in_step = true;
    Generations::Stamp last = 0;
    while (!done) {
        auto const now = generations.now();
        in_step = in_step && now >= last;
        last = now;
        for (std::int64_t id = 1; id <= 3; ++id)  // each has this stamp already, or a later one
            in_step = in_step && (now == 0 || generations.changed_since(topic(id), now - 1));
    }
    writer.join();
    BOOST_TEST(in_step);
    BOOST_TEST(generations.now() == 200'000u);
}

BOOST_AUTO_TEST_SUITE_END()
