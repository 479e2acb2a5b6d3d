// Opening a file: what is ours, what is made, and what others may have done to it.
#include "db/sqlite/schema.hpp"

#include "db/database_error.hpp"
#include "db/site.hpp"
#include "db/sqlite/accounts.hpp"
#include "db/sqlite/connection.hpp"
#include "db/sqlite/derived.hpp"
#include "db/sqlite/marks.hpp"
#include "db/sqlite/migrations.hpp"
#include "db/sqlite/outbox.hpp"
#include "db/sqlite/pictures.hpp"
#include "db/sqlite/posts.hpp"
#include "db/sqlite/sqlite_error.hpp"
#include "db/sqlite/users.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace blog;
using namespace blog::db;
using namespace std::chrono_literals;

namespace {

constexpr SysTime noon = test::ManualClock::start;

struct File {
    Connection db{":memory:", {.access = Connection::Access::read_write}};
    test::LogLines lines;
    test::ManualClock clock;

    // What the store does when it opens a file.
    SchemaReport open() {
        auto const report = check_schema(db, "x.db");
        migrate(db, migrations(), clock, lines.log());
        ensure_derived(db, lines.log());
        return report;
    }
    // A file of the tutorial's app: four users, six posts, no AUTOINCREMENT.
    void make_as_the_tutorial() { db.script(test::read_file(BLOG_TEST_DATA "/golden_seed.sql")); }
    std::int64_t number(char const* sql) {
        Statement statement(db.handle(), sql);
        Rows rows(statement);
        return rows.next() ? rows.integer(0) : -1;
    }
    std::string text(char const* sql) {
        Statement statement(db.handle(), sql);
        Rows rows(statement);
        return rows.next() ? std::string(rows.text(0)) : "";
    }
    std::string refusal() {
        try {
            check_schema(db, "x.db");
        } catch (DatabaseError const& e) {
            return e.what();
        }
        return "";
    }
    // Where the next write says what it touched.
    Touched& touched() { return touched_.emplace(); }
    std::optional<Touched> touched_;
    // What the triggers keep is what counting finds.
    bool totals_are_right() {
        return number(
                   "SELECT (SELECT count(*) FROM posts) = (SELECT row_count FROM blogd_totals"
                   " WHERE name = 'posts') AND (SELECT count(*) FROM users) ="
                   " (SELECT row_count FROM blogd_totals WHERE name = 'users')") == 1 &&
               number(
                   "SELECT count(*) FROM (SELECT user_id, count(*) FROM posts GROUP BY user_id"
                   " EXCEPT SELECT user_id, posts FROM blogd_authors)") == 0 &&
               number(
                   "SELECT count(*) FROM blogd_authors WHERE posts <> (SELECT count(*) FROM posts"
                   " WHERE posts.user_id = blogd_authors.user_id)") == 0;
    }
};

bool contains(std::string const& text, char const* part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(schema, File)

BOOST_AUTO_TEST_CASE(a_new_file_gets_the_tables_of_the_tutorial_with_autoincrement) {
    BOOST_TEST(open().empty);
    BOOST_TEST(number("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN"
                      " ('users', 'posts') AND sql LIKE '%AUTOINCREMENT%'") == 2);
    BOOST_TEST(number("SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND name IN"
                      " ('ix_users_id', 'ix_posts_id', 'ix_posts_user_id')") == 3);
    BOOST_TEST(number("SELECT count(*) FROM blogd_migrations") == 4);
    BOOST_TEST(number("SELECT count(*) FROM blogd_migrations WHERE applied_at ="
                      " '2026-06-08 12:00:00.000000'") == 4);
    BOOST_TEST(number("PRAGMA user_version") == 0);
}

BOOST_AUTO_TEST_CASE(its_columns_are_the_tutorials_and_those_of_accounts) {
    open();
    Connection tutorial(":memory:", {.access = Connection::Access::read_write});
    tutorial.script(test::read_file(BLOG_TEST_DATA "/golden_seed.sql"));
    constexpr Query columns{
        "SELECT name || ' ' || type || ' ' || \"notnull\" || ' ' || pk"
        " FROM pragma_table_info(?1)"};
    auto const list = [&](Connection& of, std::string_view table) {
        std::string names;
        auto rows = of.rows(columns, table);
        while (rows.next())
            names += std::string(rows.text(0)) + "\n";
        return names;
    };
    BOOST_TEST(list(db, "posts") == list(tutorial, "posts"));
    std::string const accounts = "password_hash VARCHAR(200) 0 0\ndisabled_at DATETIME 0 0\n";
    BOOST_TEST(list(db, "users") == list(tutorial, "users") + accounts);
}

BOOST_AUTO_TEST_CASE(opening_again_changes_nothing) {
    open();
    auto const version = number("PRAGMA schema_version");
    auto const changes = number("SELECT total_changes()");
    BOOST_TEST(!open().empty);
    BOOST_TEST(number("PRAGMA schema_version") == version);
    BOOST_TEST(number("SELECT total_changes()") == changes);
}

BOOST_AUTO_TEST_CASE(a_file_of_the_tutorial_is_taken_as_it_stands) {
    make_as_the_tutorial();
    auto users = text("SELECT sql FROM sqlite_schema WHERE name = 'users'");
    auto const report = open();
    BOOST_TEST(!report.empty);
    BOOST_TEST(report.unknown_column == "");
    std::string const last = "image_file VARCHAR(200), ";
    users.insert(users.find(last) + last.size(),
                 "password_hash VARCHAR(200), disabled_at DATETIME, ");
    BOOST_TEST(text("SELECT sql FROM sqlite_schema WHERE name = 'users'") == users);
    BOOST_TEST(number("SELECT count(*) FROM sqlite_schema WHERE sql LIKE '%AUTOINCREMENT%'"
                      " AND name IN ('users', 'posts')") == 0);
    BOOST_TEST(totals_are_right());
    auto const page = page_posts(db, 0, 10, {});
    BOOST_TEST(test::ids(page->posts) == "6 5 3 1 2 4");
    BOOST_TEST(page->total == 6);
    auto const post = find_post(db, PostId{2});
    BOOST_TEST_REQUIRE(!!post);
    BOOST_TEST(post->author.username == "Zo\xc3\xab <b>&\"'");
    BOOST_TEST((post->author.image_file == "a b/\xc3\xbc?#.png"));
    BOOST_TEST((find_user(db, UserId{3})->image_file == ""));
}

BOOST_AUTO_TEST_CASE(an_id_of_the_tutorials_file_is_never_given_out_again) {
    make_as_the_tutorial();
    open();
    db.script("PRAGMA foreign_keys=OFF");
    db.script("DELETE FROM posts WHERE id = 6; DELETE FROM users WHERE id = 3");
    db.script(
        "INSERT INTO users (id, username, email, image_file) VALUES (9, 'x', 'x', NULL); DELETE "
        "FROM users WHERE id >= 4");
    BOOST_TEST((create_post(db, {"t", "c", UserId{1}, noon}, {}, touched())->id == PostId{7}));
    BOOST_TEST((create_user(db, {"new", "new"}, touched())->id == UserId{10}));
    db.script("UPDATE posts SET id = 20 WHERE id = 1; DELETE FROM posts WHERE id = 20");
    BOOST_TEST((create_post(db, {"t", "c", UserId{1}, noon}, {}, touched())->id == PostId{21}));
}

BOOST_AUTO_TEST_CASE(ids_deleted_before_we_first_saw_the_file_are_unknown_but_later_ones_are_not) {
    make_as_the_tutorial();
    db.script("DELETE FROM posts WHERE id = 6");
    open();
    db.script("DELETE FROM posts");
    BOOST_TEST((create_post(db, {"t", "c", UserId{1}, noon}, {}, touched())->id == PostId{6}));
    BOOST_TEST(!!delete_post(db, PostId{6}, {}, touched()));
    BOOST_TEST((create_post(db, {"t", "c", UserId{1}, noon}, {}, touched())->id == PostId{7}));
}

BOOST_AUTO_TEST_CASE(totals_stay_right_whoever_writes) {
    make_as_the_tutorial();
    open();
    db.script("PRAGMA foreign_keys=OFF");
    char const* const foreign[] = {
        "INSERT INTO users (username, email) VALUES ('eve', 'eve')",
        "INSERT INTO posts (title, content, user_id, date_posted) VALUES"
        " ('a', 'b', 5, '2026-01-01 00:00:00.000000'), ('a', 'b', 5, '2026-01-01 00:00:00.000000')",
        "INSERT OR REPLACE INTO posts (title, content, user_id, date_posted) VALUES"
        " ('a', 'b', 5, '2026-01-01 00:00:00.000000')",
        "INSERT OR IGNORE INTO posts (title, content, user_id, date_posted) VALUES"
        " ('a', 'b', 5, '2026-01-01 00:00:00.000000')",
        "UPDATE OR REPLACE posts SET user_id = 1 WHERE id = 3",
        "UPDATE posts SET user_id = 3 WHERE user_id = 5",
        "UPDATE posts SET user_id = user_id, title = 'x'",
        "UPDATE users SET username = username || '!'",
        "UPDATE posts SET user_id = 99 WHERE id = 4",
        "DELETE FROM posts WHERE user_id = 1",
        "INSERT OR IGNORE INTO users (id, username, email, image_file) VALUES (1, 'y', 'y', NULL)",
        "DELETE FROM posts",
        "DELETE FROM users",
    };
    for (char const* const sql : foreign) {
        db.script(sql);
        BOOST_TEST(totals_are_right(), sql);
    }
    BOOST_TEST(number("SELECT count(*) FROM blogd_authors WHERE posts <> 0") == 0);
}

BOOST_AUTO_TEST_CASE(totals_that_went_wrong_are_counted_again_at_the_next_start) {
    make_as_the_tutorial();
    open();
    // REPLACE does not fire DELETE triggers unless the connection says so.
    db.script(
        "PRAGMA recursive_triggers=OFF;"
        "REPLACE INTO posts VALUES (2, 'a', 'b', 3, '2026-01-01 00:00:00.000000')");
    BOOST_TEST(!totals_are_right());
    open();
    BOOST_TEST(totals_are_right());
    // Whoever drops a table drops its triggers and indexes.
    db.script(
        "DROP TABLE posts; CREATE TABLE posts (id INTEGER NOT NULL PRIMARY KEY, title"
        " VARCHAR(100) NOT NULL, content TEXT NOT NULL, user_id INTEGER NOT NULL,"
        " date_posted DATETIME NOT NULL);"
        "INSERT INTO posts VALUES (1, 'a', 'b', 1, '2026-01-01 00:00:00.000000')");
    open();
    BOOST_TEST(totals_are_right());
    db.script("INSERT INTO posts VALUES (12, 'a', 'b', 1, '2026-01-01 00:00:00.000000')");
    BOOST_TEST(totals_are_right());
    // A trigger that says something else is made anew.
    db.script(
        "DROP TRIGGER blogd_post_gone; CREATE TRIGGER blogd_post_gone AFTER DELETE ON posts"
        " BEGIN SELECT 1; END; DELETE FROM posts; DELETE FROM blogd_totals");
    open();
    BOOST_TEST(totals_are_right());
    db.script(
        "INSERT INTO posts VALUES (1, 'a', 'b', 1, '2026-01-01 00:00:00.000000');"
        "DELETE FROM posts");
    BOOST_TEST(totals_are_right());
}

BOOST_AUTO_TEST_CASE(posts_without_a_user_are_told_of_and_left_out) {
    make_as_the_tutorial();
    db.script("PRAGMA foreign_keys=OFF; DELETE FROM users WHERE id = 4");
    open();
    BOOST_TEST(contains(lines.read(), "1 posts belong to no user and are not shown"));
    BOOST_TEST(test::ids(page_posts(db, 0, 10, {})->posts) == "6 5 3 1 4");
    BOOST_TEST(test::ids(*scan_posts(db, {})) == "1 3 4 5 6");
    BOOST_TEST(!find_post(db, PostId{2}));
}

BOOST_AUTO_TEST_CASE(dates_in_other_forms_are_read_and_do_not_trap_a_reader) {
    make_as_the_tutorial();
    db.script(
        "UPDATE posts SET date_posted = '2025-01-02T03:04:05' WHERE id <= 3;"
        "UPDATE posts SET date_posted = 'soon' WHERE id = 4;"
        "UPDATE posts SET date_posted = 2025 WHERE id = 5;"
        "UPDATE posts SET date_posted = x'ff00ff' WHERE id = 6");
    open();
    BOOST_TEST((find_post(db, PostId{1})->date_posted ==
                std::chrono::sys_days(std::chrono::year(2025) / 1 / 2) + 3h + 4min + 5s));
    for (int const id : {4, 5, 6})
        BOOST_TEST((find_post(db, PostId{id})->date_posted == SysTime{}));
    // Each step leads to another post, until there is none.
    std::string seen;
    auto slice = *slice_posts(db, {.limit = 1});
    for (int i = 0; i < 6; ++i) {
        seen += test::ids(slice.posts);
        if (!slice.has_older) break;
        PostCursor const last{slice.posts[0].date_posted, slice.posts[0].id};
        slice = *slice_posts(db, {.older_than = last, .limit = 1});
        BOOST_TEST_REQUIRE(slice.posts.size() == 1u);
    }
    std::sort(seen.begin(), seen.end());
    BOOST_TEST(seen == "123456");
}

// --- what is refused

BOOST_AUTO_TEST_CASE(a_file_of_a_newer_blogd_is_refused) {
    open();
    db.script("INSERT INTO blogd_migrations VALUES (77, 'future', '')");
    BOOST_TEST(refusal() ==
               "x.db was written by a newer blogd (its migration 77, this program knows 4): use "
               "that version");
}

BOOST_AUTO_TEST_CASE(a_file_of_another_program_is_refused) {
    db.script("CREATE TABLE songs (id INTEGER PRIMARY KEY); CREATE TABLE artists (name)");
    BOOST_TEST(refusal() ==
               "x.db belongs to another program: it has the tables artists, songs, but neither "
               "users nor posts");
    db.script("CREATE TABLE users (id INTEGER PRIMARY KEY)");
    BOOST_TEST(contains(refusal(), "the table posts is missing"));
}

BOOST_AUTO_TEST_CASE(missing_columns_are_named) {
    db.script(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, username, email, image_file);"
        "CREATE TABLE posts (id INTEGER PRIMARY KEY, title, user_id)");
    BOOST_TEST(contains(refusal(), "the table posts lacks content, date_posted"));
    db.script(
        "DROP TABLE posts; CREATE TABLE posts (id TEXT PRIMARY KEY, title, content, user_id,"
        " date_posted)");
    BOOST_TEST(contains(refusal(), "posts.id is not an INTEGER PRIMARY KEY"));
}

BOOST_AUTO_TEST_CASE(tables_that_vanished_are_not_made_anew) {
    open();
    db.script("DROP TABLE posts; DROP TABLE users");
    BOOST_TEST(contains(refusal(), "the table users is missing"));
}

BOOST_AUTO_TEST_CASE(a_column_that_we_cannot_fill_is_reported) {
    make_as_the_tutorial();
    db.script(
        "ALTER TABLE posts ADD COLUMN likes INTEGER NOT NULL DEFAULT 0;"
        "ALTER TABLE posts ADD COLUMN subtitle TEXT");
    BOOST_TEST(check_schema(db, "x.db").unknown_column == "");
    db.script(
        "PRAGMA foreign_keys=OFF; DROP TABLE users; CREATE TABLE users (id INTEGER NOT NULL "
        "PRIMARY KEY, username"
        " VARCHAR(50) NOT NULL, email VARCHAR(120) NOT NULL, birthday DATE NOT NULL, password_hash"
        " VARCHAR(200) NOT NULL, image_file VARCHAR(200))");
    BOOST_TEST(open().unknown_column == "users.birthday");
}

BOOST_AUTO_TEST_CASE(a_migration_that_fails_leaves_nothing_behind) {
    Migration const steps[] = {{1, "good", "CREATE TABLE a (x)"},
                               {2, "bad", "CREATE TABLE b (x); CREATE TABLE a (x)"}};
    BOOST_CHECK_THROW(migrate(db, steps, clock, lines.log()), SqliteError);
    BOOST_TEST(migrated_to(db) == 1);
    BOOST_TEST(number("SELECT count(*) FROM sqlite_schema WHERE name = 'b'") == 0);
    BOOST_TEST(!db.in_transaction());
}

// --- plans

BOOST_AUTO_TEST_CASE(every_read_finds_its_rows_by_an_index_and_in_order) {
    std::string plans;
    for (bool const tutorial : {true, false}) {
        File file;
        if (tutorial) file.make_as_the_tutorial();
        file.open();
        std::string now;
        for (auto const reads : {user_reads(), post_reads(), mark_reads(), account_reads(),
                                 outbox_reads(), picture_reads()})
            for (Query const* const query : reads) {
                Statement statement(file.db.handle(),
                                    "EXPLAIN QUERY PLAN " + std::string(query->sql));
                Rows rows(statement);
                now += std::string(query->sql) + "\n";
                while (rows.next())
                    now += "    " + std::string(rows.text(3)) + "\n";
            }
        if (!plans.empty()) BOOST_TEST(now == plans, "the same in both kinds of file");
        plans = now;
    }
    BOOST_TEST(!contains(plans, "TEMP B-TREE"));
    BOOST_TEST(plans == test::read_file(BLOG_TEST_DATA "/query_plans.txt"));
}

BOOST_AUTO_TEST_SUITE_END()
