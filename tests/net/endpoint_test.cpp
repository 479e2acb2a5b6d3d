#include "net/endpoint.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <stdexcept>

using namespace blog::net;
namespace data = boost::unit_test::data;

BOOST_AUTO_TEST_SUITE(endpoint)

struct Spelling {
    char const* text;
    bool loopback;
};
std::ostream& operator<<(std::ostream& out, Spelling const& s) {
    return out << s.text;
}

Spelling const good[] = {
    {"127.0.0.1:8000", true},   {"[::1]:8000", true},         {"unix:/run/blogd.sock", true},
    {"unix:relative", true},    {"0.0.0.0:80", false},        {"[::]:0", false},
    {"192.0.2.1:65535", false}, {"[2001:db8::1]:443", false},
};

BOOST_DATA_TEST_CASE(writes_what_it_has_read, data::make(good), spelling) {
    auto const parsed = Endpoint::parse(spelling.text);
    BOOST_TEST(parsed.text() == spelling.text);
    BOOST_TEST(parsed.is_loopback() == spelling.loopback);
    BOOST_TEST(parsed.is_unix() == std::string_view(spelling.text).starts_with("unix:"));
}

BOOST_AUTO_TEST_CASE(tells_the_port_and_the_path) {
    BOOST_TEST(Endpoint::parse("127.0.0.1:8000").port() == 8000);
    BOOST_TEST(Endpoint::parse("unix:/tmp/x").path() == "/tmp/x");
    auto any = Endpoint::parse("127.0.0.1:0");
    any.set_port(4711);
    BOOST_TEST(any.text() == "127.0.0.1:4711");
}

struct Mistake {
    char const *text, *reason;
};
std::ostream& operator<<(std::ostream& out, Mistake const& m) {
    return out << m.text;
}

Mistake const bad[] = {
    {"", "the port is missing"},
    {"127.0.0.1", "the port is missing"},
    {"8000", "the port is missing"},
    {":8000", "names are not resolved"},
    {"localhost:8000", "names are not resolved"},
    {"[127.0.0.1]:8000", "names are not resolved"},
    {"::1:8000", "an IPv6 address is written in brackets"},
    {"[::1]", "brackets"},
    {"127.0.0.1:", "a port is a number"},
    {"127.0.0.1:65536", "a port is a number"},
    {"127.0.0.1:-1", "a port is a number"},
    {"127.0.0.1:80x", "a port is a number"},
    {"unix:", "a socket file needs a name"},
};

BOOST_DATA_TEST_CASE(says_what_is_wrong_and_what_is_accepted, data::make(bad), mistake) {
    auto const says_so = [&](std::invalid_argument const& e) {
        std::string_view const what = e.what();
        return what.find(mistake.reason) != what.npos && what.find("127.0.0.1:8000") != what.npos;
    };
    BOOST_CHECK_EXCEPTION(Endpoint::parse(mistake.text), std::invalid_argument, says_so);
}

BOOST_AUTO_TEST_CASE(a_socket_path_has_a_limit) {
    BOOST_CHECK_NO_THROW(Endpoint::parse("unix:" + std::string(107, 'p')));
    BOOST_CHECK_THROW(Endpoint::parse("unix:" + std::string(108, 'p')), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
