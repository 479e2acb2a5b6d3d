#include "views/filters.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

using namespace blog;
using namespace blog::views;
using namespace std::chrono;
using namespace std::string_view_literals;

namespace {

SysTime at(year_month_day date, microseconds clock = {}) {
    return sys_days(date) + clock;
}

std::string shortened(std::string_view text, std::size_t length) {
    auto const cut = truncate(text, length);
    return std::string(cut.text) + (cut.shortened ? "\u2026" : "");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(filters)

BOOST_AUTO_TEST_CASE(a_date_names_the_month_and_has_two_digits_for_the_day) {
    BOOST_TEST(std::string_view(date_text(at(2026y / 6 / 8))) == "June 08, 2026");
    BOOST_TEST(std::string_view(date_text(at(2024y / 2 / 29, 24h - 1us))) == "February 29, 2024");
    BOOST_TEST(std::string_view(date_text(at(1900y / 2 / 28, 24h))) == "March 01, 1900");
    BOOST_TEST(std::string_view(date_text(at(2000y / 2 / 28, 24h))) == "February 29, 2000");
    BOOST_TEST(std::string_view(date_text(at(1969y / 12 / 31, 23h))) == "December 31, 1969");
    BOOST_TEST(std::string_view(date_text(at(999y / 9 / 30))) == "September 30, 999");
}

BOOST_AUTO_TEST_CASE(every_month_has_its_name) {
    std::string names;
    for (unsigned m = 1; m <= 12; ++m)
        names += std::string_view(date_text(at(2026y / month(m) / 1))).substr(0, 3);
    BOOST_TEST(names == "JanFebMarAprMayJunJulAugSepOctNovDec");
}

BOOST_AUTO_TEST_CASE(an_iso_time_has_whole_seconds) {
    auto const clock = 9h + 10min + 11s;
    BOOST_TEST(std::string_view(iso_text(at(2026y / 6 / 8, clock))) == "2026-06-08T09:10:11Z");
    BOOST_TEST(std::string_view(iso_text(at(2026y / 6 / 8, clock + 120ms))) ==
               "2026-06-08T09:10:11Z");
    BOOST_TEST(std::string_view(iso_text(at(7y / 1 / 2))) == "0007-01-02T00:00:00Z");
    BOOST_TEST(std::string_view(iso_text(at(1969y / 12 / 31, 24h - 1us))) ==
               "1969-12-31T23:59:59Z");
}

BOOST_AUTO_TEST_CASE(a_time_beyond_the_calendar_reads_as_its_end) {
    BOOST_TEST(std::string_view(iso_text(SysTime::min())) == "0001-01-01T00:00:00Z");
    BOOST_TEST(std::string_view(iso_text(SysTime::max())) == "9999-12-31T23:59:59Z");
}

BOOST_AUTO_TEST_CASE(a_text_that_fits_is_not_cut) {
    BOOST_TEST(shortened("", 1) == "");
    BOOST_TEST(shortened("abc", 3) == "abc");
    BOOST_TEST(shortened("abc ", 4) == "abc ");
    BOOST_TEST(shortened("äöü", 3) == "äöü");
    BOOST_TEST(shortened("\U0001F600\U0001F601", 2) == "\U0001F600\U0001F601");
}

BOOST_AUTO_TEST_CASE(a_cut_falls_on_the_end_of_a_word_when_one_is_near) {
    BOOST_TEST(shortened("one two three", 7) == "one two\u2026");
    BOOST_TEST(shortened("one two three", 8) == "one two\u2026");
    BOOST_TEST(shortened("one two three", 9) == "one two\u2026");
    BOOST_TEST(shortened("one  \n\t two", 6) == "one\u2026");
    BOOST_TEST(shortened("one two", 2) == "on\u2026");
    BOOST_TEST(shortened("  two words", 2) == "\u2026");
}

BOOST_AUTO_TEST_CASE(a_word_without_a_near_end_is_cut_inside) {
    std::string const word(100, 'x');
    BOOST_TEST(shortened("a " + word, 50) == "a " + word.substr(0, 48) + "\u2026");
    BOOST_TEST(shortened("日本語のとても長い文章です", 5) == "日本語のと\u2026");
}

BOOST_AUTO_TEST_CASE(a_cut_counts_characters_in_right_to_left_text) {
    BOOST_TEST(shortened("שלום עולם", 4) == "שלום\u2026");
    BOOST_TEST(shortened("שלום עולם", 6) == "שלום\u2026");
    BOOST_TEST(shortened("مرحبا بالعالم", 5) == "مرحبا\u2026");
}

BOOST_AUTO_TEST_CASE(a_cut_does_not_part_a_letter_from_its_accents) {
    BOOST_TEST(shortened("xe\u0301\u0302yz", 2) == "x\u2026");
    BOOST_TEST(shortened("xe\u0301\u0302yz", 3) == "x\u2026");
    BOOST_TEST(shortened("xe\u0301\u0302yz", 4) == "xe\u0301\u0302\u2026");
    // An emoji with a skin tone; a family held together by joiners; a Devanagari vowel sign.
    BOOST_TEST(shortened("ab\U0001F44D\U0001F3FDcd", 3) == "ab\u2026");
    BOOST_TEST(shortened("a\U0001F468\u200D\U0001F469\u200D\U0001F467z", 4) == "a\u2026");
    BOOST_TEST(shortened("a\u0915\u093Fz", 2) == "a\u2026");
    // A letter that is all accents is cut all the same.
    std::string zalgo = "e";
    for (int i = 0; i < 100; ++i)
        zalgo += "\u0301";
    BOOST_TEST(truncate(zalgo, 50).text.size() == 1u + 49 * 2);
}

BOOST_AUTO_TEST_CASE(a_cut_survives_bytes_that_are_not_utf_8) {
    BOOST_TEST(truncate("\x80\x80\x80\x80"sv, 2).text == "\x80\x80"sv);
    BOOST_TEST(truncate("\xF0\x9F\xF0\x9F\x98\x80z"sv, 3).text == "\xF0\x9F\xF0\x9F\x98\x80"sv);
    BOOST_TEST(truncate("a\0b c"sv, 2).text == "a\0"sv);
}

BOOST_AUTO_TEST_CASE(a_cut_of_a_long_text_looks_at_its_beginning_only) {
    std::string const text(200 * 1024, 'x');
    BOOST_TEST(truncate(text, 100).text.size() == 100u);
    // To read on to the end a thousand times takes far longer.
    auto const begin = steady_clock::now();
    for (int i = 0; i < 1000; ++i)
        BOOST_REQUIRE(truncate(text, 100).shortened);
    BOOST_TEST((steady_clock::now() - begin < 1s));
}

BOOST_AUTO_TEST_CASE(characters_are_code_points) {
    BOOST_TEST(character_count("") == 0u);
    BOOST_TEST(character_count("aä日\U0001F600") == 4u);
    BOOST_TEST(character_count("\xFF\xFF"sv) == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
