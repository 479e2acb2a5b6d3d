#include "schemas/utf8.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace blog::schemas;
namespace data = boost::unit_test::data;
using namespace std::string_literals;
using namespace std::string_view_literals;

namespace {

std::string text_of(std::string_view bytes) {
    std::string storage;
    auto const text = json_text(bytes, storage);
    return text ? std::string(*text) : "unreadable";
}

// ASCII as UTF-16 or UTF-32.
std::string wide(std::string_view ascii, std::size_t width, bool big_endian) {
    std::string out;
    for (char const c : ascii) {
        std::string unit(width, '\0');
        unit[big_endian ? width - 1 : 0] = c;
        out += unit;
    }
    return out;
}

constexpr std::string_view not_utf8[] = {"\x80",
                                         "\xBF",
                                         "\xC0\xAF",
                                         "\xC1\xBF",
                                         "\xC3",
                                         "\xC3\x28",
                                         "\xE0\x80\xAF",
                                         "\xE0\x9F\xBF",
                                         "\xED\xA0\x80",
                                         "\xED\xBF\xBF",
                                         "\xE2\x82",
                                         "\xF0\x80\x80",
                                         "\xF0\x8F\xBF\xBF",
                                         "\xF4\x90\x80\x80",
                                         "\xF5\x80\x80\x80",
                                         "\xF0\x9F\x98",
                                         "\xFE",
                                         "\xFF",
                                         "12345678\xFF",
                                         "1234567\xC3"};

}  // namespace

BOOST_AUTO_TEST_SUITE(utf8)

BOOST_AUTO_TEST_CASE(every_code_point_is_utf8_and_one_character) {
    for (char32_t c = 0; c <= 0x10FFFF; ++c) {
        if (c >= 0xD800 && c <= 0xDFFF) continue;
        std::string text;
        append_utf8(text, c);
        auto const step = utf8_step(text);
        if (!step.valid || step.size != text.size() || step.code_point != c || !is_utf8(text))
            BOOST_ERROR("U+" << std::hex << static_cast<unsigned>(c));
    }
    BOOST_TEST(count_characters("aé☃😀") == 4);
    BOOST_TEST(count_characters("") == 0);
    BOOST_TEST(is_utf8(""));
    BOOST_TEST(is_utf8("12345678é2345678"));
}

BOOST_DATA_TEST_CASE(what_is_no_utf8_is_refused, data::make(not_utf8)) {
    BOOST_TEST(!is_utf8(sample));
    BOOST_TEST(is_utf8(with_replacements(sample)));
}

// As bytes.decode("utf-8", "replace") does it.
BOOST_AUTO_TEST_CASE(a_broken_sequence_is_replaced_as_python_does) {
    BOOST_TEST(with_replacements("a\xFFz") == "a\uFFFDz");
    BOOST_TEST(with_replacements("\xE2\x98z") == "\uFFFDz");
    BOOST_TEST(with_replacements("\xF0\x9F\x98") == "\uFFFD");
    BOOST_TEST(with_replacements("\xED\xA0\x80") == "\uFFFD\uFFFD\uFFFD");
    BOOST_TEST(with_replacements("\xC0\xAF") == "\uFFFD\uFFFD");
    BOOST_TEST(with_replacements("é\0☃"sv) == "é\0☃"sv);
}

BOOST_AUTO_TEST_CASE(a_json_text_may_come_in_any_unicode_encoding) {
    auto const text = R"({"a":1})"s;
    BOOST_TEST(text_of(text) == text);
    BOOST_TEST(text_of("\xEF\xBB\xBF" + text) == text);
    for (auto const width : {2u, 4u}) {
        for (bool const big : {false, true}) {
            auto const bytes = wide(text, width, big);
            BOOST_TEST(text_of(bytes) == text);
            auto const mark = width == 2 ? (big ? "\xFE\xFF"s : "\xFF\xFE"s)
                                         : (big ? "\0\0\xFE\xFF"s : "\xFF\xFE\0\0"s);
            BOOST_TEST(text_of(mark + bytes) == text);
            BOOST_TEST(text_of(mark) == "");
            BOOST_TEST(text_of(bytes + "x") == "unreadable");
        }
    }
    BOOST_TEST(text_of(wide("1", 2, true)) == "1");
    BOOST_TEST(text_of(wide("1", 2, false)) == "1");
    BOOST_TEST(text_of("\xFF\xFE\x3D\xD8\x00\xDE"sv) == "😀");
    BOOST_TEST(text_of("1") == "1");
}

BOOST_AUTO_TEST_CASE(a_lone_surrogate_makes_a_wide_text_unreadable) {
    BOOST_TEST(text_of("\xFF\xFE\x00\xD8\x31\x00"sv) == "unreadable");
    BOOST_TEST(text_of("\xFF\xFE\x31\x00\x00\xD8"sv) == "unreadable");
    BOOST_TEST(text_of("\xFF\xFE\x00\xDC"sv) == "unreadable");
    BOOST_TEST(text_of("\xFF\xFE\0\0\x00\xD8\0\0"sv) == "unreadable");
    BOOST_TEST(text_of("\xFF\xFE\0\0\0\0\x11\0"sv) == "unreadable");
    BOOST_TEST(text_of("\"\xED\xA0\x80\"") == "unreadable");
}

BOOST_AUTO_TEST_SUITE_END()
