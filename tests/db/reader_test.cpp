// Reads share snapshots: who sees what, and for how long.
#include "db/sqlite/reader.hpp"

#include "db/site.hpp"
#include "support/temp_dir.hpp"

#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <filesystem>
#include <thread>

using namespace blog;
using namespace blog::db;
using namespace std::chrono_literals;

namespace {

constexpr SysTime noon = test::ManualClock::start;
constexpr Query count{"SELECT count(*) FROM t"};

// A loop's reader, and a writer that nobody has told to publish.
struct Round {
    test::TempDir folder;
    std::string const path = folder.file("t.db");
    Connection writer{path, {.access = Connection::Access::read_write}};
    Generations generations;
    asio::io_context loop{1};
    std::shared_ptr<Reader> reader;
    Connection* own = nullptr;  // the reader's

    explicit Round(std::string const& journal = "WAL") {
        writer.script("PRAGMA journal_mode=" + journal + "; CREATE TABLE t (n INTEGER)");
        auto connection = std::make_unique<Connection>(path, Connection::Options{.busy_max = 0ms});
        own = connection.get();
        reader = std::make_shared<Reader>(std::move(connection), generations, loop.get_executor());
    }
    void add_row() { writer.script("INSERT INTO t VALUES (1)"); }
    std::int64_t rows() {
        return reader->read(Reader::Moment::newest,
                            [](Connection& db) { return db.number_or(-1, count); });
    }
    // Whatever is ready, and what that makes ready.
    void end_round() {
        loop.restart();
        loop.poll();
    }
};
struct WithoutLog : Round {
    WithoutLog() : Round("DELETE") {}
};

}  // namespace

BOOST_AUTO_TEST_SUITE(reader)

// A page that was put together from two reads once showed a user under two names.
BOOST_FIXTURE_TEST_CASE(a_request_sees_one_moment_whatever_is_published_meanwhile, Round) {
    auto const rows_at = [&](Reader::Moment moment) {
        return reader->read(moment, [](Connection& db) { return db.number_or(-1, count); });
    };
    BOOST_TEST(rows_at(Reader::Moment::newest) == 0);
    add_row();
    generations.publish({});
    BOOST_TEST(rows_at(Reader::Moment::same) == 0);
    BOOST_TEST(reader->as_of() == 0u);
    BOOST_TEST(rows_at(Reader::Moment::newest) == 1);
}

BOOST_FIXTURE_TEST_CASE(reads_of_one_round_see_one_moment, Round) {
    BOOST_TEST(rows() == 0);
    add_row();
    BOOST_TEST(rows() == 0);
    BOOST_TEST(own->in_transaction());
    end_round();
    BOOST_TEST(!own->in_transaction(), "nothing is held while the loop waits");
    BOOST_TEST(rows() == 1);
}

BOOST_FIXTURE_TEST_CASE(what_is_ready_to_run_belongs_to_the_round, Round) {
    std::vector<std::int64_t> seen;
    for (int i = 0; i < 3; ++i)
        asio::post(loop, [&] {
            seen.push_back(rows());
            add_row();
        });
    end_round();
    BOOST_TEST(seen == (std::vector<std::int64_t>{0, 0, 0}), boost::test_tools::per_element());
    BOOST_TEST(!own->in_transaction());
}

BOOST_FIXTURE_TEST_CASE(what_was_published_is_seen_at_once, Round) {
    BOOST_TEST(rows() == 0);
    auto const before = reader->as_of();
    add_row();
    generations.publish_all();
    BOOST_TEST(rows() == 1);
    BOOST_TEST(reader->as_of() == before + 1);
}

BOOST_FIXTURE_TEST_CASE(a_long_round_does_not_hold_its_moment, Round) {
    rows();
    add_row();
    int reads = 1;
    while (rows() == 0 && reads < 1000)
        ++reads;
    BOOST_TEST(reads == 128);
}

