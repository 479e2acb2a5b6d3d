// What a client has seen, told and read back.
#include "handlers/seen.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

using namespace blog;
using namespace blog::handlers;
using namespace std::chrono_literals;
namespace data = boost::unit_test::data;

namespace {

Version read(std::string_view cookie) {
    net::HeaderView const lines[] = {{"cookie", cookie}};
    net::Request::Parts parts;
    parts.headers = lines;
    return seen_by(net::Request(parts));
}

std::string told(Version version, Version before, Generations const& generations) {
    net::Response response(net::Status::ok);
    tell_seen(response, version, before, generations, 3s);
    return std::string(response.extra_lines());
}

struct Cookie {
    char const* line;
    Version seen;
};
std::ostream& operator<<(std::ostream& out, Cookie const& c) {
    return out << c.line;
}

constexpr Cookie cookies[] = {
    {"blogd-seen=1f", 0x1f},
    {"a=b; blogd-seen=1F; c=d", 0x1f},
    {"blogd-seen=1; blogd-seen=3; blogd-seen=2", 3},
    {"blogd-seen=ffffffffffffffff", UINT64_MAX},
    {"blogd-seen=fffffffffffffffff", 0},
    {"blogd-seen=", 0},
    {"blogd-seen", 0},
    {"blogd-seen=xyz", 0},
    {"blogd-seen=-1", 0},
    {"blogd-seenx=1", 0},
    {"xblogd-seen=1", 0},
    {";;; ; blogd-seen=5;", 5},
    {"", 0},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(seen)

BOOST_DATA_TEST_CASE(the_cookie_is_found_among_others, data::make(cookies)) {
    BOOST_TEST(read(sample.line) == sample.seen);
}

BOOST_AUTO_TEST_CASE(a_client_is_told_what_comes_back) {
    Generations const generations;
    auto const line = told(0xabc, 0, generations);
    BOOST_TEST(line == "Set-Cookie: blogd-seen=abc; Max-Age=3; Path=/; HttpOnly; SameSite=Lax\r\n");
    BOOST_TEST(read("blogd-seen=abc") == 0xabcu);
}

BOOST_AUTO_TEST_CASE(a_client_is_told_nothing_that_it_or_everybody_knows) {
    Generations generations;
    BOOST_TEST(told(0, 0, generations) == "", "a store of one server has no versions");
    BOOST_TEST(told(7, 7, generations) == "");
    BOOST_TEST(told(7, 9, generations) == "");
    generations.settle(7);
    BOOST_TEST(told(7, 0, generations) == "");
    BOOST_TEST(told(8, 0, generations) != "");
}

BOOST_AUTO_TEST_SUITE_END()
