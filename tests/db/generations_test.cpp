// What reads rest on and what writes touch: an answer that was kept is known to be old before the
// reply of the write that made it so.
#include "generations.hpp"

#include "db/contract_database.hpp"
#include "db/site.hpp"

#include <boost/test/unit_test.hpp>

#include <utility>

using namespace blog;
using namespace blog::db;
using test::failed_with;

namespace {

constexpr SysTime noon = test::ManualClock::start;
constexpr PostId first{1}, second{2};

// Ada wrote post 1, bob post 2; carol wrote nothing.
struct Kept {
    std::unique_ptr<test::ContractDatabase> database = test::make_contract_database();
    test::Site site{database->options()};
    Session& db = site.db();
    UserId ada = site.add_user("ada").id, bob = site.add_user("bob").id,
           carol = site.add_user("carol").id;
    Post const of_ada = site.add_post(ada, "t", noon), of_bob = site.add_post(bob, "t", noon);

    template <class Read>
    Sources sources_of(Read read) {
        Sources sources;
        db.record(&sources);
        (void)site.run(read());
        db.record(nullptr);
        return sources;
    }
    // Which of the kept answers are old after `write`: their letters.
    template <class Write>
    std::string old_after(Write write) {
        using List = std::vector<std::pair<char, Sources>>;
        auto const slice = [&](UserId author) {
            return sources_of([&] { return db.slice_posts({.author = author}); });
        };
        List const kept = {
            {'1', sources_of([&] { return db.find_post(first); })},
            {'2', sources_of([&] { return db.find_post(second); })},
            {'A', sources_of([&] { return db.find_user(ada); })},
            {'B', sources_of([&] { return db.find_user(bob); })},
            {'a', slice(ada)},
            {'b', slice(bob)},
            {'c', slice(carol)},
            {'p', sources_of([&] { return db.page_posts(0, 10, {}); })},
            {'s', sources_of([&] { return db.slice_posts({}); })},
            {'w', sources_of([&] { return db.scan_posts({}); })},
        };
        for (auto const& [name, sources] : kept) {
            BOOST_TEST(sources.complete());
            BOOST_TEST(sources.current(site.generations));
        }
        (void)site.run(write());
        std::string old;
        for (auto const& [name, sources] : kept)
            if (!sources.current(site.generations)) old += name;
        return old;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(generations, Kept)

BOOST_AUTO_TEST_CASE(a_read_makes_nothing_old) {
    BOOST_TEST(old_after([&] { return db.ping(); }) == "");
}

BOOST_AUTO_TEST_CASE(a_new_post_makes_the_lists_old) {
    NewPost const post{"t", "c", ada, noon};
    BOOST_TEST(old_after([&] { return db.create_post(post); }) == "apsw");
}

BOOST_AUTO_TEST_CASE(a_change_of_a_post_makes_it_and_the_lists_old) {
    BOOST_TEST(old_after([&] { return db.update_post(first, {.title = "new"}); }) == "1apsw");
    BOOST_TEST(old_after([&] { return db.update_post(second, {.author = carol}); }) == "2bcpsw");
    BOOST_TEST(old_after([&] { return db.update_post(first, {}); }) == "", "nothing was changed");
}

BOOST_AUTO_TEST_CASE(a_post_that_goes_makes_it_and_the_lists_old) {
    BOOST_TEST(old_after([&] { return db.delete_post(second); }) == "2bpsw");
}

BOOST_AUTO_TEST_CASE(a_change_of_a_user_makes_all_old_that_shows_the_name) {
    BOOST_TEST(old_after([&] { return db.update_user(ada, {.username = "x"}); }) == "1Aapsw");
    BOOST_TEST(old_after([&] { return db.delete_user(bob); }) == "2Bbpsw");
}

BOOST_AUTO_TEST_CASE(what_was_not_found_is_old_once_it_is_there) {
    auto const post = sources_of([&] { return db.find_post(PostId{3}); });
    auto const user = sources_of([&] { return db.find_user(UserId{4}); });
    BOOST_TEST((post.current(site.generations) && user.current(site.generations)));
    site.add_post(ada, "t", noon);
    BOOST_TEST((!post.current(site.generations) && user.current(site.generations)));
    site.add_user("dan");
    BOOST_TEST(!user.current(site.generations));
}

BOOST_AUTO_TEST_CASE(a_write_that_failed_makes_nothing_old) {
    database->settle();
    auto const before = site.generations.now();
    NewPost const by_nobody{"t", "c", UserId{99}, noon};
    BOOST_TEST(old_after([&] { return db.create_post(by_nobody); }) == "");
    BOOST_TEST(old_after([&] { return db.update_user(ada, {.username = "bob"}); }) == "");
    BOOST_TEST(old_after([&] { return db.delete_post(PostId{99}); }) == "");
    BOOST_TEST(old_after([&] { return db.delete_user(UserId{99}); }) == "");
    BOOST_TEST(old_after([&] { return db.update_post(first, {.author = UserId{99}}); }) == "");
    BOOST_TEST(site.generations.now() == before);
}

BOOST_AUTO_TEST_CASE(several_reads_rest_on_all_of_their_sources) {
    Sources both;
    db.record(&both);
    (void)site.run(db.find_post(first));
    site.add_post(bob, "between them", noon);
    (void)site.run(db.find_post(second));
    db.record(nullptr);
    BOOST_TEST(both.current(site.generations));
    (void)site.run(db.update_post(first, {.title = "new"}));
    BOOST_TEST(!both.current(site.generations));
}

BOOST_AUTO_TEST_CASE(a_read_adds_only_while_it_is_told_to) {
    Sources none;
    db.record(&none);
    db.record(nullptr);
    (void)site.run(db.find_post(first));
    BOOST_TEST(!none.complete());
}

BOOST_AUTO_TEST_SUITE_END()