BOOST_FIXTURE_TEST_CASE(a_failure_leaves_no_lock_behind, Round) {
    rows();
    auto const fail = [](Connection&) -> int { throw std::runtime_error("the disk broke"); };
    BOOST_CHECK_THROW(reader->read(Reader::Moment::newest, fail), std::runtime_error);
    BOOST_TEST(!own->in_transaction());
    add_row();
    BOOST_TEST(rows() == 1);
}

BOOST_FIXTURE_TEST_CASE(a_file_that_is_held_is_read_when_it_is_free, WithoutLog) {
    writer.script("BEGIN EXCLUSIVE");
    BOOST_CHECK_THROW(rows(), DatabaseError);
    BOOST_TEST(!own->in_transaction());
    writer.script("INSERT INTO t VALUES (1); COMMIT");
    BOOST_TEST(rows() == 1);
}

BOOST_FIXTURE_TEST_CASE(a_reader_may_end_before_its_round, Round) {
    rows();
    reader.reset();
    end_round();
    BOOST_TEST(loop.stopped(), "nothing is left to run");
}

BOOST_FIXTURE_TEST_CASE(a_snapshot_inside_joins, Round) {
    rows();
    add_row();
    auto const twice = reader->read(Reader::Moment::newest, [](Connection& db) {
        Snapshot const snapshot(db);
        return db.number_or(-1, count);
    });
    BOOST_TEST(twice == 0);
    BOOST_TEST(own->in_transaction());
}

// --- with the whole store

namespace {

// A thread with a loop that reads for ever.
class BusyReader {
public:
    explicit BusyReader(Store& store)
        : sessions_(store.open_sessions(loop_.get_executor())), thread_([this] {
              for (int i = 0; i < 16; ++i)
                  asio::co_spawn(loop_, read(), asio::detached);
              loop_.run();
          }) {}
    ~BusyReader() {
        stop_ = true;
        thread_.join();
    }
    std::atomic<PostId> newest{PostId{1}};
    std::atomic<int> missed{0};

private:
    Awaitable<void> read() {
        while (!stop_) {  // a request each time
            auto const id = newest.load();
            {
                auto lease = std::move(*co_await sessions_->acquire());
                auto const found = co_await lease->find_post(id);
                if (!found) ++missed;
            }
            co_await asio::post(loop_, no_throw);
        }
    }
    asio::io_context loop_{1};
    std::atomic<bool> stop_{false};
    std::unique_ptr<SessionPool> sessions_;
    std::thread thread_;
};

}  // namespace

BOOST_AUTO_TEST_CASE(the_log_stays_bounded_and_every_reply_is_seen_by_all_while_others_read) {
    test::TempDir const folder;
    auto options = test::Site::options_for(folder.file("blog.db"));
    options.checkpoint_pages_idle = 100;
    options.checkpoint_pages_busy = 400;
    test::Site site(options);
    auto const ada = site.add_user("ada").id;
    site.add_post(ada, "first", noon);
    std::uintmax_t log_max = 0;
    {
        BusyReader one(site.store()), other(site.store());
        auto write = [&]() -> Awaitable<void> {
            for (int i = 0; i < 400; ++i) {
                NewPost post{"t", std::string(1000, 'x'), ada, noon};
                auto const made = co_await site.db().create_post(std::move(post));
                if (!made) continue;
                one.newest = made->id;
                other.newest = made->id;
                log_max = std::max(log_max, std::filesystem::file_size(options.path + "-wal"));
            }
        };
        for (int i = 0; i < 16; ++i)
            asio::co_spawn(site.loop, write(), asio::detached);
        site.loop.restart();
        site.loop.run();
        BOOST_TEST(one.missed == 0);
        BOOST_TEST(other.missed == 0);
    }
    BOOST_TEST(site.run(site.db().page_posts(0, 1, {}))->total == 6401);
    BOOST_TEST_MESSAGE("the log had at most " << log_max / 4120 << " pages");
    BOOST_TEST(log_max < 8u * 400 * 4120);
}

BOOST_AUTO_TEST_SUITE_END()
