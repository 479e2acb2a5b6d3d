// Acknowledged means stored: faults of the disk, and the sudden end of the process.
#include "db/faulty_vfs.hpp"
#include "db/site.hpp"
#include "support/temp_dir.hpp"

#include <boost/asio/detached.hpp>
#include <boost/test/unit_test.hpp>
#include <sqlite3.h>

#include <array>
#include <charconv>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace blog;
using namespace blog::db;
using test::failed_with;
using test::Site;

namespace {

constexpr SysTime noon = test::ManualClock::start;

bool contains(std::string const& text, std::string const& part) {
    return text.find(part) != std::string::npos;
}

struct Disk {
    test::TempDir folder;
    std::string const path = folder.file("blog.db");
    test::FaultyVfs vfs;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(durability)

BOOST_FIXTURE_TEST_CASE(one_write_at_a_time_means_one_sync_each_at_least, Disk) {
    Site site(path);
    auto const ada = site.add_user("ada").id;
    int const before = vfs.syncs();
    for (int i = 1; i <= 50; ++i) {
        site.add_post(ada, "t", noon);
        BOOST_TEST(vfs.syncs() - before >= i);
    }
}

BOOST_FIXTURE_TEST_CASE(writes_at_once_share_their_syncs, Disk) {
    Site site(path);
    auto const ada = site.add_user("ada").id;
    int const before = vfs.syncs();
    int stored = 0;
    auto write = [&]() -> Awaitable<void> {
        for (int i = 0; i < 10; ++i) {
            NewPost post{.title = "t", .content = "c", .author = ada, .date_posted = noon};
            auto const made = co_await site.db().create_post(std::move(post));
            if (made) ++stored;
        }
    };
    for (int i = 0; i < 32; ++i)
        asio::co_spawn(site.loop, write(), asio::detached);
    site.loop.restart();
    site.loop.run();
    BOOST_TEST(stored == 320);
    BOOST_TEST(vfs.syncs() - before < 160);
    BOOST_TEST(site.run(site.db().page_posts(0, 0, {}))->total == 320);
}

BOOST_FIXTURE_TEST_CASE(a_full_disk_is_told_and_passes, Disk) {
    {
        Site site(path);
        auto const ada = site.add_user("ada").id;
        vfs.fail_writes(SQLITE_FULL);
        for (int i = 0; i < 3; ++i) {
            NewPost const post{"lost", "c", ada, noon};
            BOOST_TEST(failed_with(site.run(site.db().create_post(post)), Errc::unavailable));
        }
        BOOST_TEST(!!site.run(site.db().find_user(ada)), "reading goes on");
        BOOST_TEST(!!site.run(site.db().ping()));
        vfs.fail_writes(0);
        BOOST_TEST((site.add_post(ada, "kept", noon).id == PostId{1}));
        auto const log = site.close();
        BOOST_TEST(contains(log, "could not store a group of writes: database or disk is full"));
        BOOST_TEST(contains(log, "stores writes again"));
    }
    Site site(path);
    BOOST_TEST(test::ids(site.all_posts()) == "1");
}

BOOST_FIXTURE_TEST_CASE(after_a_failed_sync_nothing_is_accepted_until_the_next_start, Disk) {
    {
        Site site(path);
        auto const ada = site.add_user("ada").id;
        site.add_post(ada, "kept", noon);
        vfs.fail_syncs(SQLITE_IOERR_FSYNC);
        NewPost const post{"uncertain", "c", ada, noon};
        BOOST_TEST(failed_with(site.run(site.db().create_post(post)), Errc::unavailable));
        vfs.fail_syncs(0);
        BOOST_TEST(failed_with(site.run(site.db().create_post(post)), Errc::unavailable));
        BOOST_TEST(failed_with(site.run(site.db().ping()), Errc::unavailable));
        BOOST_TEST(!!site.run(site.db().find_post(PostId{1})), "reading goes on");
        BOOST_TEST(contains(site.close(), "no further write is taken"));
    }
    Site site(path);
    BOOST_TEST(site.run(site.db().find_post(PostId{1}))->title == "kept");
    BOOST_TEST(!!site.run(site.db().create_post({"next", "c", UserId{1}, noon})));
}

BOOST_FIXTURE_TEST_CASE(whichever_write_or_sync_fails_nothing_acknowledged_is_lost, Disk) {
    for (int const code : {SQLITE_FULL, SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC}) {
        for (int n = 1; n <= 60; n += 3) {
            std::string const file = folder.file(std::to_string(code) + "-" + std::to_string(n));
            vfs.fail_once(n, code);
            std::vector<PostId> acknowledged;
            try {
                auto options = Site::options_for(file);
                options.checkpoint_pages_idle = 8;
                Site site(options);
                auto const ada = site.run(site.db().create_user({"ada", "ada"}));
                for (int i = 0; ada && i < 6; ++i) {
                    auto const post = site.run(site.db().create_post({"t", "c", ada->id, noon}));
                    if (post) acknowledged.push_back(post->id);
                }
            } catch (DatabaseError const&) {
                BOOST_TEST(acknowledged.empty(), "the fault was met while opening");
            }
            vfs.fail_once(0, 0);
            Site site(file);
            for (PostId const id : acknowledged)
                BOOST_TEST(!!site.run(site.db().find_post(id)));
            auto const page = *site.run(site.db().page_posts(0, 100, {}));
            BOOST_TEST(std::ssize(page.posts) == page.total);
        }
    }
}

// writer_process.cpp writes to the file and prints each id once it was told that it is stored.
BOOST_AUTO_TEST_CASE(nothing_acknowledged_is_lost_when_the_process_is_killed) {
    test::TempDir const folder;
    std::string const path = folder.file("blog.db");
    std::int64_t last = 0, acknowledged = 0;
    for (int round = 0; round < 8; ++round) {
        int ends[2];
        BOOST_TEST_REQUIRE(::pipe(ends) == 0);
        posix_spawn_file_actions_t actions;
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
        ::posix_spawn_file_actions_addclose(&actions, ends[0]);
        std::string program = BLOG_WRITER_PROCESS, database = path;
        std::array<char*, 3> arguments{program.data(), database.data(), nullptr};
        pid_t child = 0;
        BOOST_TEST_REQUIRE(::posix_spawn(&child, program.c_str(), &actions, nullptr,
                                         arguments.data(), environ) == 0);
        ::posix_spawn_file_actions_destroy(&actions);
        ::close(ends[1]);

        std::string output;
        std::array<char, 4096> piece{};
        ssize_t size = ::read(ends[0], piece.data(), piece.size());  // it has begun
        BOOST_TEST_REQUIRE(size > 0);
        output.append(piece.data(), static_cast<std::size_t>(size));
        std::this_thread::sleep_for(std::chrono::milliseconds(20 + 37 * round));
        ::kill(child, SIGKILL);
        while ((size = ::read(ends[0], piece.data(), piece.size())) > 0)
            output.append(piece.data(), static_cast<std::size_t>(size));
        ::close(ends[0]);
        ::waitpid(child, nullptr, 0);

        Site site(path);
        char const* at = output.data();
        char const* const end = at + output.size();
        while (at < end) {
            std::int64_t id = 0;
            auto const [rest, ec] = std::from_chars(at, end, id);
            if (ec != std::errc() || rest == end) break;  // the last line was cut
            BOOST_TEST_REQUIRE(!!site.run(site.db().find_post(PostId{id})));
            last = std::max(last, id);
            ++acknowledged;
            at = rest + 1;
        }
        auto const page = *site.run(site.db().page_posts(0, 0, {}));
        BOOST_TEST(page.total == std::ssize(site.all_posts()));
        BOOST_TEST(page.total >= acknowledged);
    }
    BOOST_TEST(acknowledged > 100);
    BOOST_TEST_MESSAGE(acknowledged << " acknowledged, the last " << last);
}

BOOST_AUTO_TEST_SUITE_END()
