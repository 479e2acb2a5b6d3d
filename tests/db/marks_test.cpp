// Deep pages: the same posts as by counting from the start, whoever wrote, and never a long walk.
#include "db/sqlite/marks.hpp"

#include "db/site.hpp"
#include "db/sqlite/derived.hpp"
#include "db/sqlite/migrations.hpp"
#include "db/sqlite/posts.hpp"

#include <boost/test/unit_test.hpp>
#include <sqlite3.h>

#include <random>

using namespace blog;
using namespace blog::db;

namespace {

constexpr Query counted{
    "SELECT id FROM posts WHERE ?3 = 0 OR user_id = ?3"
    " ORDER BY date_posted DESC, id DESC LIMIT ?1 OFFSET ?2"};

struct Blog {
    Connection db{":memory:", {.access = Connection::Access::read_write}};
    test::LogLines lines;
    test::ManualClock clock;

    Blog() {
        migrate(db, migrations(), clock, lines.log());
        open();
        db.script(
            "INSERT INTO users (id, username, email, image_file) VALUES (1, 'ada', 'a', NULL), (2, "
            "'bob', 'b', NULL)");
    }
    void open() { ensure_derived(db, lines.log()); }
    std::int64_t number(char const* sql) {
        Statement statement(db.handle(), sql);
        Rows rows(statement);
        return rows.next() ? rows.integer(0) : -1;
    }
    // `count` posts from the day `first` on, one in three by bob; `date` makes the n-th one's date.
    void add(int count, int first = 0,
             std::string const& date = "date('2000-01-01', '+' || n || ' days')") {
        db.script("WITH RECURSIVE list(n) AS (SELECT " + std::to_string(first) +
                  " UNION ALL SELECT n + 1 FROM list WHERE n + 1 < " +
                  std::to_string(first + count) +
                  ") INSERT INTO posts (title, content, user_id, date_posted)"
                  " SELECT 't', 'c', 1 + (n % 3 = 0), " +
                  date + " FROM list");
    }
    std::string by_counting(std::int64_t skip, std::int64_t limit, std::int64_t author) {
        std::string out;
        auto rows = db.rows(counted, limit, skip, author);
        while (rows.next())
            out += (out.empty() ? "" : " ") + std::string(rows.text(0));
        return out;
    }
    // Compares pages all over the lists.
    void check_pages() {
        for (std::int64_t const author : {0, 1, 2}) {
            std::optional<UserId> who;
            if (author != 0) who = UserId{author};
            auto const total = page_posts(db, 0, 0, who)->total;
            for (std::int64_t skip = 0; skip < total + 5; skip += 1 + total / 37)
                BOOST_TEST(
                    test::ids(page_posts(db, skip, 5, who)->posts) == by_counting(skip, 5, author),
                    "author " << author << ", skip " << skip << " of " << total);
        }
    }
    // What the triggers keep is what marks made anew would say of the same places.
    void check_numbers() {
        BOOST_TEST(
            number("SELECT count(*) FROM (SELECT *, lead(date_posted) OVER w AS date_end,"
                   " lead(id) OVER w AS id_end FROM blogd_marks"
                   " WINDOW w AS (PARTITION BY scope ORDER BY date_posted, id)) m"
                   " WHERE posts IS NOT (SELECT CASE WHEN date_end IS NULL THEN NULL ELSE count(*)"
                   " END FROM posts p WHERE (m.scope = 0 OR p.user_id = m.scope)"
                   " AND (p.date_posted, p.id) >= (m.date_posted, m.id)"
                   " AND (p.date_posted, p.id) < (date_end, id_end))") == 0);
    }
    // How many steps of SQLite's machine a page takes, in hundreds.
    int steps(std::int64_t skip, std::optional<UserId> author) {
        int count = 0;
        sqlite3_progress_handler(
            db.handle(), 100, [](void* n) { return ++*static_cast<int*>(n), 0; }, &count);
        (void)page_posts(db, skip, 10, author);
        sqlite3_progress_handler(db.handle(), 0, nullptr, nullptr);
        return count;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(marks, Blog)

BOOST_AUTO_TEST_CASE(a_short_list_has_no_marks) {
    add(2 * posts_per_mark);
    set_marks(db);
    BOOST_TEST(number("SELECT count(*) FROM blogd_marks") == 0);
    check_pages();
}

BOOST_AUTO_TEST_CASE(a_long_list_has_one_every_so_many_posts) {
    add(10 * posts_per_mark);
    check_pages();
    set_marks(db);
    BOOST_TEST(number("SELECT count(*) FROM blogd_marks WHERE scope = 0") == 9);
    BOOST_TEST(number("SELECT count(*) FROM blogd_marks WHERE scope = 1") == 6);
    BOOST_TEST(number("SELECT count(*) FROM blogd_marks WHERE scope = 2") == 3);
    check_numbers();
    check_pages();
    set_marks(db);
    BOOST_TEST(number("SELECT count(*) FROM blogd_marks") == 18, "nothing more is due");
}

BOOST_AUTO_TEST_CASE(marks_are_set_in_small_portions) {
    add(10 * posts_per_mark);
    int turns = 1;
    while (set_marks(db, 2)) {
        check_numbers();
        check_pages();
        ++turns;
    }
    BOOST_TEST(turns == 8, "15 cuts, two a turn");
    BOOST_TEST(number("SELECT count(*) FROM blogd_marks") == 18);
}

BOOST_AUTO_TEST_CASE(pages_are_exact_whoever_writes_where) {
    add(6 * posts_per_mark);
    set_marks(db);
    char const* const foreign[] = {
        "INSERT INTO posts (title, content, user_id, date_posted)"
        " SELECT 't', 'c', user_id, date_posted FROM posts WHERE id % 7 = 0",
        "DELETE FROM posts WHERE id % 5 = 0",
        "UPDATE posts SET user_id = 3 - user_id WHERE id % 11 = 0",
        "UPDATE posts SET date_posted = date(date_posted, '-900 days') WHERE id % 13 = 0",
        "UPDATE posts SET id = id + 1000000 WHERE id % 17 = 0",
        "UPDATE posts SET title = 'x', user_id = user_id, date_posted = date_posted",
        "UPDATE posts SET date_posted = 2025 WHERE id % 19 = 0",
        "UPDATE posts SET date_posted = x'ff00' WHERE id % 23 = 0",
        "UPDATE posts SET date_posted = -1e300 WHERE id % 29 = 0",
        "INSERT OR IGNORE INTO posts SELECT * FROM posts WHERE id % 3 = 0",
        "PRAGMA recursive_triggers=ON; INSERT OR REPLACE INTO posts"
        " SELECT id, 'new', content, user_id, '2031-01-01' FROM posts WHERE id % 31 = 0",
        "DELETE FROM posts WHERE date_posted > '2010'",
        "DELETE FROM posts WHERE user_id = 2",
    };
    for (char const* const sql : foreign) {
        BOOST_TEST_CONTEXT(sql) {
            db.script(sql);
            check_numbers();
            check_pages();
            set_marks(db);
            check_numbers();
            check_pages();
        }
    }
    db.script("DELETE FROM posts");
    set_marks(db);
    check_numbers();
    add(5 * posts_per_mark);
    set_marks(db);
    check_numbers();
    check_pages();
}

BOOST_AUTO_TEST_CASE(posts_of_one_instant_are_told_apart) {
    add(6 * posts_per_mark, 0, "'2026-01-01'");
    set_marks(db);
    check_numbers();
    add(3 * posts_per_mark, 0, "'2025-01-01'");
    check_pages();
    set_marks(db);
    check_numbers();
    check_pages();
    for (std::int64_t skip = 6 * posts_per_mark - 6; skip < 6 * posts_per_mark + 2; ++skip)
        BOOST_TEST(test::ids(page_posts(db, skip, 5, {})->posts) == by_counting(skip, 5, 0),
                   "across the two instants");
}

BOOST_AUTO_TEST_CASE(marks_that_were_lost_are_set_again_at_the_next_start) {
    add(6 * posts_per_mark);
    db.script("DROP TRIGGER blogd_post_gone");
    open();
    auto const set = number("SELECT count(*) FROM blogd_marks");
    BOOST_TEST(set > 6);
    db.script("DROP TRIGGER blogd_post_placed; UPDATE blogd_marks SET posts = 7");
    open();
    BOOST_TEST(number("SELECT count(*) FROM blogd_marks") == set);
    check_numbers();
    add(3 * posts_per_mark, 100'000);
    open();
    BOOST_TEST(number("SELECT count(*) FROM blogd_marks") > set);
    check_numbers();
}

BOOST_AUTO_TEST_CASE(marks_are_set_after_so_many_writes_and_when_others_wrote) {
    MarkKeeper keeper(db);
    auto const marks = [&] {
        keeper.run_if_due();
        return number("SELECT count(*) FROM blogd_marks");
    };
    add(5 * posts_per_mark);
    keeper.wrote(posts_per_mark - 1);
    BOOST_TEST(marks() == 0);
    keeper.wrote(1);
    auto const some = marks();
    BOOST_TEST(some > 0);
    add(40 * posts_per_mark, 100'000);
    BOOST_TEST(marks() == some);
    keeper.others_wrote();
    auto const more = marks();
    BOOST_TEST(more > some);
    BOOST_TEST(marks() > more, "a turn does not do everything");
    check_numbers();
    BOOST_TEST(!db.in_transaction());
}

BOOST_AUTO_TEST_CASE(no_page_is_a_long_walk) {
    add(40 * posts_per_mark);
    int const walked = steps(20 * posts_per_mark, {});
    set_marks(db);
    int worst = 0;
    for (std::int64_t skip = 0; skip < 40 * posts_per_mark; skip += 999) {
        worst = std::max(worst, steps(skip, {}));
        if (skip < 26 * posts_per_mark) worst = std::max(worst, steps(skip, UserId{1}));
    }
    BOOST_TEST(worst * 4 < walked, worst << " against " << walked);
}

BOOST_AUTO_TEST_SUITE_END()
