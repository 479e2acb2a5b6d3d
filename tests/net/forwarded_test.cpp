#include "net/forwarded.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>
#include <vector>

using namespace blog::net;
namespace data = boost::unit_test::data;

namespace {

std::string client_of(char const* peer, std::vector<HeaderView> const& headers,
                      char const* trusted = "loopback, 10.0.0.0/8, unix") {
    auto const proxies = TrustedProxies::parse(trusted);
    auto const from = std::string_view(peer) == "unix" ? Address() : *Address::parse(peer);
    std::array<char, Address::text_bytes_max> buffer;
    return std::string(resolve_origin(from, headers, proxies).client.to_text(buffer));
}

bool secure(char const* peer, std::vector<HeaderView> const& headers) {
    auto const proxies = TrustedProxies::parse("loopback");
    return resolve_origin(*Address::parse(peer), headers, proxies).secure;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(forwarded)

struct Chain {
    char const *peer, *field, *client;
};
std::ostream& operator<<(std::ostream& out, Chain const& c) {
    return out << c.peer << " <- " << c.field;
}

Chain const chains[] = {
    {"127.0.0.1", "203.0.113.9", "203.0.113.9"},
    {"::1", "2001:db8::9", "2001:db8::9"},
    {"unix", "203.0.113.9", "203.0.113.9"},
    {"203.0.113.1", "1.1.1.1", "203.0.113.1"},              // not a proxy of ours
    {"127.0.0.1", "1.1.1.1, 203.0.113.9", "203.0.113.9"},   // what the client itself claims
    {"127.0.0.1", "203.0.113.9, 10.0.0.3", "203.0.113.9"},  // through two of ours
    {"127.0.0.1", "10.0.0.4,10.0.0.3", "10.0.0.4"},         // all ours: the farthest
    {"127.0.0.1", "nonsense, 10.0.0.3", "10.0.0.3"},        // the last one that is known
    {"127.0.0.1", "1.1.1.1, nonsense", "127.0.0.1"},
    {"127.0.0.1", "", "127.0.0.1"},
    {"127.0.0.1", ",", "127.0.0.1"},
    {"127.0.0.1", "203.0.113.9:1234", "203.0.113.9"},
    {"127.0.0.1", "[2001:db8::9]:1234", "2001:db8::9"},
    {"127.0.0.1", "[2001:db8::9", "127.0.0.1"},
    {"127.0.0.1", " \t203.0.113.9 ", "203.0.113.9"},
    {"127.0.0.1", "::ffff:203.0.113.9", "203.0.113.9"},
    {"127.0.0.1", "unknown", "127.0.0.1"},
};

BOOST_DATA_TEST_CASE(finds_the_client, data::make(chains), chain) {
    BOOST_TEST(client_of(chain.peer, {{"Host", "x"}, {"x-forwarded-for", chain.field}}) ==
               chain.client);
}

BOOST_AUTO_TEST_CASE(several_fields_are_one_list) {
    BOOST_TEST(client_of("127.0.0.1", {{"X-Forwarded-For", "1.1.1.1"},
                                       {"X-Forwarded-For", "203.0.113.9, 10.0.0.3"},
                                       {"X-Forwarded-For", "10.0.0.1"}}) == "203.0.113.9");
}

BOOST_AUTO_TEST_CASE(without_the_field_the_peer_is_the_client) {
    BOOST_TEST(client_of("127.0.0.1", {}) == "127.0.0.1");
    BOOST_TEST(client_of("unix", {}) == "unix");
}

BOOST_AUTO_TEST_CASE(nobody_is_trusted_by_none) {
    BOOST_TEST(client_of("127.0.0.1", {{"X-Forwarded-For", "1.1.1.1"}}, "none") == "127.0.0.1");
    BOOST_TEST(client_of("unix", {{"X-Forwarded-For", "1.1.1.1"}}, "loopback") == "unix");
}

BOOST_AUTO_TEST_CASE(takes_the_scheme_from_a_trusted_proxy) {
    BOOST_TEST(secure("127.0.0.1", {{"X-Forwarded-Proto", "https"}}));
    BOOST_TEST(secure("127.0.0.1", {{"X-Forwarded-Proto", "http, HTTPS"}}));
    BOOST_TEST(!secure("127.0.0.1", {{"X-Forwarded-Proto", "https, http"}}));
    BOOST_TEST(!secure("127.0.0.1", {{"X-Forwarded-Proto", "http"}}));
    BOOST_TEST(!secure("127.0.0.1", {}));
    BOOST_TEST(!secure("203.0.113.1", {{"X-Forwarded-Proto", "https"}}));
}

BOOST_AUTO_TEST_CASE(networks_count_bits) {
    auto const proxies = TrustedProxies::parse("192.0.2.128/25, 2001:db8::/33,198.51.100.1");
    BOOST_TEST(proxies.trusts(*Address::parse("192.0.2.128")));
    BOOST_TEST(proxies.trusts(*Address::parse("192.0.2.255")));
    BOOST_TEST(!proxies.trusts(*Address::parse("192.0.2.127")));
    BOOST_TEST(proxies.trusts(*Address::parse("2001:db8:7fff::1")));
    BOOST_TEST(!proxies.trusts(*Address::parse("2001:db8:8000::1")));
    BOOST_TEST(proxies.trusts(*Address::parse("198.51.100.1")));
    BOOST_TEST(!proxies.trusts(*Address::parse("198.51.100.2")));
    BOOST_TEST(!proxies.trusts(Address()));
}

BOOST_AUTO_TEST_CASE(an_empty_list_trusts_nobody) {
    BOOST_TEST(!TrustedProxies::parse("").trusts(*Address::parse("127.0.0.1")));
    BOOST_TEST(!TrustedProxies::parse("  ").trusts(Address()));
}

BOOST_DATA_TEST_CASE(names_the_part_that_is_wrong,
                     data::make({"localhost", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "::/129",
                                 "10.0.0.0/8x", "1.2.3.4:80", "none", "nginx"}),
                     part) {
    auto const says_so = [&](std::invalid_argument const& e) {
        return std::string_view(e.what()).find("\"" + std::string(part) + "\"") == 0;
    };
    BOOST_CHECK_EXCEPTION(TrustedProxies::parse("loopback, " + std::string(part)),
                          std::invalid_argument, says_so);
}

BOOST_AUTO_TEST_SUITE_END()
