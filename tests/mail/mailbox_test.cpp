#include "mail/mailbox.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

using namespace blog::mail;
namespace data = boost::unit_test::data;

namespace {

char const* const refused[] = {"",
                               "@",
                               "a",
                               "a@",
                               "@b.org",
                               "a b@c.org",
                               "a@b.org\r\nRCPT TO:<x@y.org>",
                               "a\r\nDATA@b.org",
                               "a@b.org>",
                               "<a@b.org",
                               "a@b.org, c@d.org",
                               "\"a b\"@c.org",
                               "a\x01@b.org",
                               "a@b\x01.org",
                               "a@b_c.org",
                               "a@-b.org",
                               "a..b@c.org",
                               ".a@b.org",
                               "a.@b.org",
                               "a@[127.0.0.1]",
                               "a(b)@c.org",
                               "a;b@c.org",
                               "a\\@b.org",
                               "a@b..org",
                               "a@c@b.org",
                               "a@b.org SIZE=1",
                               "\xff@b\xff.org"};

}  // namespace

BOOST_AUTO_TEST_SUITE(mailboxes)

BOOST_DATA_TEST_CASE(what_is_no_address_reaches_no_command, data::make(refused), address) {
    BOOST_TEST(!wire_address(address));
}

BOOST_AUTO_TEST_CASE(nor_does_what_is_too_long_or_holds_nul) {
    BOOST_TEST(!wire_address(std::string("a\0b@c.org", 9)));
    BOOST_TEST(!wire_address("a@b.org" + std::string(250, 'g')));
    BOOST_TEST(!wire_address(std::string(250, 'a') + "@b.org"));
}

BOOST_AUTO_TEST_CASE(addresses_stay_as_they_are) {
    BOOST_TEST(wire_address("o'hara+tag=x/y@mail.example.org").value() ==
               "o'hara+tag=x/y@mail.example.org");
    BOOST_TEST(wire_address("a@localhost").value() == "a@localhost");
}

BOOST_AUTO_TEST_CASE(domains_get_their_ascii_form) {
    BOOST_TEST(wire_address("a@bücher.com").value() == "a@xn--bcher-kva.com");
    BOOST_TEST(wire_address("a@straße.de").value() == "a@xn--strae-oqa.de");
    BOOST_TEST(wire_address("ü@bücher.com").value() == "ü@xn--bcher-kva.com");
}

BOOST_AUTO_TEST_CASE(a_name_may_stand_before_an_address) {
    auto const plain = parse_mailbox(" noreply@example.org ");
    BOOST_REQUIRE(plain.has_value());
    BOOST_TEST(plain->name == "");
    BOOST_TEST(plain->address == "noreply@example.org");
    auto const named = parse_mailbox("The Blog <noreply@example.org>");
    BOOST_REQUIRE(named.has_value());
    BOOST_TEST(named->name == "The Blog");
    BOOST_TEST(named->address == "noreply@example.org");
    BOOST_TEST(parse_mailbox("\"A, B\" <a@b.org>").value().name == "A, B");
    BOOST_TEST(!parse_mailbox("The Blog"));
    BOOST_TEST(!parse_mailbox("<a@b.org"));
    BOOST_TEST(!parse_mailbox("a@b.org, c@d.org"));
    BOOST_TEST(!parse_mailbox(""));
}

BOOST_AUTO_TEST_SUITE_END()
