// What was published, and up to which place in the server's log it reaches.
#include "db/postgres/publisher.hpp"

#include <boost/test/unit_test.hpp>

using namespace blog;
using namespace blog::db;
using blog::db::postgres::Publisher;

namespace {

struct Fixture {
    Generations generations;
    Publisher publisher{generations};
    std::array<Generations::Topic, 1> const topics{topic::all_posts};

    Generations::Stamp publish(Version version) {
        publisher.publish(topics, version);
        return generations.now();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(publisher, Fixture)

BOOST_AUTO_TEST_CASE(a_place_covers_the_stamps_before_it) {
    BOOST_TEST(publisher.stamp_at(100) == 0u);
    auto const first = publish(100), second = publish(200);
    BOOST_TEST(publisher.stamp_at(99) == 0u);
    BOOST_TEST(publisher.stamp_at(100) == first);
    BOOST_TEST(publisher.stamp_at(199) == first);
    BOOST_TEST(publisher.stamp_at(200) == second);
}

BOOST_AUTO_TEST_CASE(a_stamp_is_not_covered_while_an_earlier_one_is_not) {
    auto const first = publish(100);
    publish(300);
    publish(200);  // another loop's, published later
    BOOST_TEST(publisher.stamp_at(250) == first);
    BOOST_TEST(publisher.stamp_at(300) == generations.now());
}

BOOST_AUTO_TEST_CASE(old_places_are_forgotten_and_then_cover_nothing) {
    for (Version version = 1; version <= 1000; ++version)
        publish(version);
    BOOST_TEST(publisher.stamp_at(1) == 0u);
    BOOST_TEST(publisher.stamp_at(1000) == generations.now());
    BOOST_TEST(publisher.stamp_at(990) == generations.now() - 10);
}

BOOST_AUTO_TEST_CASE(own_transactions_are_known_until_the_feed_has_passed_them) {
    publisher.publish_own(topics, 100, 7);
    publisher.publish_own(topics, 100, 9);
    BOOST_TEST(publisher.is_own(7));
    BOOST_TEST(!publisher.is_own(8));
    publisher.forget_before(9);
    BOOST_TEST(!publisher.is_own(7));
    BOOST_TEST(publisher.is_own(9));
}

BOOST_AUTO_TEST_SUITE_END()
