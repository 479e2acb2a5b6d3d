#include "net/range.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <limits>
#include <string>

using namespace blog::net;
namespace data = boost::unit_test::data;

namespace {

using Kind = RangeRequest::Kind;

// "0-9,20-29 of parts", "malformed: ...", "whole", "unsatisfiable".
std::string meaning(std::string_view field, std::uint64_t file_bytes = 210) {
    auto const range = parse_range(field, file_bytes);
    if (range.kind == Kind::whole) return "whole";
    if (range.kind == Kind::unsatisfiable) return "unsatisfiable";
    if (range.kind == Kind::malformed) return std::string(range.fault);
    std::string text;
    for (auto const& part : range.parts) {
        text += (text.empty() ? "" : ",") + std::to_string(part.offset) + "+" +
                std::to_string(part.size);
    }
    return text;
}

struct Case {
    std::string_view field, expected;
};
std::ostream& operator<<(std::ostream& out, Case const& c) {
    return out << c.field;
}

constexpr std::string_view none = "Range header: range must be requested";
constexpr std::string_view backwards = "Range header: start must be less than end";
constexpr std::string_view unit = "Only support bytes range";

constexpr Case recorded[] = {
    {"bytes=0-9", "0+10"},     {"bytes=-5", "205+5"},
    {"bytes=100-", "100+110"}, {"bytes=99999-", "unsatisfiable"},
    {"bytes=5-2", backwards},  {"bytes=a", none},
    {"lines=1-2", unit},
};

constexpr Case single[] = {
    {"bytes=0-0", "0+1"},
    {"bytes=209-", "209+1"},
    {"bytes=209-209", "209+1"},
    {"bytes=210-", "unsatisfiable"},
    {"bytes=0-209", "0+210"},
    {"bytes=0-210", "0+210"},
    {"bytes=-210", "0+210"},
    {"bytes=-211", "0+210"},
    {"bytes=-0", "unsatisfiable"},
    {"bytes=5-4", backwards},
    {"bytes=500-2", "unsatisfiable"},
    {"BYTES=0-1", "0+2"},
    {" bytes = 0-1 ", "0+2"},
    {"bytes=,, 0-1 ,", "0+2"},
    {"bytes=007-0008", "7+2"},
};

constexpr Case nonsense[] = {
    {"", "Malformed range header."},
    {"bytes", "Malformed range header."},
    {"=0-1", unit},
    {"byte=0-1", unit},
    {"bytess=0-1", unit},
    {"bytes=", none},
    {"bytes=,", none},
    {"bytes=-", none},
    {"bytes=--5", none},
    {"bytes=0", none},
    {"bytes=0-1-2", none},
    {"bytes=0-1x", none},
    {"bytes=+0-1", none},
    {"bytes=0x0-1", none},
    {"bytes=0 - 1", none},
    {"bytes=0-1;2-3", none},
    {"bytes=0-1,x", none},
    {"bytes=0-1,9-8", backwards},
};

constexpr Case several[] = {
    {"bytes=0-9,20-29", "0+10,20+10"},
    {"bytes=20-29,0-9", "0+10,20+10"},
    {"bytes=0-9,10-19", "0+20"},
    {"bytes=0-9,5-14,12-12,-1", "0+15,209+1"},
    {"bytes=0-9,99999-,30-", "0+10,30+180"},
    {"bytes=300-,400-", "unsatisfiable"},
    {"bytes=0-,0-,-210", "0+210"},
    {"bytes=50-60,0-100", "0+101"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(range_test)

BOOST_DATA_TEST_CASE(answers_as_recorded, data::make(recorded)) {
    BOOST_TEST(meaning(sample.field) == sample.expected);
}

BOOST_DATA_TEST_CASE(resolves_one_range, data::make(single)) {
    BOOST_TEST(meaning(sample.field) == sample.expected);
}

BOOST_DATA_TEST_CASE(refuses_what_is_no_range, data::make(nonsense)) {
    BOOST_TEST(meaning(sample.field) == sample.expected);
}

BOOST_DATA_TEST_CASE(sorts_and_joins_several_ranges, data::make(several)) {
    BOOST_TEST(meaning(sample.field) == sample.expected);
}

BOOST_AUTO_TEST_CASE(nothing_of_an_empty_file_can_be_had) {
    for (auto const field : {"bytes=0-", "bytes=0-0", "bytes=-1", "bytes=-0"})
        BOOST_TEST(meaning(field, 0) == "unsatisfiable");
}

BOOST_AUTO_TEST_CASE(numbers_beyond_64_bits_are_only_very_large) {
    std::string const huge(1000, '9');
    BOOST_TEST(meaning("bytes=0-" + huge) == "0+210");
    BOOST_TEST(meaning("bytes=-" + huge) == "0+210");
    BOOST_TEST(meaning("bytes=" + huge + "-") == "unsatisfiable");
    BOOST_TEST(meaning("bytes=" + huge + "-" + huge) == "unsatisfiable");
    BOOST_TEST(meaning("bytes=18446744073709551615-") == "unsatisfiable");
    BOOST_TEST(meaning("bytes=18446744073709551616-") == "unsatisfiable");
    BOOST_TEST(meaning("bytes=1-18446744073709551616") == "1+209");
}

BOOST_AUTO_TEST_CASE(arithmetic_holds_at_the_largest_file) {
    constexpr auto most = std::numeric_limits<std::uint64_t>::max();
    BOOST_TEST(meaning("bytes=0-", most) == "0+18446744073709551615");
    BOOST_TEST(meaning("bytes=-18446744073709551615,1-", most) == "0+18446744073709551615");
    BOOST_TEST(meaning("bytes=18446744073709551614-", most) == "18446744073709551614+1");
}

BOOST_AUTO_TEST_CASE(a_thousand_overlapping_ranges_are_answered_with_the_whole_file) {
    std::string field = "bytes=0-";
    for (int i = 1; i < 1000; ++i)
        field += "," + std::to_string(i) + "-";
    BOOST_TEST(meaning(field, 1'000'000) == "whole");
}

BOOST_AUTO_TEST_CASE(one_range_too_many_is_answered_with_the_whole_file) {
    std::string field = "bytes=0-0";
    for (std::size_t i = 1; i < ranges_max; ++i)
        field += ",-1";
    BOOST_TEST(meaning(field) == "0+1,209+1");
    BOOST_TEST(meaning(field + ",-1") == "whole");
}

BOOST_AUTO_TEST_SUITE_END()
