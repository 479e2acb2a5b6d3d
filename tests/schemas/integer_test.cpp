#include "schemas/integer.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <string>

using namespace blog::schemas;
namespace data = boost::unit_test::data;
using namespace std::string_view_literals;

namespace {

struct Good {
    std::string_view text;
    std::int64_t value;
    friend std::ostream& operator<<(std::ostream& out, Good const& g) { return out << g.text; }
};
constexpr Good good[] = {
    {"0", 0},
    {"-0", 0},
    {"1", 1},
    {"-1", -1},
    {"+1", 1},
    {"00001", 1},
    {"-00001", -1},
    {"1.0", 1},
    {"1.000", 1},
    {"0.0", 0},
    {"-0.0", 0},
    {"1_0", 10},
    {"1_000.00", 1000},
    {"1_0_0", 100},
    {" 1 ", 1},
    {"\t\n\v\f\r1", 1},
    {"1\xC2\xA0", 1},
    {"\xE3\x80\x80\xE2\x80\xA9-1\xC2\x85", -1},
    // Oddities of the original that the leading zeros bring.
    {"0_1", 1},
    {"0__1", 1},
    {"-0_1", -1},
    {"0_0", 0},
    {"0-1", -1},
    {"9223372036854775807", INT64_MAX},
    {"-9223372036854775808", INT64_MIN},
    {"0000000000000000000000000000000000001", 1},
};

constexpr std::string_view bad[] = {"",         " ",
                                    "abc",      "1.5",
                                    "1.",       ".1",
                                    ".0",       "1e3",
                                    "1E0",      "0x1",
                                    "1__0",     "_1",
                                    "1_",       "0_",
                                    "_0",       "1.0_0",
                                    "1..0",     "1.0.0",
                                    "--1",      "+-1",
                                    "-+1",      "++1",
                                    "+ 1",      "- 1",
                                    "+",        "-",
                                    "-_1",      "+_1",
                                    "1+",       "1,000",
                                    "1 .0",     "true",
                                    "null",     "NaN",
                                    "Infinity", "١",
                                    "１",       "😀",
                                    "\xFF",     "1\xFF",
                                    "\xC2",     "\xEF\xBB\xBF\x31",
                                    "\x1C\x31", "\xE2\x80\x8B\x31",
                                    "-0-1"};

IntegerFault fault(std::string_view text) {
    return read_integer(text).fault;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(integer)

BOOST_DATA_TEST_CASE(lax_integers_are_read, data::make(good)) {
    auto const read = read_integer(sample.text);
    BOOST_TEST((read.fault == IntegerFault::none));
    BOOST_TEST(read.integer.value == sample.value);
    BOOST_TEST(!read.integer.beyond);
}

BOOST_DATA_TEST_CASE(other_texts_are_refused, data::make(bad)) {
    BOOST_TEST((fault(sample) == IntegerFault::not_an_integer));
}

BOOST_AUTO_TEST_CASE(a_nul_is_no_space) {
    BOOST_TEST((fault("1\0"sv) == IntegerFault::not_an_integer));
    BOOST_TEST((fault("\0"sv) == IntegerFault::not_an_integer));
}

BOOST_AUTO_TEST_CASE(an_integer_beyond_64_bits_is_clamped_and_marked) {
    for (auto const text :
         {"9223372036854775808", "99999999999999999999.0", "+1_0000000000000000000"})
        BOOST_TEST((read_integer(text).integer == Integer{INT64_MAX, true}));
    BOOST_TEST((read_integer("-9223372036854775809").integer == Integer{INT64_MIN, true}));
    BOOST_TEST((read_json_integer("-99999999999999999999") == Integer{INT64_MIN, true}));
    BOOST_TEST((read_json_integer("-12") == Integer{-12, false}));
}

BOOST_AUTO_TEST_CASE(more_than_4300_digits_are_a_fault_of_their_own) {
    std::string const ones(4300, '1');
    BOOST_TEST(read_integer(ones).integer.beyond);
    BOOST_TEST(read_integer("+" + ones).integer.beyond);
    BOOST_TEST(read_integer(ones + ".0").integer.beyond);
    BOOST_TEST((fault(ones + "1") == IntegerFault::too_many_digits));
    BOOST_TEST((fault(ones + "1x") == IntegerFault::too_many_digits));
    BOOST_TEST((fault("-" + ones) == IntegerFault::too_many_digits));
    // So it is only when the digits come first.
    BOOST_TEST((fault("+1" + ones) == IntegerFault::not_an_integer));
    BOOST_TEST((fault(" 1" + ones) == IntegerFault::not_an_integer));
    BOOST_TEST((fault(std::string(5000, '0') + "1") == IntegerFault::none));
    BOOST_TEST((fault(std::string(5000, 'x')) == IntegerFault::not_an_integer));
}

BOOST_AUTO_TEST_SUITE_END()
