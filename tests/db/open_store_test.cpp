// Files on a disk: what is refused with which sentence, what stays, who else may write.
#include "db/open_store.hpp"

#include "db/site.hpp"
#include "db/sqlite/connection.hpp"
#include "db/sqlite/sqlite_error.hpp"
#include "support/temp_dir.hpp"

#include <boost/asio/detached.hpp>
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

using namespace blog;
using namespace blog::db;
using test::failed_with;
using test::Site;

namespace {

constexpr SysTime noon = test::ManualClock::start;
namespace fs = std::filesystem;

struct Folder {
    test::TempDir folder;
    std::string const path = folder.file("blog.db");

    std::string refusal(std::string const& at) {
        test::LogLines lines;
        Generations generations;
        test::ManualClock clock;
        try {
            open_store(Site::options_for(at), clock, lines.log(), generations);
        } catch (DatabaseError const& e) {
            BOOST_TEST((typeid(e) == typeid(DatabaseError)));
            return e.what();
        }
        return "";
    }
    // Another program on the file, while no blogd runs.
    void script(std::string const& sql) {
        Connection other(path, {.access = Connection::Access::read_write});
        other.script(sql);
    }
    void make_as_the_tutorial() { script(test::read_file(BLOG_TEST_DATA "/golden_seed.sql")); }
};

bool contains(std::string const& text, std::string const& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(open_store_on_disk, Folder)

BOOST_AUTO_TEST_CASE(what_was_stored_is_there_at_the_next_start) {
    {
        Site site(path);
        auto const ada = site.add_user("ada").id;
        site.add_post(ada, "first", noon);
    }
    Site site(path);
    BOOST_TEST(site.run(site.db().find_post(PostId{1}))->title == "first");
    BOOST_TEST((site.add_user("bob").id == UserId{2}));
}

BOOST_AUTO_TEST_CASE(a_clean_end_leaves_one_file_and_its_lock) {
    {
        Site site(path);
        site.add_user("ada");
        BOOST_TEST(fs::exists(path + "-wal"));
    }
    BOOST_TEST(!fs::exists(path + "-wal"));
    BOOST_TEST(!fs::exists(path + "-shm"));
    BOOST_TEST(fs::exists(path + ".lock"));
}

BOOST_AUTO_TEST_CASE(a_relative_path_and_a_link_are_the_same_database) {
    fs::create_directory(folder.file("sub"));
    fs::create_symlink(path, folder.file("sub/link.db"));
    Site site(path);
    BOOST_TEST(contains(refusal(folder.file("sub/link.db")), "in use by another blogd"));
    BOOST_TEST(contains(refusal(folder.file("sub/../blog.db")), "in use by another blogd"));
}

BOOST_AUTO_TEST_CASE(a_second_blogd_is_refused_and_told_who_has_the_file) {
    {
        Site site(path);
        BOOST_TEST(refusal(path) == path + " is in use by another blogd (process " +
                                        std::to_string(::getpid()) +
                                        "): stop that one first, or choose another file with "
                                        "--database");
        site.add_user("ada");
    }
    BOOST_TEST(refusal(path) == "");
}

BOOST_AUTO_TEST_CASE(a_refused_start_gives_the_lock_back) {
    test::write_file(path, "hello, this is not a database at all, but a text of some length");
    BOOST_TEST(contains(refusal(path), "is not a database"));
    fs::remove(path);
    BOOST_TEST(refusal(path) == "");
}

BOOST_AUTO_TEST_CASE(places_that_cannot_hold_a_database_are_named) {
    BOOST_TEST(refusal(folder.file("no/blog.db")) == "cannot open " + folder.file("no/blog.db") +
                                                         ": there is no folder " +
                                                         folder.file("no"));
    BOOST_TEST(contains(refusal(folder.path().string()), "is a folder, not a database"));
    BOOST_TEST(contains(refusal(""), "cannot use the database path"));
    BOOST_TEST(contains(refusal("/proc/blog.db"), "cannot open the lock file /proc/blog.db.lock"));
}

BOOST_AUTO_TEST_CASE(files_of_another_kind_are_refused_and_not_touched) {
    std::string const text(5000, 'x');
    test::write_file(path, text);
    BOOST_TEST(refusal(path) == path + " is not a database: it is a file of another kind");
    BOOST_TEST(test::read_file(path) == text);

    fs::remove(path);
    script("CREATE TABLE songs (id INTEGER PRIMARY KEY)");
    auto const songs = test::read_file(path);
    BOOST_TEST(contains(refusal(path), "belongs to another program: it has the tables songs"));
    BOOST_TEST((test::read_file(path) == songs));
}

BOOST_AUTO_TEST_CASE(a_damaged_database_is_refused_or_told_of_but_never_a_crash) {
    make_as_the_tutorial();
    auto const good = test::read_file(path);
    for (std::size_t at = 100; at < good.size(); at += 509) {
        auto bad = good;
        bad.replace(at, 16, 16, '\xff');
        test::write_file(path, bad);
        fs::remove(path + "-wal");
        try {
            Site site(path);
            for (int id = 1; id <= 6; ++id)
                (void)site.run(site.db().find_post(PostId{id}));
            (void)site.run(site.db().page_posts(0, 10, {}));
            NewPost post{"t", "c", UserId{1}, noon};
            (void)site.run(site.db().create_post(post));
        } catch (DatabaseError const& e) {
            BOOST_TEST(std::string(e.what()) != "");
        }
        fs::remove(path);
    }
    test::write_file(path, good.substr(0, good.size() / 2));
    BOOST_TEST(contains(refusal(path), "is damaged: restore a backup"));
}

BOOST_AUTO_TEST_CASE(an_empty_file_is_a_new_database) {
    test::write_file(path, "");
    BOOST_TEST(refusal(path) == "");
}

BOOST_AUTO_TEST_CASE(a_log_that_lost_its_database_is_not_thrown_away) {
    test::write_file(path + "-wal", "committed posts");
    BOOST_TEST(contains(refusal(path), "blog.db-wal is there without its database"));
    BOOST_TEST(test::read_file(path + "-wal") == "committed posts");
    BOOST_TEST(!fs::exists(path));
}

BOOST_AUTO_TEST_CASE(a_file_without_permission_is_refused) {
    if (::geteuid() == 0) return;  // root may write anything
    make_as_the_tutorial();
    ::chmod(path.c_str(), 0444);
    BOOST_TEST(contains(refusal(path), "no permission to write " + path));
    ::chmod(path.c_str(), 0000);
    BOOST_TEST(contains(refusal(path), "no permission to read and write " + path));
    ::chmod(path.c_str(), 0644);
    ::chmod(folder.path().c_str(), 0555);
    BOOST_TEST(contains(refusal(path), "Permission denied"));
    ::chmod(folder.path().c_str(), 0755);
}

BOOST_AUTO_TEST_CASE(a_file_that_another_program_holds_is_told_of) {
    make_as_the_tutorial();
    auto options = Site::options_for(path);
    options.writer_busy_max = std::chrono::milliseconds(10);
    Connection other(path, {.access = Connection::Access::read_write});
    Transaction holding(other);
    test::LogLines lines;
    Generations generations;
    test::ManualClock clock;
    try {
        open_store(options, clock, lines.log(), generations);
        BOOST_ERROR("opened");
    } catch (DatabaseError const& e) {
        BOOST_TEST(contains(e.what(), "is in use by another program: close that one first"));
    }
}

BOOST_AUTO_TEST_CASE(a_write_while_another_program_holds_the_file_is_busy_and_a_read_is_not) {
    auto options = Site::options_for(path);
    options.writer_busy_max = std::chrono::milliseconds(10);
    Site site(options);
    auto const ada = site.add_user("ada").id;
    {
        Connection other(path, {.access = Connection::Access::read_write});
        other.keep_log_at_close();
        Transaction holding(other);
        BOOST_TEST(failed_with(site.run(site.db().create_user({"bob", "bob"})), Errc::busy));
        BOOST_TEST(site.run(site.db().find_user(ada))->username == "ada");
        BOOST_TEST(!!site.run(site.db().ping()));
    }
    BOOST_TEST(!!site.run(site.db().create_user({"bob", "bob"})));
}

BOOST_AUTO_TEST_CASE(a_stop_waits_only_once_for_whoever_holds_the_file) {
    auto options = Site::options_for(path);
    options.writer_busy_max = std::chrono::milliseconds(200);
    options.group_rows_max = 1;
    Site site(options);
    Connection other(path, {.access = Connection::Access::read_write});
    other.keep_log_at_close();
    Transaction holding(other);
    std::string events;
    auto write = [&](std::string name) -> Awaitable<void> {
        NewUser user{.username = name, .email = name};
        auto const made = co_await site.db().create_user(std::move(user));
        events += failed_with(made, Errc::busy) ? 'b' : '?';
    };
    for (int i = 0; i < 30; ++i)
        asio::co_spawn(site.loop, write(std::to_string(i)), asio::detached);
    site.loop.restart();
    site.loop.poll();
    auto const start = std::chrono::steady_clock::now();
    site.store().close();
    BOOST_TEST((std::chrono::steady_clock::now() - start < std::chrono::seconds(3)));
    site.loop.run();
    BOOST_TEST(events == std::string(30, 'b'));
}

BOOST_AUTO_TEST_CASE(the_tutorials_file_goes_from_hand_to_hand) {
    make_as_the_tutorial();
    for (int round = 1; round <= 3; ++round) {
        {
            Site site(path);
            auto const before = site.run(site.db().page_posts(0, 100, {}))->total;
            auto const author = site.add_user("ours" + std::to_string(round)).id;
            site.add_post(author, "ours", noon);
            auto const page = *site.run(site.db().page_posts(0, 100, {}));
            BOOST_TEST(page.total == before + 1);
            BOOST_TEST(std::ssize(page.posts) == page.total);
        }
        // As SQLAlchemy writes, on a connection that knows nothing of us.
        script(
            "PRAGMA foreign_keys=OFF; BEGIN;"
            "INSERT INTO posts (title, content, user_id, date_posted) VALUES"
            " ('theirs', 'x', 1, '2027-01-01 00:00:00.000000');"
            "UPDATE posts SET user_id = 2 WHERE title = 'theirs';"
            "DELETE FROM posts WHERE title = 'ours'; COMMIT;");
    }
    Site site(path);
    BOOST_TEST(site.run(site.db().page_posts(0, 100, {}))->total == 9);
    BOOST_TEST(site.run(site.db().page_posts(0, 100, UserId{2}))->total == 5);
    BOOST_TEST(site.run(site.db().page_posts(0, 100, UserId{1}))->posts.size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_file_with_passwords_has_protected_and_open_accounts) {
    script(
        "CREATE TABLE users (id INTEGER NOT NULL, username VARCHAR(50) NOT NULL, email"
        " VARCHAR(120) NOT NULL, password_hash VARCHAR(200) NOT NULL, image_file VARCHAR(200),"
        " PRIMARY KEY (id), UNIQUE (username), UNIQUE (email));"
        "CREATE TABLE posts (id INTEGER NOT NULL, title VARCHAR(100) NOT NULL, content TEXT NOT"
        " NULL, user_id INTEGER NOT NULL, date_posted DATETIME NOT NULL, PRIMARY KEY (id),"
        " FOREIGN KEY(user_id) REFERENCES users (id));"
        "INSERT INTO users VALUES (1, 'ada', 'ada@example.com', '$argon2id$x', NULL);"
        "INSERT INTO posts VALUES (1, 't', 'c', 1, '2026-01-01 00:00:00.000000')");
    Site site(path);
    BOOST_TEST(site.run(site.db().find_post(PostId{1}))->author.username == "ada");
    BOOST_TEST(site.run(site.db().page_posts(0, 10, UserId{1}))->total == 1);
    auto const ada = site.run(site.db().find_account("ADA@example.com"));
    BOOST_TEST_REQUIRE(!!ada);
    BOOST_TEST(ada->user.has_password);
    BOOST_TEST(ada->password_hash == "$argon2id$x");
    BOOST_TEST(!site.add_user("eve").has_password);
    BOOST_TEST(failed_with(site.run(site.db().delete_user(UserId{1}, {})), Errc::forbidden));
    BOOST_TEST(!!site.run(site.db().delete_user(UserId{1}, {.user = UserId{1}})));
}

BOOST_AUTO_TEST_CASE(a_file_with_a_column_that_we_cannot_fill_is_read_but_not_written) {
    script(
        "CREATE TABLE users (id INTEGER NOT NULL, username VARCHAR(50) NOT NULL, email"
        " VARCHAR(120) NOT NULL, birthday DATE NOT NULL, image_file VARCHAR(200),"
        " PRIMARY KEY (id), UNIQUE (username), UNIQUE (email));"
        "CREATE TABLE posts (id INTEGER NOT NULL, title VARCHAR(100) NOT NULL, content TEXT NOT"
        " NULL, user_id INTEGER NOT NULL, date_posted DATETIME NOT NULL, PRIMARY KEY (id),"
        " FOREIGN KEY(user_id) REFERENCES users (id));"
        "INSERT INTO users VALUES (1, 'ada', 'ada@example.com', '1815-12-10', NULL);"
        "INSERT INTO posts VALUES (1, 't', 'c', 1, '2026-01-01 00:00:00.000000')");
    Site site(path);
    BOOST_TEST(site.run(site.db().find_post(PostId{1}))->author.username == "ada");
    BOOST_TEST(site.run(site.db().page_posts(0, 10, UserId{1}))->total == 1);
    BOOST_TEST(!!site.run(site.db().ping()));
    BOOST_TEST(failed_with(site.run(site.db().create_user({"eve", "eve"})), Errc::unavailable));
    BOOST_TEST(failed_with(site.run(site.db().delete_user(UserId{1})), Errc::unavailable));
    BOOST_TEST(failed_with(site.run(site.db().delete_post(PostId{1})), Errc::unavailable));
    BOOST_TEST(contains(site.close(),
                        "every write is refused, because this program does not know "
                        "how to fill users.birthday"));
}

BOOST_AUTO_TEST_CASE(a_reader_never_writes) {
    Site site(path);
    site.add_user("ada");
    Connection reader(path, {.access = Connection::Access::read_only});
    BOOST_CHECK_THROW(reader.script("DELETE FROM users"), SqliteError);
    BOOST_TEST(!!site.run(site.db().find_user(UserId{1})));
}

BOOST_AUTO_TEST_CASE(the_writer_copies_the_log_by_itself_and_keeps_it_small) {
    auto options = Site::options_for(path);
    options.checkpoint_pages_idle = 20;
    options.checkpoint_pages_busy = 20;
    Site site(options);
    auto const ada = site.add_user("ada").id;
    for (int i = 0; i < 200; ++i)
        site.add_post(ada, std::string(50, 'x'), noon);
    // 200 commits of several pages each, in a log that was begun anew again and again.
    BOOST_TEST(fs::file_size(path + "-wal") < 60u * 4120u);
    auto const metrics = site.store().metrics();
    BOOST_TEST((metrics.checkpoints > 20u && metrics.checkpoints < 201u));
    BOOST_TEST((metrics.checkpoint_us >= metrics.checkpoint_us_max));
    BOOST_TEST(metrics.checkpoint_us_max > 0u);
    BOOST_TEST((metrics.log_pages > 0u && metrics.log_pages < 60u));
    BOOST_TEST(fs::file_size(path) > 8u * 4096u);
    BOOST_TEST(site.run(site.db().page_posts(0, 1, {}))->total == 200);
}

BOOST_AUTO_TEST_CASE(the_log_says_what_was_done_and_why_one_writer_is_safe) {
    Site site(path);
    auto const log = site.close();
    BOOST_TEST(contains(log, "database: migration 1, users and posts"));
    BOOST_TEST(contains(log, "database: migration 2, totals and ids"));
    BOOST_TEST(contains(log, "database: migration 3, marks for deep pages"));
    BOOST_TEST(contains(log, "database: new, " + path));
    BOOST_TEST(contains(log, "blogd has only one"));
    BOOST_TEST(!contains(log, "error"));
}

BOOST_AUTO_TEST_SUITE_END()
