#include "db/sqlite/write_queue.hpp"

#include "db/site.hpp"
#include "db/sqlite/checkpointer.hpp"
#include "db/sqlite/connection.hpp"
#include "db/sqlite/sqlite_error.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/test/unit_test.hpp>
#include <sqlite3.h>

#include <atomic>
#include <future>
#include <stdexcept>
#include <thread>

using namespace blog;
using namespace blog::db;
using test::failed_with;

namespace {

constexpr WriteLimits usual{
    .queue_max = 100, .queue_bytes_max = 1000, .group_rows_max = 64, .group_bytes_max = 1000};

struct Sized final : WriteOp {
    explicit Sized(std::size_t bytes) : bytes_(bytes) {}
    Result<void> apply(Connection&, Touched&) override { return {}; }
    std::size_t bytes() const noexcept override { return bytes_; }
    std::size_t bytes_;
};

constexpr Query insert{"INSERT INTO t VALUES (?1)"};
constexpr Query count{"SELECT count(*) FROM t"};

// A table in memory behind a queue.
struct Site {
    explicit Site(WriteLimits limits = usual)
        : queue(writer, Upkeep{checkpointer}, generations, limits, lines.log()) {}

    static int committed(void* self) {
        ++static_cast<Site*>(self)->commits;
        return 0;
    }

    template <class Function>
    Awaitable<Result<void>> write(Function function, std::size_t bytes = 1) {
        Write<void, Function> op(bytes, std::move(function));
        co_return co_await queue.run(op);
    }
    auto store(int number) {
        return [number](Connection& db, Touched&) {
            db.run(insert, std::int64_t{number});
            return Result<void>();
        };
    }
    // Starts a write and notes its end: the name, or '!' for an error.
    template <class Function>
    void start(char name, Function function, std::size_t bytes = 1) {
        auto work = [](Site& site, char n, Function f, std::size_t size) -> Awaitable<void> {
            auto const done = co_await site.write(std::move(f), size);
            site.events += done ? n : '!';
            if (!done) site.errors.push_back(done.error().code);
        };
        ++started;
        asio::co_spawn(loop, work(*this, name, std::move(function), bytes), asio::detached);
        loop.restart();
        loop.poll();
    }
    // Holds the writer up inside a write, so that what starts now waits in the queue.
    void hold() {
        std::promise<void> entered;
        auto const inside = entered.get_future();
        start('h', [this, &entered](Connection&, Touched&) {
            entered.set_value();
            gate.get_future().wait();
            return Result<void>();
        });
        inside.wait();
    }
    void let_go() {
        gate.set_value();
        loop.restart();
        loop.run();
    }
    std::int64_t rows() {
        std::lock_guard const lock(writer.mutex());
        return writer.number_or(-1, count);
    }

