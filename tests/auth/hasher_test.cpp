#include "auth/hasher.hpp"

#include "support/run.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sys/resource.h>

using namespace blog;
using auth::HashCost;
using auth::Hasher;

namespace {

constexpr HashCost cheap{8u << 10, 1}, slow{8u << 20, 3};

Hasher::Options options(HashCost cost, unsigned threads = 1, std::size_t queue_max = 64) {
    Hasher::Options all;
    all.threads = threads;
    all.queue_max = queue_max;
    all.cost = cost;
    return all;
}

// Notes how it ended: 'y' or 'n' for what was verified, else the error.
Awaitable<void> log_in(Hasher& hasher, std::string password, std::string phc, std::string& events) {
    auto const verified = co_await hasher.verify(std::move(password), std::move(phc));
    if (verified)
        events += verified->matches ? 'y' : 'n';
    else
        events += verified.error().code == Errc::busy ? 'b' : 'u';
}

struct Fixture {
    std::string const phc = auth::hash_password("open sesame", slow);
    std::string events;

    void start(asio::io_context& loop, Hasher& hasher) {
        asio::co_spawn(loop, log_in(hasher, "open sesame", phc, events), asio::detached);
    }
};

template <class Condition>
void wait_until(Condition condition) {
    for (int i = 0; i < 10'000 && !condition(); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    BOOST_REQUIRE(condition());
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(hasher, Fixture)

BOOST_AUTO_TEST_CASE(hashes_and_verifies) {
    Hasher hasher(options(cheap));
    auto const made = test::run(hasher.hash("open sesame"));
    BOOST_REQUIRE(made);
    BOOST_TEST(auth::verify_password("open sesame", *made));
    auto const right = test::run(hasher.verify("open sesame", *made));
    BOOST_REQUIRE(right);
    BOOST_TEST(right->matches);
    BOOST_TEST(!right->needs_rehash);
    auto const wrong = test::run(hasher.verify("open sesamf", *made));
    BOOST_REQUIRE(wrong);
    BOOST_TEST(!wrong->matches);
    BOOST_TEST(hasher.done() == 3u);
    BOOST_TEST(hasher.waiting() == 0u);
    BOOST_TEST(hasher.refused() == 0u);
}

BOOST_AUTO_TEST_CASE(says_what_is_to_be_hashed_anew_when_it_matches) {
    Hasher hasher(options(cheap));
    auto const right = test::run(hasher.verify("open sesame", phc));
    BOOST_TEST(right->matches);
    BOOST_TEST(right->needs_rehash);
    auto const wrong = test::run(hasher.verify("no", phc));
    BOOST_TEST(!wrong->matches);
    BOOST_TEST(!wrong->needs_rehash);
}

BOOST_AUTO_TEST_CASE(knows_nobody_without_a_hash) {
    Hasher hasher(options(cheap));
    for (std::string const nothing : {"", "!", "$argon2id$", "open sesame"}) {
        auto const verified = test::run(hasher.verify("open sesame", nothing));
        BOOST_REQUIRE(verified);
        BOOST_TEST(!verified->matches);
        BOOST_TEST(!verified->needs_rehash);
    }
    BOOST_TEST(!test::run(hasher.verify("", ""))->matches);
}

BOOST_AUTO_TEST_CASE(resumes_on_the_loop_that_asked) {
    Hasher hasher(options(cheap, 2));
    auto const on_this_thread = [](Hasher& owner, std::thread::id here) -> Awaitable<bool> {
        auto const made = co_await owner.hash("x");
        co_return made&& std::this_thread::get_id() == here;
    };
    std::vector<std::thread> loops;
    std::atomic<int> right{0};
    for (int n = 0; n < 3; ++n)
        loops.emplace_back([&] {
            for (int i = 0; i < 100; ++i)
                right += test::run(on_this_thread(hasher, std::this_thread::get_id()));
        });
    for (auto& loop : loops)
        loop.join();
    BOOST_TEST(right == 300);
}

BOOST_AUTO_TEST_CASE(refuses_at_once_what_does_not_fit) {
    Hasher hasher(options(slow, 1, 2));
    asio::io_context loop(1);
    for (int i = 0; i < 5; ++i)
        start(loop, hasher);
    std::size_t handled = 0;
    while (handled < 5)
        handled += loop.poll_one();
    BOOST_TEST(std::ranges::count(events, 'b') == 2);
    BOOST_TEST(hasher.refused() == 2u);
    BOOST_TEST(hasher.waiting() <= 3u);
    loop.run();
    BOOST_TEST(std::ranges::count(events, 'y') == 3);
    BOOST_TEST(hasher.done() == 3u);
    auto const later = test::run(hasher.verify("open sesame", phc));
    BOOST_TEST(later->matches);
}

BOOST_AUTO_TEST_CASE(stops_while_some_wait) {
    Hasher hasher(options(slow));
    asio::io_context loop(1);
    for (int i = 0; i < 4; ++i)
        start(loop, hasher);
    loop.poll();
    wait_until([&] { return hasher.waiting() == 3; });
    hasher.stop();
    hasher.stop();
    BOOST_TEST(hasher.done() == 1u);  // what was at work
    loop.restart();
    loop.run();
    std::ranges::sort(events);
    BOOST_TEST(events == "uuuy");
    auto const late = test::run(hasher.hash("x"));
    BOOST_REQUIRE(!late);
    BOOST_TEST((late.error().code == Errc::unavailable));
}

BOOST_AUTO_TEST_CASE(survives_the_loop_of_those_who_wait) {
    Hasher hasher(options(slow, 2));
    for (int i = 0; i < 30; ++i) {
        asio::io_context loop(1);
        for (int n = 0; n < 4; ++n)
            start(loop, hasher);
        loop.poll();
        // Two are at work, perhaps just ready; the others wait.
        std::this_thread::sleep_for(std::chrono::milliseconds(i));
    }
    auto const later = test::run(hasher.verify("open sesame", phc));
    BOOST_REQUIRE(later);
    BOOST_TEST(later->matches);
}

BOOST_AUTO_TEST_CASE(answers_the_cancelled_first) {
    Hasher hasher(options(slow));
    asio::io_context loop(1);
    asio::cancellation_signal signal;
    bool ended = false;
    auto end =
        asio::bind_cancellation_slot(signal.slot(), [&ended](std::exception_ptr) { ended = true; });
    asio::co_spawn(loop, log_in(hasher, "open sesame", phc, events), std::move(end));
    loop.poll();
    signal.emit(asio::cancellation_type::terminal);
    loop.restart();
    loop.poll();
    BOOST_TEST(!ended);
    loop.restart();
    loop.run();
    BOOST_TEST(ended);
    BOOST_TEST(events == "y");
}

// The answers come while the loop shuts down.
BOOST_AUTO_TEST_CASE(survives_loops_that_end_at_any_moment) {
    Hasher hasher(options(cheap, 2));
    auto const quick = auth::hash_password("open sesame", cheap);
    for (int i = 0; i < 1000; ++i) {
        asio::io_context loop(1);
        for (int n = 0; n < 8; ++n)
            asio::co_spawn(loop, log_in(hasher, "open sesame", quick, events), asio::detached);
        loop.poll();
        // Eight hashes take about as long as the longest of these.
        std::this_thread::sleep_for(std::chrono::microseconds(i % 16 * 20));
        if (i % 2 == 0) loop.poll_one();
    }
    wait_until([&] { return hasher.waiting() == 0; });
}

// What a cancelled coroutine has asked for may be answered after it is gone with its loop.
BOOST_AUTO_TEST_CASE(survives_the_loop_of_the_cancelled) {
    Hasher hasher(options(slow));
    for (int i = 0; i < 20; ++i) {
        asio::cancellation_signal signal;
        asio::io_context loop(1);
        auto end = asio::bind_cancellation_slot(signal.slot(), asio::detached);
        asio::co_spawn(loop, log_in(hasher, "open sesame", phc, events), std::move(end));
        loop.poll();
        signal.emit(asio::cancellation_type::all);
        std::this_thread::sleep_for(std::chrono::milliseconds(i));
    }
    wait_until([&] { return hasher.waiting() == 0; });
}

BOOST_AUTO_TEST_CASE(gives_way_to_the_loops) {
    Hasher hasher(options(cheap, 3));
    for (int i = 0; i < 3; ++i)
        BOOST_REQUIRE(test::run(hasher.hash("x")));
    auto const nice = std::min(getpriority(PRIO_PROCESS, 0) + 10, 19);
    auto const nice_threads = [nice] {
        int found = 0;
        for (auto const& task : std::filesystem::directory_iterator("/proc/self/task")) {
            std::string name;
            std::getline(std::ifstream(task.path() / "comm") >> std::ws, name);
            auto const id = static_cast<id_t>(std::stoul(task.path().filename()));
            found += name == "blogd-hash" && getpriority(PRIO_PROCESS, id) == nice;
        }
        return found;
    };
    wait_until([&] { return nice_threads() == 3; });
}

BOOST_AUTO_TEST_SUITE_END()
