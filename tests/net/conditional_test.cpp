#include "net/conditional.hpp"

#include "net/file_request.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>

using namespace blog::net;
namespace data = boost::unit_test::data;

namespace {

constexpr Seconds modified{std::chrono::seconds{784111777}};  // Sun, 06 Nov 1994 08:49:37 GMT
constexpr Seconds now{std::chrono::seconds{1700000000}};
constexpr Validators current{"\"abc\"", modified};

constexpr std::string_view that_second = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr std::string_view second_before = "Sun, 06 Nov 1994 08:49:36 GMT";
constexpr std::string_view second_after = "Sun, 06 Nov 1994 08:49:38 GMT";

std::string_view outcome(std::initializer_list<HeaderView> headers, Method method = Method::get) {
    switch (check_preconditions(FileRequest(headers, method), current, now)) {
        case Precondition::met:
            return "met";
        case Precondition::not_modified:
            return "not modified";
        case Precondition::failed:
            return "failed";
    }
    return "";
}

struct Case {
    std::string_view list;
    bool matches_weakly, matches_strongly;
};
std::ostream& operator<<(std::ostream& out, Case const& c) {
    return out << c.list;
}

constexpr Case lists[] = {
    {"\"abc\"", true, true},
    {"W/\"abc\"", true, false},
    {"w/\"abc\"", false, false},
    {"*", true, true},
    {" * ", true, true},
    {"*x", false, false},
    {"*, \"abc\"", false, false},
    {"\"x\", \"abc\"", true, true},
    {"\"x\" , ,W/\"abc\"", true, false},
    {"\"x\",\"abc\"", true, true},
    {"\"a,b\", \"abc\"", true, true},
    {"\"abc", false, false},
    {"abc", false, false},
    {"\"ABC\"", false, false},
    {"\"abcd\"", false, false},
    {"", false, false},
    {"\"", false, false},
    {"W/", false, false},
    {"x, \"abc\"", false, false},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(conditional_test)

BOOST_DATA_TEST_CASE(if_none_match_compares_weakly, data::make(lists)) {
    auto const expected = sample.matches_weakly ? "not modified" : "met";
    BOOST_TEST(outcome({{"If-None-Match", sample.list}}) == expected);
    BOOST_TEST(outcome({{"if-none-match", sample.list}}, Method::head) == expected);
}

BOOST_DATA_TEST_CASE(if_match_compares_strongly, data::make(lists)) {
    BOOST_TEST(outcome({{"If-Match", sample.list}}) ==
               (sample.matches_strongly ? "met" : "failed"));
}

BOOST_AUTO_TEST_CASE(a_list_may_come_in_several_lines) {
    BOOST_TEST(outcome({{"If-None-Match", "\"x\""}, {"IF-NONE-MATCH", "\"abc\""}}) ==
               "not modified");
    BOOST_TEST(outcome({{"If-Match", "\"x\""}, {"If-Match", "\"abc\""}}) == "met");
}

BOOST_AUTO_TEST_CASE(compares_dates_to_the_second) {
    BOOST_TEST(outcome({{"If-Modified-Since", second_before}}) == "met");
    BOOST_TEST(outcome({{"If-Modified-Since", that_second}}) == "not modified");
    BOOST_TEST(outcome({{"If-Modified-Since", second_after}}) == "not modified");
    BOOST_TEST(outcome({{"If-Unmodified-Since", second_before}}) == "failed");
    BOOST_TEST(outcome({{"If-Unmodified-Since", that_second}}) == "met");
}

BOOST_AUTO_TEST_CASE(a_date_that_is_none_is_ignored) {
    for (auto const text : {"", "yesterday", "Sun, 06 Nov 1994 08:49:37", "0"}) {
        BOOST_TEST(outcome({{"If-Modified-Since", text}}) == "met");
        BOOST_TEST(outcome({{"If-Unmodified-Since", text}}) == "met");
    }
}

BOOST_AUTO_TEST_CASE(tags_win_over_dates) {
    BOOST_TEST(outcome({{"If-Modified-Since", that_second}, {"If-None-Match", "\"x\""}}) == "met");
    BOOST_TEST(outcome({{"If-None-Match", "\"abc\""}, {"If-Modified-Since", second_before}}) ==
               "not modified");
    BOOST_TEST(outcome({{"If-Match", "\"abc\""}, {"If-Unmodified-Since", second_before}}) == "met");
}

BOOST_AUTO_TEST_CASE(a_failed_precondition_wins_over_not_modified) {
    BOOST_TEST(outcome({{"If-None-Match", "\"abc\""}, {"If-Match", "\"x\""}}) == "failed");
}

BOOST_AUTO_TEST_CASE(a_range_counts_only_for_the_current_state) {
    auto const counts = [](std::string_view if_range) {
        return range_is_current(FileRequest({{"If-Range", if_range}}), current, now);
    };
    BOOST_TEST(range_is_current(FileRequest(), current, now));
    BOOST_TEST(counts("\"abc\""));
    BOOST_TEST(counts(that_second));
    for (auto const other : {"W/\"abc\"", "\"x\"", "\"x\", \"abc\"", "*", "abc", ""})
        BOOST_TEST(!counts(other), other);
    BOOST_TEST(!counts(second_before));
    BOOST_TEST(!counts(second_after));
}

BOOST_AUTO_TEST_SUITE_END()