    test::LogLines lines;
    Generations generations;
    asio::io_context loop{1};
    std::string events;
    std::vector<Errc> errors;
    std::size_t started = 0;
    std::promise<void> gate;
    std::atomic<int> commits{0};
    Connection writer{":memory:", {.access = Connection::Access::read_write}};
    bool const made = [this] {
        writer.script("CREATE TABLE t (n INTEGER NOT NULL UNIQUE)");
        sqlite3_commit_hook(writer.handle(), &committed, this);
        return true;
    }();
    Checkpointer checkpointer{writer, {.pages_idle = 1000, .pages_busy = 4000}};
    WriteQueue queue;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(write_queue)

BOOST_AUTO_TEST_CASE(a_group_is_what_fits_both_limits_and_one_write_in_any_case) {
    Sized small(10), big(600), huge(5000);
    auto const size = [](std::deque<WriteOp*> const& queued) {
        return group_size(queued, {.queue_max = 100,
                                   .queue_bytes_max = 10'000,
                                   .group_rows_max = 3,
                                   .group_bytes_max = 1000});
    };
    BOOST_TEST(size({}) == 0u);
    BOOST_TEST(size({&small}) == 1u);
    BOOST_TEST(size({&small, &small, &small}) == 3u);
    BOOST_TEST(size({&small, &small, &small, &small}) == 3u);
    BOOST_TEST(size({&big, &small, &small}) == 3u);
    BOOST_TEST(size({&big, &big}) == 1u);
    BOOST_TEST(size({&small, &big, &big}) == 2u);
    BOOST_TEST(size({&huge}) == 1u);
    BOOST_TEST(size({&huge, &small}) == 1u);
    BOOST_TEST(size({&small, &huge}) == 1u);
    BOOST_TEST(group_size({&small, &small}, {1, 1, 0, 0}) == 1u);
}

BOOST_AUTO_TEST_CASE(a_write_returns_after_its_commit) {
    Site site;
    BOOST_TEST(!!test::run(site.loop, site.write(site.store(1))));
    BOOST_TEST(site.commits == 1);
    BOOST_TEST(site.rows() == 1);
}

BOOST_AUTO_TEST_CASE(what_waits_is_stored_in_order_and_in_one_commit) {
    Site site;
    site.hold();
    std::string order;
    for (char const name : {'a', 'b', 'c', 'd'})
        site.start(name, [&order, name](Connection& db, Touched&) {
            order += name;
            db.run(insert, std::int64_t{name});
            return Result<void>();
        });
    BOOST_TEST(site.events == "");
    site.let_go();
    BOOST_TEST(site.events == "habcd");
    BOOST_TEST(order == "abcd");
    BOOST_TEST(site.commits == 2, "one for the write that held the others up, one for all of them");
}

BOOST_AUTO_TEST_CASE(a_group_has_at_most_so_many_writes) {
    auto limits = usual;
    limits.group_rows_max = 2;
    Site site(limits);
    site.hold();
    for (int i = 0; i < 5; ++i)
        site.start('x', site.store(i));
    site.let_go();
    BOOST_TEST(site.commits == 4, "h, two, two, one");
    BOOST_TEST(site.rows() == 5);
}

BOOST_AUTO_TEST_CASE(a_write_that_fails_is_undone_and_its_neighbours_are_not) {
    Site site;
    site.hold();
    site.start('a', site.store(1));
    site.start('b', [](Connection& db, Touched&) {  // an expected failure, after it wrote something
        db.run(insert, std::int64_t{2});
        return Result<void>(Error{Errc::email_taken});
    });
    site.start('c', [](Connection& db, Touched&) {  // a constraint that nobody thought of
        db.run(insert, std::int64_t{3});
        db.run(insert, std::int64_t{1});
        return Result<void>();
    });
    site.start('d', [](Connection& db, Touched&) -> Result<void> {
        db.run(insert, std::int64_t{4});
        throw std::runtime_error("a bug");
    });
    site.start('e', site.store(5));
    site.let_go();
    BOOST_TEST(site.events == "ha!!!e");
    BOOST_TEST(site.rows() == 2);
    BOOST_TEST(
        (site.errors == std::vector{Errc::email_taken, Errc::unavailable, Errc::unavailable}));
    BOOST_TEST(site.commits == 2);
}

BOOST_AUTO_TEST_CASE(a_full_disk_fails_the_group_and_the_next_one_is_stored) {
    Site site;
    site.writer.script("PRAGMA max_page_count=3");
    site.hold();
    site.start('a', site.store(1));
    site.start('b', [](Connection& db, Touched&) {
        db.script("CREATE TABLE more (x); CREATE TABLE and_more (x); CREATE TABLE even_more (x)");
        return Result<void>();
    });
    site.start('c', site.store(2));
    site.let_go();
    // The one that held the writer up was alone in its group.
    BOOST_TEST(site.events == "h!!!");
    for (Errc const code : site.errors)
        BOOST_TEST((code == Errc::unavailable));
    BOOST_TEST(site.rows() == 0);
    BOOST_TEST(!!test::run(site.loop, site.write(site.store(3))));
    BOOST_TEST(site.rows() == 1);
    site.queue.close();
    auto const log = site.lines.read();
    BOOST_TEST(log.find("could not store a group of writes: database or disk is full") !=
               std::string::npos);
    BOOST_TEST(log.find("stores writes again") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_queue_that_is_full_says_so_at_once) {
    auto limits = usual;
    limits.queue_max = 2;
    Site site(limits);
    site.hold();
    for (int i = 0; i < 3; ++i)
        site.start(static_cast<char>('a' + i), site.store(i));
    BOOST_TEST(site.events == "!");
    BOOST_TEST((site.errors.front() == Errc::busy));
    site.let_go();
    BOOST_TEST(site.events == "!hab");
}

BOOST_AUTO_TEST_CASE(a_queue_holds_so_many_bytes_but_one_write_in_any_case) {
    auto limits = usual;
    limits.queue_bytes_max = 100;
    Site site(limits);
    site.hold();
    site.start('a', site.store(1), 1000);
    site.start('b', site.store(2), 1);
    BOOST_TEST(site.events == "!");
    BOOST_TEST((site.errors.front() == Errc::busy));
    site.let_go();
    BOOST_TEST(site.events == "!ha");
    BOOST_TEST(!!test::run(site.loop, site.write(site.store(3), 100)), "there is room again");
}

BOOST_AUTO_TEST_CASE(commits_and_refused_writes_are_counted) {
    auto limits = usual;
    limits.queue_max = 5;
    Site site(limits);
    site.hold();
    for (int i = 0; i < 7; ++i)
        site.start(static_cast<char>('a' + i), site.store(i));
    auto metrics = site.queue.metrics();
    BOOST_TEST(metrics.queue_length == 5u);
    BOOST_TEST(metrics.queue_max == 5u);
    BOOST_TEST(metrics.writes_refused == 2u);
    BOOST_TEST(metrics.group_writes.sum == 0u);
    site.let_go();
    metrics = site.queue.metrics();
    BOOST_TEST(metrics.queue_length == 0u);
    using Groups = decltype(metrics.group_writes.counts);
    BOOST_TEST((metrics.group_writes.counts == Groups{1, 0, 0, 1, 0, 0, 0, 0}), "h, then five");
    BOOST_TEST(metrics.group_writes.sum == 6u);
    std::uint64_t commits = 0;
    for (auto const count : metrics.commit_us.counts)
        commits += count;
    BOOST_TEST(commits == 2u);
    BOOST_TEST(metrics.commit_us.sum > 0u);
}

BOOST_AUTO_TEST_CASE(closing_stores_what_was_accepted_and_takes_nothing_further) {
    Site site;
    site.hold();
    site.start('a', site.store(1));
    site.start('b', site.store(2));
    std::thread closing([&] { site.queue.close(); });
    while (site.queue.accepting())
        std::this_thread::yield();
    site.start('c', site.store(3));
    BOOST_TEST(site.events == "!");
    BOOST_TEST((site.errors.front() == Errc::unavailable));
    site.let_go();
    closing.join();
    BOOST_TEST(site.events == "!hab");
    BOOST_TEST(site.rows() == 2);
}

BOOST_AUTO_TEST_CASE(a_write_on_its_way_is_not_cancelled) {
    Site site;
    site.hold();
    asio::cancellation_signal cancel;
    auto work = [&]() -> Awaitable<void> {
        auto const done = co_await site.write(site.store(1));
        site.events += done ? 'a' : '!';
    };
    ++site.started;
    asio::co_spawn(site.loop, work(),
                   asio::bind_cancellation_slot(cancel.slot(), [](std::exception_ptr) {}));
    site.loop.restart();
    site.loop.poll();
    cancel.emit(asio::cancellation_type::terminal);
    site.loop.restart();
    site.loop.poll();
    BOOST_TEST(site.events == "");
    site.let_go();
    BOOST_TEST(site.events == "ha");
    BOOST_TEST(site.rows() == 1);
}

BOOST_AUTO_TEST_CASE(four_loops_write_at_once_and_each_hears_of_its_own_on_its_own_thread) {
    constexpr int loops = 4, writers = 16, rounds = 25;
    auto limits = usual;
    limits.queue_max = loops * writers;
    Site site(limits);
    std::atomic<int> stored{0}, strayed{0};
    auto writer = [&](int first) -> Awaitable<void> {
        auto const home = std::this_thread::get_id();
        for (int i = 0; i < rounds; ++i) {
            auto const done = co_await site.write(site.store(first + i));
            if (done) ++stored;
            if (std::this_thread::get_id() != home) ++strayed;
        }
    };
    std::vector<std::thread> threads;
    for (int l = 0; l < loops; ++l)
        threads.emplace_back([&, l] {
            asio::io_context loop(1);
            for (int w = 0; w < writers; ++w)
                asio::co_spawn(loop, writer((l * writers + w) * rounds), asio::detached);
            loop.run();
        });
    for (auto& thread : threads)
        thread.join();
    BOOST_TEST(stored == loops * writers * rounds);
    BOOST_TEST(strayed == 0);
    BOOST_TEST(site.rows() == loops * writers * rounds);
    BOOST_TEST(site.commits < stored, "writes share commits");
}

BOOST_AUTO_TEST_SUITE_END()
