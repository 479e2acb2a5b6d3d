#include "mail/header_text.hpp"

#include "support/manual_clock.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace blog;
using namespace blog::mail;

BOOST_AUTO_TEST_SUITE(header_text_of_mails)

BOOST_AUTO_TEST_CASE(plain_text_stays_as_it_is) {
    BOOST_TEST(header_text("Reset Your Password - FastAPI Blog") ==
               "Reset Your Password - FastAPI Blog");
    BOOST_TEST(header_text("") == "");
}

BOOST_AUTO_TEST_CASE(other_letters_become_an_encoded_word) {
    BOOST_TEST(header_text("Grüße") == "=?UTF-8?B?R3LDvMOfZQ==?=");
    BOOST_TEST(header_text("é") == "=?UTF-8?B?w6k=?=");
    BOOST_TEST(header_text("né") == "=?UTF-8?B?bsOp?=");
}

BOOST_AUTO_TEST_CASE(what_looks_encoded_is_encoded_again) {
    BOOST_TEST(header_text("=?UTF-8?B?QQ==?=") == "=?UTF-8?B?PT9VVEYtOD9CP1FRPT0/PQ==?=");
}

BOOST_AUTO_TEST_CASE(control_characters_make_no_line) {
    BOOST_TEST(header_text("a\r\nBcc: x@y.org") == "a  Bcc: x@y.org");
    BOOST_TEST(header_text(std::string_view("a\0b", 3)) == "a b");
    BOOST_TEST(header_phrase("a\nb") == "\"a b\"");
    BOOST_TEST(header_phrase("é\r\n\r\nbody").find('\r') == std::string::npos);
}

// Every line of a folded header is short, begins with a blank, and holds whole characters.
BOOST_AUTO_TEST_CASE(long_texts_are_folded_between_characters) {
    std::string text;
    for (int i = 0; i < 50; ++i)
        text += "😀";
    for (std::size_t shift = 0; shift < 4; ++shift) {
        auto rest = header_text(std::string(shift, 'x') + text);
        std::size_t lines = 0;
        while (!rest.empty()) {
            auto const end = std::min(rest.find("\r\n"), rest.size());
            auto const line = rest.substr(0, end);
            BOOST_TEST(line.size() <= 76u);
            BOOST_TEST((lines == 0 || line.starts_with(" =?")));
            // 60 characters of base64 at most; whole characters leave room for 44 or 45 bytes.
            BOOST_TEST(line.ends_with("?="));
            ++lines;
            rest.erase(0, std::min(end + 2, rest.size()));
        }
        BOOST_TEST(lines == 5u);
    }
    // 45 bytes would end in the 12th: the first word has 11 of them.
    auto const first = header_text(text).substr(0, header_text(text).find("\r\n"));
    BOOST_TEST(first.size() == 10 + 60 + 2);
    BOOST_TEST(first.ends_with("8J+YgA=?=") == false);
    BOOST_TEST(first.ends_with("+YgPCfmIDwn5iA8J+YgPCfmIA=?="));
}

BOOST_AUTO_TEST_CASE(a_phrase_is_quoted) {
    BOOST_TEST(header_phrase("alice") == "\"alice\"");
    BOOST_TEST(header_phrase(R"(a "b" \ <c@d>, e)") == R"("a \"b\" \\ <c@d>, e")");
    BOOST_TEST(header_phrase("Jürgen") == "=?UTF-8?B?SsO8cmdlbg==?=");
}

BOOST_AUTO_TEST_CASE(dates_are_those_of_mails) {
    BOOST_TEST(header_date(test::ManualClock::start) == "Mon, 08 Jun 2026 12:00:00 +0000");
    BOOST_TEST(header_date(SysTime(std::chrono::microseconds(-1))) ==
               "Wed, 31 Dec 1969 23:59:59 +0000");
}

BOOST_AUTO_TEST_SUITE_END()
