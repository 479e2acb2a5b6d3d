#include "views/escape.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <string>

using namespace blog::views;
using namespace std::string_view_literals;

namespace {

template <class F>
std::string appended(F append, std::string_view text) {
    std::string out = "|";
    append(out, text);
    return out.substr(1);
}

// The rule, one character at a time.
std::string html_slowly(std::string_view text) {
    std::string out;
    for (char const c : text) {
        if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else if (c == '"')
            out += "&#34;";
        else if (c == '\'')
            out += "&#39;";
        else if (c == '\0')
            out += "\uFFFD";
        else
            out += c;
    }
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(escape)

BOOST_AUTO_TEST_CASE(html_escapes_five_characters) {
    BOOST_TEST(appended(append_html, "") == "");
    BOOST_TEST(appended(append_html, "plain text, äöü \U0001F600") == "plain text, äöü \U0001F600");
    BOOST_TEST(appended(append_html, "&<>\"'") == "&amp;&lt;&gt;&#34;&#39;");
    BOOST_TEST(appended(append_html, "&amp;") == "&amp;amp;");
    BOOST_TEST(appended(append_html, "a\0<\0b"sv) == "a\uFFFD&lt;\uFFFDb"sv);
}

BOOST_AUTO_TEST_CASE(html_finds_every_byte_at_every_place_of_a_word) {
    for (int byte = 0; byte < 256; ++byte) {
        for (std::size_t place = 0; place < 20; ++place) {
            std::string text(20, static_cast<char>(byte ^ 0x41));
            text[place] = static_cast<char>(byte);
            BOOST_REQUIRE_EQUAL(appended(append_html, text), html_slowly(text));
        }
    }
}

BOOST_AUTO_TEST_CASE(html_agrees_with_the_slow_way_on_random_text) {
    std::mt19937 random(1);
    for (int round = 0; round < 2000; ++round) {
        std::string text;
        for (auto size = random() % 100; size > 0; --size)
            text += random() % 4 ? static_cast<char>(random()) : "&<>\"'%="[random() % 7];
        BOOST_REQUIRE_EQUAL(appended(append_html, text), html_slowly(text));
    }
}

BOOST_AUTO_TEST_CASE(a_url_part_keeps_unreserved_characters_alone) {
    BOOST_TEST(appended(append_url_part, "aZ09-._~") == "aZ09-._~");
    BOOST_TEST(appended(append_url_part, "a b/c?d#e%20&\"'<") ==
               "a%20b%2Fc%3Fd%23e%2520%26%22%27%3C");
    BOOST_TEST(appended(append_url_part, "ü\0\xFF"sv) == "%C3%BC%00%FF");
    for (int byte = 0; byte < 256; ++byte) {
        std::string const one(1, static_cast<char>(byte));
        bool const unreserved = std::string_view("-._~").find(one) != std::string_view::npos ||
                                (byte < 128 && std::isalnum(byte));
        BOOST_TEST((appended(append_url_part, one) == one) == unreserved);
    }
}

BOOST_AUTO_TEST_CASE(a_path_keeps_its_slashes) {
    BOOST_TEST(appended(append_path, "/media/profile_pics/a b/ü?#.png") ==
               "/media/profile_pics/a%20b/%C3%BC%3F%23.png");
    BOOST_TEST(appended(append_path, "/a%20b") == "/a%2520b");
}

BOOST_AUTO_TEST_CASE(a_local_path_names_no_other_host) {
    BOOST_TEST(appended(append_local_path, "/media/a b.png") == "/media/a%20b.png");
    BOOST_TEST(appended(append_local_path, "/") == "/");
    BOOST_TEST(appended(append_local_path, "/\t/evil.example") == "/%09/evil.example");
    for (auto const path : {"", "media/a.png", "//evil.example", "/\\evil.example", "#x",
                            "javascript:alert(1)", "https://evil.example/", " /a"})
        BOOST_TEST(appended(append_local_path, path) == "#");
}

BOOST_AUTO_TEST_CASE(a_url_passes_when_it_is_local_or_of_a_known_scheme) {
    BOOST_TEST(appended(append_url, "/") == "/");
    BOOST_TEST(appended(append_url, "/?before=2026-06-08T09:10:11,5&x='1'") ==
               "/?before=2026-06-08T09:10:11,5&amp;x=&#39;1&#39;");
    BOOST_TEST(appended(append_url, "https://[::1]:8000/a;b=c!$(*)+@~_#f") ==
               "https://[::1]:8000/a;b=c!$(*)+@~_#f");
    BOOST_TEST(appended(append_url, "HTTP://Example.Org") == "HTTP://Example.Org");
    BOOST_TEST(appended(append_url, "mailto:ada@example.org") == "mailto:ada@example.org");
}

BOOST_AUTO_TEST_CASE(a_url_encodes_what_no_url_may_hold_and_nothing_twice) {
    BOOST_TEST(appended(append_url, "/a b/ü") == "/a%20b/%C3%BC");
    BOOST_TEST(appended(append_url, "/a%20b%2fc") == "/a%20b%2fc");
    BOOST_TEST(appended(append_url, "/100%/%zz/%2z/%2") == "/100%25/%25zz/%252z/%252");
    BOOST_TEST(appended(append_url, "/<>\"\\^`{|}\n\0"sv) == "/%3C%3E%22%5C%5E%60%7B%7C%7D%0A%00");
}

BOOST_AUTO_TEST_CASE(a_url_of_another_kind_becomes_a_fragment_that_leads_nowhere) {
    for (auto const url : {""sv,
                           "javascript:alert(1)"sv,
                           "JaVaScRiPt:alert(1)"sv,
                           " javascript:alert(1)"sv,
                           "java\tscript:alert(1)"sv,
                           "\x01javascript:alert(1)"sv,
                           "javascript&colon;alert(1)"sv,
                           "data:text/html,<script>alert(1)</script>"sv,
                           "vbscript:x"sv,
                           "//evil.example"sv,
                           "/\\evil.example"sv,
                           "\\\\evil.example"sv,
                           "/\0"sv.substr(1),
                           "http:"sv,
                           "http:evil"sv,
                           "https://"sv,
                           "mailto:"sv,
                           "ftp://evil.example"sv,
                           "blob:x"sv,
                           "evil.example"sv,
                           "?a"sv,
                           "\thttps://evil.example"sv,
                           "\nhttps://evil.example"sv})
        BOOST_TEST(appended(append_url, url) == "#", "let through: " << url);
}

BOOST_AUTO_TEST_SUITE_END()
