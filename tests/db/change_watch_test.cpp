// Another program writes the file while it is served.
#include "db/sqlite/change_watch.hpp"

#include "db/site.hpp"
#include "db/sqlite/connection.hpp"
#include "support/temp_dir.hpp"

#include <boost/asio/detached.hpp>
#include <boost/test/unit_test.hpp>

#include <thread>

using namespace blog;
using namespace blog::db;
using namespace std::chrono_literals;

namespace {

struct Watched {
    test::TempDir folder;
    std::string const path = folder.file("blog.db");
    test::Site site{path};
    Connection other{path, {.access = Connection::Access::read_write}};
    UserId const ada = (other.keep_log_at_close(), site.add_user("ada").id);
    Sources sources;

    // An answer that is made in the moment in which a change is published is born old, so: until
    // one is not.
    void keep_answer() {
        for (int attempt = 0; attempt == 0 || (old() && attempt < 100); ++attempt) {
            sources = Sources();
            site.db().record(&sources);
            (void)site.run(site.db().find_user(ada));
            site.db().record(nullptr);
        }
    }
    bool old() const { return !sources.current(site.generations); }
    bool old_within(std::chrono::milliseconds patience) const {
        auto const end = std::chrono::steady_clock::now() + patience;
        while (!old() && std::chrono::steady_clock::now() < end)
            std::this_thread::sleep_for(10ms);
        return old();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(change_watch, Watched)

BOOST_AUTO_TEST_CASE(a_change_from_outside_makes_everything_old_within_a_second) {
    for (int i = 0; i < 3; ++i) {
        sources = Sources();
        keep_answer();
        BOOST_TEST(!old());
        other.script("UPDATE users SET email = email || 'x'");
        BOOST_TEST(old_within(1000ms));
    }
}

BOOST_AUTO_TEST_CASE(also_when_our_own_writes_never_pause) {
    bool stop = false;
    auto write = [](Watched& w, bool const& end) -> Awaitable<void> {
        while (!end) {
            UserChange change{.email = std::to_string(w.site.generations.now())};
            (void)co_await w.site.db().update_user(UserId{2}, std::move(change));
        }
    };
    site.add_user("bob");
    keep_answer();
    other.script("UPDATE users SET email = 'changed' WHERE id = 1");
    asio::co_spawn(site.loop, write(*this, stop), asio::detached);
    site.loop.restart();
    site.loop.run_for(1000ms);
    BOOST_TEST(old());
    stop = true;
    site.loop.run();
}

BOOST_AUTO_TEST_CASE(many_posts_of_another_get_marks) {
    other.script(
        "WITH RECURSIVE list(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM list WHERE n < 9000)"
        " INSERT INTO posts (title, content, user_id, date_posted)"
        " SELECT 't', 'c', 1, '2026-01-01' FROM list");
    constexpr Query marks{"SELECT count(*) FROM blogd_marks"};
    auto const end = std::chrono::steady_clock::now() + 2000ms;
    while (other.number_or(0, marks) == 0 && std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(10ms);
    BOOST_TEST(other.number_or(0, marks) > 0);
    BOOST_TEST(test::ids(site.run(site.db().page_posts(4000, 3, {}))->posts) == "5000 4999 4998");
}

BOOST_AUTO_TEST_CASE(our_own_writes_and_checkpoints_are_not_taken_for_anothers) {
    keep_answer();
    site.add_post(site.add_user("bob").id, "t", test::ManualClock::start);
    std::this_thread::sleep_for(2 * ChangeWatch::every + 100ms);
    BOOST_TEST(!old());
}

BOOST_AUTO_TEST_SUITE_END()
