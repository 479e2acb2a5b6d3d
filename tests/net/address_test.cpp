#include "net/address.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>

using namespace blog::net;
namespace data = boost::unit_test::data;

namespace {

std::string text_of(Address const& address) {
    std::array<char, Address::text_bytes_max> buffer;
    return std::string(address.to_text(buffer));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(address)

struct Spelling {
    char const *written, *canonical;
};
std::ostream& operator<<(std::ostream& out, Spelling const& s) {
    return out << s.written;
}

Spelling const good[] = {
    {"127.0.0.1", "127.0.0.1"},
    {"0.0.0.0", "0.0.0.0"},
    {"255.255.255.255", "255.255.255.255"},
    {"::1", "::1"},
    {"::", "::"},
    {"2001:DB8:0:0::1", "2001:db8::1"},
    {"::ffff:192.0.2.1", "192.0.2.1"},
    {"fe80::1", "fe80::1"},
};

BOOST_DATA_TEST_CASE(reads_an_address_and_writes_it_in_one_way, data::make(good), spelling) {
    auto const parsed = Address::parse(spelling.written);
    BOOST_REQUIRE(parsed);
    BOOST_TEST(text_of(*parsed) == spelling.canonical);
    BOOST_TEST((Address::parse(spelling.canonical) == parsed));
}

BOOST_DATA_TEST_CASE(refuses_what_is_no_address,
                     data::make({"", "1", "1.2.3", "1.2.3.4.5", "256.0.0.1", "1.2.3.4 ",
                                 "localhost", "[::1]", "::1%eth0", "1.2.3.4:80", "01.2.3.4",
                                 ":::", "12345::",
                                 "0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0"}),
                     text) {
    BOOST_TEST(!Address::parse(text));
}

BOOST_AUTO_TEST_CASE(a_nul_is_no_end) {
    BOOST_TEST(!Address::parse(std::string_view("127.0.0.1\0", 10)));
}

BOOST_AUTO_TEST_CASE(reads_the_peer_of_a_socket) {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    ::inet_pton(AF_INET, "198.51.100.7", &in.sin_addr);
    BOOST_TEST(text_of(Address::of(reinterpret_cast<sockaddr const&>(in))) == "198.51.100.7");

    sockaddr_in6 in6{};
    in6.sin6_family = AF_INET6;
    ::inet_pton(AF_INET6, "2001:db8::7", &in6.sin6_addr);
    BOOST_TEST(text_of(Address::of(reinterpret_cast<sockaddr const&>(in6))) == "2001:db8::7");

    sockaddr un{};
    un.sa_family = AF_UNIX;
    BOOST_TEST(text_of(Address::of(un)) == "unix");
    BOOST_TEST(Address::of(un).is_unix());
}

BOOST_AUTO_TEST_CASE(knows_loopback) {
    BOOST_TEST(Address().is_loopback());
    BOOST_TEST(Address::parse("127.0.0.1")->is_loopback());
    BOOST_TEST(Address::parse("127.9.9.9")->is_loopback());
    BOOST_TEST(Address::parse("::ffff:127.0.0.1")->is_loopback());
    BOOST_TEST(Address::parse("::1")->is_loopback());
    BOOST_TEST(!Address::parse("0.0.0.0")->is_loopback());
    BOOST_TEST(!Address::parse("::")->is_loopback());
    BOOST_TEST(!Address::parse("128.0.0.1")->is_loopback());
}

BOOST_AUTO_TEST_CASE(compares_prefixes_bit_by_bit) {
    auto const a = *Address::parse("10.1.2.3"), b = *Address::parse("10.1.2.2");
    BOOST_TEST(a.same_prefix(b, 96 + 31));
    BOOST_TEST(!a.same_prefix(b, 128));
    BOOST_TEST(a.same_prefix(a, 128));
    BOOST_TEST(a.same_prefix(*Address::parse("::1"), 0));
    BOOST_TEST(!a.same_prefix(*Address::parse("138.1.2.3"), 97));
}

BOOST_AUTO_TEST_SUITE_END()
