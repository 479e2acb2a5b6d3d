#include "views/utf8.hpp"

#include <boost/test/unit_test.hpp>

#include <string_view>

using blog::views::decode;
using namespace std::string_view_literals;

BOOST_AUTO_TEST_SUITE(utf8)

BOOST_AUTO_TEST_CASE(decodes_each_length_at_its_limits) {
    struct Case {
        std::string_view text;
        char32_t value;
    };
    for (auto const& [text, value] :
         {Case{"\0"sv, 0}, Case{"\x7F"sv, 0x7F}, Case{"\xC2\x80"sv, 0x80},
          Case{"\xDF\xBF"sv, 0x7FF}, Case{"\xE0\xA0\x80"sv, 0x800}, Case{"\xED\x9F\xBF"sv, 0xD7FF},
          Case{"\xEE\x80\x80"sv, 0xE000}, Case{"\xEF\xBF\xBF"sv, 0xFFFF},
          Case{"\xF0\x90\x80\x80"sv, 0x10000}, Case{"\xF4\x8F\xBF\xBF"sv, 0x10FFFF}}) {
        auto const c = decode(text, 0);
        BOOST_TEST(c.valid);
        BOOST_TEST(c.bytes == text.size());
        BOOST_TEST((c.value == value));
    }
}

BOOST_AUTO_TEST_CASE(refuses_what_rfc_3629_forbids) {
    for (auto const text :
         {"\x80"sv, "\xBF"sv, "\xC0\x80"sv, "\xC1\xBF"sv, "\xC2"sv, "\xC2\x20"sv, "\xE0\x9F\xBF"sv,
          "\xE1\x80"sv, "\xED\xA0\x80"sv, "\xED\xBF\xBF"sv, "\xF0\x8F\xBF\xBF"sv, "\xF0\x90\x80"sv,
          "\xF4\x90\x80\x80"sv, "\xF5\x80\x80\x80"sv, "\xFF"sv}) {
        auto const c = decode(text, 0);
        BOOST_TEST(!c.valid);
        BOOST_TEST(c.bytes == 1u);
    }
}

BOOST_AUTO_TEST_SUITE_END()
