#include "log.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

using namespace blog;

namespace {

// A file in memory that the log opens by its /proc name: no disk in a unit test.
struct MemoryFile {
    int fd = ::memfd_create("log", 0);
    ~MemoryFile() { ::close(fd); }
    std::string path() const { return "/proc/self/fd/" + std::to_string(fd); }
    std::string text() const {
        std::string out(1u << 16, '\0');
        auto const n = ::pread(fd, out.data(), out.size(), 0);
        out.resize(n < 0 ? 0 : static_cast<std::size_t>(n));
        return out;
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(log_file)

BOOST_AUTO_TEST_CASE(an_event_is_one_line_whatever_it_holds) {
    MemoryFile file;
    { Log(Log::Options{.events = file.path(), .access = "off"}).warning("two\nlines"); }
    auto const text = file.text();
    BOOST_TEST(text.ends_with("Z warning two lines\n"));
    BOOST_TEST(std::count(text.begin(), text.end(), '\n') == 1);
}

BOOST_AUTO_TEST_CASE(events_below_the_level_are_left_out) {
    MemoryFile file;
    {
        Log log(Log::Options{.events = file.path(), .access = "off", .level = LogLevel::error});
        log.warning("not me");
    }
    BOOST_TEST(file.text() == "");
}

BOOST_AUTO_TEST_CASE(an_access_line_in_json_is_an_object) {
    MemoryFile file;
    {
        Log log(Log::Options{.access = file.path(), .format = Log::Format::json});
        log.access({"GET", "/posts/{post_id}", 200, 512, std::chrono::microseconds(87)});
    }
    BOOST_TEST(file.text().ends_with(
        R"("method":"GET","route":"/posts/{post_id}","status":200,"bytes":512,"us":87})"
        "\n"));
}

BOOST_AUTO_TEST_CASE(lines_beyond_the_buffer_are_counted) {
    MemoryFile file;
    {
        Log log(Log::Options{.events = file.path(), .access = "off", .buffer_bytes_max = 10});
        log.error("longer than ten bytes");
    }
    BOOST_TEST(file.text() == "warning: the log is too slow, 1 lines were dropped\n");
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_opened_is_an_error) {
    BOOST_CHECK_THROW(Log(Log::Options{.events = "/nonexistent/dir/x"}), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()
