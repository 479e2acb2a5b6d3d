#include "net/compressor.hpp"

#include "net/support/unpack.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <random>
#include <string>
#include <thread>
#include <vector>

using namespace blog::net;

namespace {

namespace asio = boost::asio;

FinishedPtr page(std::string_view body) {
    return std::make_shared<Finished const>("text/html", Coding::identity, etag_of(body),
                                            "Vary: Accept-Encoding\r\n", body);
}

// A loop whose handlers run in the test's thread.
struct Fixture {
    asio::io_context loop{1};
    std::vector<FinishedPtr> made;

    Compressor::Done keep() {
        return [this](FinishedPtr answer) { made.push_back(std::move(answer)); };
    }
    template <class Condition>
    bool run_until(Condition condition) {
        for (int i = 0; i < 5000 && !condition(); ++i) {
            loop.restart();
            loop.poll();
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        return condition();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(compressor, Fixture)

BOOST_AUTO_TEST_CASE(packs_on_its_thread_and_answers_on_the_loop) {
    Compressor compressor(4);
    std::string const text(20'000, 'a');
    auto const source = page(text);
    std::thread::id where;
    auto const done = [&](FinishedPtr answer) {
        where = std::this_thread::get_id();
        made.push_back(std::move(answer));
    };
    for (auto const coding : {Coding::gzip, Coding::brotli})
        BOOST_TEST(compressor.submit(source, coding, loop.get_executor(), done));
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    BOOST_TEST(made.empty());  // not before the loop runs
    BOOST_REQUIRE(run_until([&] { return made.size() == 2; }));
    BOOST_TEST((where == std::this_thread::get_id()));
    for (std::size_t i = 0; i < 2; ++i) {
        auto const coding = i == 0 ? Coding::gzip : Coding::brotli;
        BOOST_TEST((unpack(coding, made[i]->body()) == text));
        BOOST_TEST(made[i]->etag() == with_coding(source->etag(), coding));
        BOOST_TEST(made[i]->lines() == source->lines());
        BOOST_TEST(made[i]->type() == source->type());
        BOOST_TEST(made[i]->head().find("Content-Encoding: " + std::string(to_string(coding))) !=
                   std::string_view::npos);
    }
}

BOOST_AUTO_TEST_CASE(says_nothing_when_nothing_is_gained) {
    Compressor compressor(4);
    std::mt19937 random(1);
    std::string noise(5000, '\0');
    for (auto& c : noise)
        c = static_cast<char>(random());
    compressor.submit(page(noise), Coding::gzip, loop.get_executor(), keep());
    compressor.submit(page(std::string(5000, 'a')), Coding::gzip, loop.get_executor(), keep());
    BOOST_REQUIRE(run_until([&] { return !made.empty(); }));
    BOOST_TEST(made.size() == 1u);
}

BOOST_AUTO_TEST_CASE(takes_so_many_jobs_and_no_more) {
    Compressor compressor(2);
    std::string text;
    for (int i = 0; text.size() < (1u << 20); ++i)
        text += std::to_string(i * 7919);
    auto const slow = page(text);
    int taken = 0;
    for (int i = 0; i < 20; ++i)
        taken += compressor.submit(slow, Coding::brotli, loop.get_executor(), keep());
    BOOST_TEST(taken >= 2);
    BOOST_TEST(taken <= 4);  // two wait, and one or two were begun
    BOOST_TEST(run_until([&] { return made.size() == static_cast<std::size_t>(taken); }));
    BOOST_TEST(compressor.submit(slow, Coding::gzip, loop.get_executor(), keep()));
}

BOOST_AUTO_TEST_CASE(takes_nothing_after_its_end) {
    Compressor compressor(100);
    auto const source = page(std::string(50'000, 'a'));
    for (int i = 0; i < 50; ++i)
        compressor.submit(source, Coding::brotli, loop.get_executor(), keep());
    compressor.stop();
    compressor.stop();
    BOOST_TEST(!compressor.submit(source, Coding::gzip, loop.get_executor(), keep()));
    loop.poll();
    auto const so_many = made.size();
    BOOST_TEST(so_many <= 50u);
    loop.restart();
    loop.poll();
    BOOST_TEST(made.size() == so_many);
}

BOOST_AUTO_TEST_CASE(lets_go_of_what_it_has_packed) {
    Compressor compressor(4);
    auto const source = page(std::string(5000, 'a'));
    std::weak_ptr<Finished const> const watched = source;
    compressor.submit(source, Coding::gzip, loop.get_executor(), keep());
    BOOST_REQUIRE(run_until([&] { return !made.empty(); }));
    BOOST_TEST(run_until([&] { return watched.use_count() == 1; }));
}

BOOST_AUTO_TEST_CASE(serves_many_loops_at_once) {
    Compressor compressor(10'000);
    std::atomic<int> wrong{0};
    std::vector<std::thread> loops;
    for (int n = 0; n < 4; ++n)
        loops.emplace_back([&, n] {
            Fixture own;
            std::string const text(3000 + static_cast<std::size_t>(n), static_cast<char>('a' + n));
            for (int i = 0; i < 200; ++i)
                compressor.submit(page(text), Coding::gzip, own.loop.get_executor(), own.keep());
            if (!own.run_until([&] { return own.made.size() == 200; })) ++wrong;
            for (auto const& one : own.made)
                if (unpack_gzip(one->body()) != text) ++wrong;
        });
    for (auto& thread : loops)
        thread.join();
    BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_SUITE_END()
