#include "schemas/json_write.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdint>
#include <limits>

using namespace blog;
using namespace blog::schemas;
namespace data = boost::unit_test::data;
using namespace std::string_view_literals;

namespace {

std::string escaped(std::string_view text) {
    std::string out;
    append_escaped(out, text);
    return out;
}

template <class T>
std::string written(T const& value) {
    std::string out;
    append_json(out, value);
    return out;
}

struct FloatCase {
    double number;
    std::string_view expected;
    friend std::ostream& operator<<(std::ostream& out, FloatCase const& c) {
        return out << c.expected;
    }
};
constexpr FloatCase floats[] = {
    {0.0, "0.0"},
    {-0.0, "-0.0"},
    {1.0, "1.0"},
    {1.1, "1.1"},
    {-2.5, "-2.5"},
    {0.1, "0.1"},
    {0.0001, "0.0001"},
    {0.00012345, "0.00012345"},
    {0.00001, "1e-05"},
    {1.25e-7, "1.25e-07"},
    {100000.0, "100000.0"},
    {123456.789, "123456.789"},
    {1e15, "1000000000000000.0"},
    {9007199254740993.0, "9007199254740992.0"},
    {1e16, "1e+16"},
    {1.5e300, "1.5e+300"},
    {5e-324, "5e-324"},
    {std::numeric_limits<double>::max(), "1.7976931348623157e+308"},
    {std::numeric_limits<double>::infinity(), "null"},
    {std::numeric_limits<double>::quiet_NaN(), "null"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(json_write)

BOOST_AUTO_TEST_CASE(every_ascii_character_is_escaped_as_json_dumps_does) {
    constexpr std::string_view short_forms[] = {"\\b", "\\t", "\\n", "", "\\f", "\\r"};
    for (int c = 0; c < 0x80; ++c) {
        std::string const text(1, static_cast<char>(c));
        std::string expected = text;
        char code[8];
        std::snprintf(code, sizeof code, "\\u%04x", static_cast<unsigned>(c));
        if (c < 0x20) expected = code;
        if (c >= 8 && c <= 13 && c != 11) expected = short_forms[c - 8];
        if (c == '"') expected = "\\\"";
        if (c == '\\') expected = "\\\\";
        BOOST_TEST(escaped(text) == expected);
    }
}

// The plain runs are searched in blocks: every place within a block must be looked at.
BOOST_AUTO_TEST_CASE(an_escape_is_found_at_every_place) {
    for (std::size_t size = 1; size < 70; ++size) {
        for (std::size_t at = 0; at < size; ++at) {
            for (auto const& [raw, expected] :
                 {std::pair("\""sv, "\\\""sv), std::pair("\x1F"sv, "\\u001f"sv),
                  std::pair("\0"sv, "\\u0000"sv), std::pair("\\"sv, "\\\\"sv),
                  std::pair("\x01"sv, "\\u0001"sv), std::pair("é"sv, "é"sv),
                  std::pair("\xFF"sv, "\xEF\xBF\xBD"sv)}) {
                std::string const before(at, 'x'), after(size - at - 1, 'y');
                BOOST_REQUIRE_EQUAL(escaped(before + std::string(raw) + after),
                                    before + std::string(expected) + after);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(text_beyond_ascii_stays_as_it_is) {
    constexpr auto text = "Ünï ☃ 😀 日本語\x7f / \xE2\x80\xA8 <b>&'"sv;
    BOOST_TEST(escaped(text) == text);
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_utf8_are_replaced) {
    BOOST_TEST(escaped("a\xFFz") == "a\xEF\xBF\xBDz");
    BOOST_TEST(escaped("\xC3") == "\xEF\xBF\xBD");
    BOOST_TEST(escaped("\xC3\"") == "\xEF\xBF\xBD\\\"");
    BOOST_TEST(escaped("\xED\xA0\x80") == "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
    BOOST_TEST(escaped("\xE2\x98") == "\xEF\xBF\xBD");
}

BOOST_AUTO_TEST_CASE(numbers_and_truth_values_are_plain) {
    BOOST_TEST(written(std::int64_t(0)) == "0");
    BOOST_TEST(written(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
    BOOST_TEST(written(true) == "true");
    BOOST_TEST(written(false) == "false");
    BOOST_TEST(written(std::optional<std::string_view>()) == "null");
    BOOST_TEST(written(std::optional<std::string_view>("x")) == "\"x\"");
}

BOOST_AUTO_TEST_CASE(a_time_is_iso_8601_in_utc_with_no_or_six_digits) {
    using namespace std::chrono;
    BOOST_TEST(written(SysTime()) == "\"1970-01-01T00:00:00Z\"");
    BOOST_TEST(written(SysTime(sys_days(2024y / 2 / 29)) + hours(23) + minutes(59) + seconds(58) +
                       microseconds(120'000)) == "\"2024-02-29T23:59:58.120000Z\"");
    BOOST_TEST(written(SysTime(microseconds(-1))) == "\"1969-12-31T23:59:59.999999Z\"");
    BOOST_TEST(written(SysTime(sys_days(1y / 1 / 1))) == "\"0001-01-01T00:00:00Z\"");
    BOOST_TEST(written(SysTime(sys_days(9999y / 12 / 31)) + microseconds(7)) ==
               "\"9999-12-31T00:00:00.000007Z\"");
}

BOOST_DATA_TEST_CASE(a_float_is_written_as_python_repr_does, data::make(floats)) {
    std::string out;
    append_python_float(out, sample.number);
    BOOST_TEST(out == sample.expected);
}

BOOST_AUTO_TEST_SUITE_END()
