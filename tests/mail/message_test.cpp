#include "mail/message.hpp"

#include "support/manual_clock.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string_view>

using namespace blog;
using namespace blog::mail;

namespace {

Message some_message() {
    Message message;
    message.from = {"The Blog", "noreply@bücher.com"};
    message.to = {"alice", "alice@example.org"};
    message.subject = "Hello";
    message.date = test::ManualClock::start;
    return message;
}

// As a reader takes it for whom any line end ends a line.
std::string lines_of(Head const& head) {
    std::string all = "\n";
    for (auto const& line : head.lines)
        all += line + "\r\n";
    std::ranges::replace(all, '\r', '\n');
    return all;
}

bool has(std::string const& text, std::string_view part) {
    return text.find(part) != text.npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(message_heads)

BOOST_AUTO_TEST_CASE(a_head_says_who_what_and_when) {
    auto const head = make_head(some_message(), "abc123");
    BOOST_REQUIRE(head.has_value());
    BOOST_TEST(head->from == "noreply@xn--bcher-kva.com");
    BOOST_TEST(head->to == "alice@example.org");
    std::vector<std::string> const wanted{
        "From: \"The Blog\"\r\n <noreply@xn--bcher-kva.com>",
        "To: \"alice\"\r\n <alice@example.org>",
        "Subject: Hello",
        "Date: Mon, 08 Jun 2026 12:00:00 +0000",
        "Message-ID: <abc123@xn--bcher-kva.com>",
        "Auto-Submitted: auto-generated",
    };
    BOOST_TEST(head->lines == wanted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(no_name_no_quotes) {
    auto message = some_message();
    message.to.name.clear();
    BOOST_TEST(make_head(message, "x")->lines[1] == "To: <alice@example.org>");
}

BOOST_AUTO_TEST_CASE(names_and_subjects_add_no_header) {
    for (std::string const evil :
         {"x\r\nBcc: victim@example.org", "x\nBcc: v@example.org", "x\rBcc: v@example.org",
          "x\"\r\nBcc: v@example.org\r\n\r\nbody", "é\r\n\r\nBcc: v@example.org"}) {
        auto message = some_message();
        message.from.name = message.to.name = message.subject = evil;
        auto const head = make_head(message, "x");
        BOOST_REQUIRE(head.has_value());
        auto const lines = lines_of(*head);
        BOOST_TEST(!has(lines, "\nBcc:"));
        BOOST_TEST(!has(lines, "\nbody"));
        BOOST_TEST(!has(lines, "\n\n\n"));
    }
}

BOOST_AUTO_TEST_CASE(addresses_that_are_none_make_no_head) {
    auto message = some_message();
    message.to.address = "a@b.org>\r\nBcc: <v@example.org";
    BOOST_TEST(!make_head(message, "x"));
    message = some_message();
    message.from.address = "a b@c.org";
    BOOST_TEST(!make_head(message, "x"));
}

BOOST_AUTO_TEST_CASE(no_two_messages_have_the_same_id) {
    auto const one = new_message_id(), other = new_message_id();
    BOOST_TEST(one.size() == 32u);
    BOOST_TEST(one != other);
}

BOOST_AUTO_TEST_SUITE_END()
