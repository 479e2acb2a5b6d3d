#include "mail/reset_mail.hpp"

#include "support/manual_clock.hpp"

#include <boost/test/unit_test.hpp>

using namespace blog;
using namespace blog::mail;
using namespace std::chrono_literals;

namespace {

bool has(std::string const& text, std::string_view part) {
    return text.find(part) != text.npos;
}

Message mail_to(std::string username, std::string site = "FastAPI Blog") {
    ResetMail mail;
    mail.site_name = std::move(site);
    mail.from = {"", "noreply@example.org"};
    mail.to = {std::move(username), "alice@example.org"};
    mail.link = reset_link("https://blog.example.org", "a-token_of-43");
    mail.lifetime = 1h;
    mail.date = test::ManualClock::start;
    return reset_mail(mail);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(reset_mails)

BOOST_AUTO_TEST_CASE(both_parts_greet_and_say_where_and_how_long) {
    auto const mail = mail_to("alice");
    BOOST_TEST(mail.subject == "Reset Your Password - FastAPI Blog");
    for (auto const& part : {mail.text, mail.html}) {
        BOOST_TEST(has(part, "Hi alice,"));
        BOOST_TEST(has(part, "https://blog.example.org/reset-password?token=a-token_of-43"));
        BOOST_TEST(has(part, "for 1 hour"));
        BOOST_TEST(has(part, "ignore this mail"));
    }
}

BOOST_AUTO_TEST_CASE(names_are_text_in_html) {
    auto const mail = mail_to("<img src=x onerror='a()'>\"&", "A & B");
    BOOST_TEST(has(mail.html, "Hi &lt;img src=x onerror=&#39;a()&#39;&gt;&#34;&amp;,"));
    BOOST_TEST(!has(mail.html, "<img"));
    BOOST_TEST(has(mail.html, "A &amp; B"));
    BOOST_TEST(has(mail.text, "Hi <img src=x onerror='a()'>\"&,"));
    BOOST_TEST(mail.subject == "Reset Your Password - A & B");
}

BOOST_AUTO_TEST_CASE(a_name_makes_no_lines) {
    auto const mail = mail_to("x\n\nYou won! Go to\nhttp://evil.example\n");
    BOOST_TEST(has(mail.text, "Hi x  You won! Go to http://evil.example ,\n"));
}

BOOST_AUTO_TEST_CASE(times_are_said_in_words) {
    BOOST_TEST(in_words(1h) == "1 hour");
    BOOST_TEST(in_words(2h) == "2 hours");
    BOOST_TEST(in_words(90min) == "90 minutes");
    BOOST_TEST(in_words(1min) == "1 minute");
    BOOST_TEST(in_words(24h) == "1 day");
    BOOST_TEST(in_words(61s) == "61 seconds");
    BOOST_TEST(in_words(1500ms) == "1500 milliseconds");
}

BOOST_AUTO_TEST_SUITE_END()
