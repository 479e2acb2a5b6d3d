#include "pictures/workshop.hpp"

#include "pictures/samples.hpp"
#include "pictures/sandbox.hpp"
#include "support/run.hpp"
#include "support/temp_dir.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <sys/wait.h>
#include <thread>

using namespace blog;
using namespace blog::pictures;
using namespace blog::test;
using namespace std::chrono_literals;
namespace data = boost::unit_test::data;
using Clock = std::chrono::steady_clock;

namespace {

struct IgnorePipes {
    IgnorePipes() { std::signal(SIGPIPE, SIG_IGN); }
};

// A workshop whose workers behave as `kind` says (worker_process.cpp), and its log.
class Site : IgnorePipes {
public:
    explicit Site(std::string const& kind, Workshop::Options options = {}) {
        log_options_.events = folder_.file("log");
        log_.emplace(log_options_);
        options.program = folder_.file(kind);
        std::filesystem::create_symlink(BLOG_WORKER_PROCESS, options.program);
        workshop_.emplace(std::move(options), *log_);
    }
    Workshop& operator*() { return *workshop_; }
    Result<std::string> make(std::string upload) { return run(workshop_->make(std::move(upload))); }
    std::string log() {
        log_.emplace(log_options_);  // ends the old one, which writes what it has
        return read_file(folder_.file("log"));
    }

private:
    TempDir folder_;
    Log::Options log_options_;
    std::optional<Log> log_;
    std::optional<Workshop> workshop_;
};

bool no_children_left() {
    return ::waitid(P_ALL, 0, nullptr, WEXITED | WNOHANG | WNOWAIT) < 0 && errno == ECHILD;
}

Workshop::Options quick(std::chrono::milliseconds time_max) {
    Workshop::Options options;
    options.time_max = time_max;
    return options;
}

// Starts make() and counts how it ends.
struct Counts {
    int made = 0, busy = 0, invalid = 0;
};
Awaitable<void> count(Workshop& workshop, std::string upload, Counts& counts) {
    auto const result = co_await workshop.make(std::move(upload));
    if (result)
        ++counts.made;
    else
        ++(result.error().code == Errc::busy ? counts.busy : counts.invalid);
}
void start(asio::io_context& loop, Workshop& workshop, std::string upload, Counts& counts) {
    asio::co_spawn(loop, count(workshop, std::move(upload), counts), asio::detached);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(workshop)

BOOST_AUTO_TEST_CASE(makes_pictures) {
    Site site("works");
    for (auto const& upload : {jpeg(noise(1600, 1100), {.orientation = 6}), png(noise(700, 700))}) {
        auto const result = site.make(upload);
        BOOST_REQUIRE(result);
        BOOST_TEST(plain_jpeg(*result).value().width == 300u);
    }
    BOOST_TEST(no_children_left());
    BOOST_TEST(site.log() == "");
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_picture_without_a_word_in_the_log) {
    Site site("works");
    for (auto const& upload :
         {std::string("hello"), std::string(), jpeg(noise(99, 99)).substr(0, 999)}) {
        auto const result = site.make(upload);
        BOOST_REQUIRE(!result);
        BOOST_TEST((result.error().code == Errc::picture_invalid));
    }
    BOOST_TEST(site.log() == "");
}

BOOST_AUTO_TEST_CASE(the_options_reach_the_worker) {
    Workshop::Options options;
    options.pixels_max = 10'000;
    options.upload_bytes_max = 100'000;
    Site site("works", options);
    BOOST_TEST(!!site.make(png(quarters(100, 100))));
    BOOST_TEST(!site.make(png(quarters(100, 101))));
    auto const padded = png(quarters(100, 100)) + std::string(100'001, ' ');
    BOOST_TEST(!site.make(padded));
    BOOST_TEST(!!site.make(padded.substr(0, 100'000)));
}

BOOST_AUTO_TEST_CASE(takes_large_uploads) {
    Site site("works");
    auto upload = png(quarters(64, 64));
    upload.resize(5u << 20);
    BOOST_TEST(!!site.make(upload));
}

struct Misfortune {
    char const *kind, *logged;
    bool needs_sandbox = false;
};
std::ostream& operator<<(std::ostream& out, Misfortune const& m) {
    return out << m.kind;
}

Misfortune const misfortunes[] = {
    {"crashes", "was ended by signal 11"},
    {"floods", "was ended by signal 9"},
    {"lies", "wrote something that is no picture"},
    {"spins", "was ended by signal"},
    {"opens", "was ended by signal 31", true},
    {"connects", "was ended by signal 31", true},
    {"forks", "was ended by signal 31", true},
    {"executes", "was ended by signal 31", true},
    {"kills", "was ended by signal 31", true},
    {"maps-code", "was ended by signal 31", true},
    {"reads-other", "was ended by signal 31", true},
    {"allocates", "needed more memory than it may have", true},
};

BOOST_DATA_TEST_CASE(the_end_of_a_worker_is_a_refusal_and_a_warning, data::make(misfortunes),
                     given) {
    if (given.needs_sandbox && !sandbox_is_complete) return;
    Site site(given.kind);
    auto const result = site.make(std::string(300'000, 'x'));
    BOOST_REQUIRE(!result);
    BOOST_TEST((result.error().code == Errc::picture_invalid));
    auto const log = site.log();
    BOOST_TEST(log.find(given.logged) != log.npos, log);
    BOOST_TEST(log.find("xxx") == log.npos);
    BOOST_TEST(no_children_left());
}

BOOST_AUTO_TEST_CASE(a_worker_that_refuses_without_reading_is_no_misfortune) {
    Site site("refuses-early");
    BOOST_TEST((site.make(std::string(4u << 20, 'x')).error().code == Errc::picture_invalid));
    BOOST_TEST(site.log() == "");
}

BOOST_AUTO_TEST_CASE(a_worker_that_does_not_work_is_an_exception) {
    Site site("fails");
    BOOST_CHECK_THROW(static_cast<void>(site.make("x")), std::runtime_error);
    Workshop::Options options;
    options.program = "/no/such/program";
    Log log(Log::Options{});
    Workshop none(options, log);
    BOOST_CHECK_THROW(static_cast<void>(run(none.make("x"))), std::runtime_error);
    BOOST_TEST(no_children_left());
}

BOOST_AUTO_TEST_CASE(workers_that_hang_are_killed_in_time) {
    for (auto const* kind : {"hangs", "hangs-after-input"}) {
        Site site(kind, quick(200ms));
        auto const began = Clock::now();
        BOOST_TEST((site.make(std::string(300'000, 'x')).error().code == Errc::picture_invalid));
        auto const took = Clock::now() - began;
        BOOST_TEST((took >= 200ms && took < 5s));
        BOOST_TEST(site.log().find("took too long") != std::string::npos);
        BOOST_TEST(no_children_left());
    }
}

BOOST_AUTO_TEST_CASE(workers_inherit_nothing) {
    Site site("inherits");
    int const leak = ::open("/dev/null", O_RDONLY);  // without O_CLOEXEC
    BOOST_TEST(!!site.make("x"));
    ::close(leak);
}

BOOST_AUTO_TEST_CASE(the_queue_is_bounded_and_the_rest_wait_their_turn) {
    auto options = quick(10s);
    options.parallel = 1;
    options.queue_max = 3;
    Site site("works", options);
    asio::io_context loop(1);
    Counts counts;
    auto const upload = png(quarters(50, 50));
    for (int i = 0; i < 6; ++i)
        start(loop, *site, upload, counts);
    loop.run();
    BOOST_TEST(counts.made == 4);
    BOOST_TEST(counts.busy == 2);
}

BOOST_AUTO_TEST_CASE(who_waits_too_long_is_told) {
    auto options = quick(300ms);
    options.parallel = 1;
    Site site("hangs", options);
    asio::io_context loop(1);
    Counts counts;
    for (int i = 0; i < 5; ++i)
        start(loop, *site, "x", counts);
    auto const began = Clock::now();
    loop.run();
    BOOST_TEST((Clock::now() - began < 3s));
    BOOST_TEST(counts.invalid + counts.busy == 5);
    BOOST_TEST(counts.busy >= 3);
}

BOOST_AUTO_TEST_CASE(several_loops_share_the_workers) {
    auto options = quick(60s);
    options.queue_max = 100;
    Site site("works", options);
    auto const upload = png(quarters(50, 50));
    std::array<Counts, 3> counts;
    std::vector<std::thread> threads;
    for (auto& mine : counts)
        threads.emplace_back([&site, &mine, &upload] {
            asio::io_context loop(1);
            for (int i = 0; i < 10; ++i)
                start(loop, *site, upload, mine);
            loop.run();
        });
    for (auto& thread : threads)
        thread.join();
    for (auto const& mine : counts)
        BOOST_TEST(mine.made == 10);
    BOOST_TEST(no_children_left());
}

BOOST_AUTO_TEST_CASE(a_loop_that_ends_takes_its_workers_along) {
    Site site("hangs");
    {
        asio::io_context loop(1);
        Counts counts;
        for (int i = 0; i < 4; ++i)  // two of them wait in the queue
            start(loop, *site, std::string(300'000, 'x'), counts);
        loop.run_for(100ms);
    }
    BOOST_TEST(no_children_left());
    asio::io_context loop(1);  // and gives back what it had
    Counts counts;
    for (int i = 0; i < 2; ++i)
        start(loop, *site, "x", counts);
    loop.run_for(50ms);
    BOOST_TEST(!no_children_left());
}

BOOST_AUTO_TEST_CASE(the_loop_goes_on_meanwhile) {
    Site site("hangs", quick(300ms));
    asio::io_context loop(1);
    Counts counts;
    start(loop, *site, std::string(300'000, 'x'), counts);
    int ticks = 0;
    asio::steady_timer timer(loop);
    std::function<void(boost::system::error_code)> const tick = [&](auto) {
        if (counts.invalid > 0) return;
        ++ticks;
        timer.expires_after(10ms);
        timer.async_wait(tick);
    };
    tick({});
    loop.run();
    BOOST_TEST(ticks > 10);
}

BOOST_AUTO_TEST_SUITE_END()
