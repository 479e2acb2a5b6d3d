#include "net/http_date.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

using namespace blog::net;
namespace data = boost::unit_test::data;
namespace chrono = std::chrono;

namespace {

Seconds const now = chrono::sys_days(chrono::year(2026) / 6 / 8) + chrono::hours(12);
Seconds const example{chrono::seconds(784111777)};  // the one of RFC 9110

std::string text_of(Seconds instant) {
    return std::string(view(to_http_date(instant)));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(http_date)

BOOST_AUTO_TEST_CASE(writes_the_fixed_form) {
    BOOST_TEST(text_of(example) == "Sun, 06 Nov 1994 08:49:37 GMT");
    BOOST_TEST(text_of(Seconds{}) == "Thu, 01 Jan 1970 00:00:00 GMT");
    BOOST_TEST(text_of(Seconds{chrono::seconds(951782399)}) == "Mon, 28 Feb 2000 23:59:59 GMT");
    BOOST_TEST(text_of(Seconds{chrono::seconds(-1)}) == "Wed, 31 Dec 1969 23:59:59 GMT");
}

BOOST_DATA_TEST_CASE(reads_all_three_forms,
                     data::make({"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                                 "Sun Nov  6 08:49:37 1994"}),
                     text) {
    BOOST_TEST((parse_http_date(text, now) == example));
}

BOOST_AUTO_TEST_CASE(reads_what_it_has_written) {
    for (int day = 0; day < 40'000; day += 13) {
        Seconds const instant{chrono::days(day) + chrono::seconds(day * 7 % 86'400)};
        BOOST_TEST((parse_http_date(text_of(instant), now) == instant));
    }
}

BOOST_AUTO_TEST_CASE(a_two_digit_year_is_at_most_fifty_years_ahead) {
    auto const year = [](char const* text) {
        return int(chrono::year_month_day(chrono::floor<chrono::days>(*parse_http_date(text, now)))
                       .year());
    };
    BOOST_TEST(year("Monday, 01-Jan-26 00:00:00 GMT") == 2026);
    BOOST_TEST(year("Monday, 01-Jan-76 00:00:00 GMT") == 2076);
    BOOST_TEST(year("Monday, 01-Jan-77 00:00:00 GMT") == 1977);
    BOOST_TEST(year("Monday, 01-Jan-00 00:00:00 GMT") == 2000);
}

BOOST_AUTO_TEST_CASE(a_leap_second_is_a_time) {
    BOOST_TEST(
        (parse_http_date("Sun, 06 Nov 1994 08:49:60 GMT", now) == example + chrono::seconds(23)));
}

BOOST_DATA_TEST_CASE(refuses_anything_else,
                     data::make({"",
                                 "Sun",
                                 "Sunday",
                                 "Sun, 06 Nov 1994 08:49:37",
                                 "Sun, 06 Nov 1994 08:49:37 UTC",
                                 "Sun, 6 Nov 1994 08:49:37 GMT",
                                 "Sun, 31 Feb 1994 08:49:37 GMT",
                                 "Sun, 00 Nov 1994 08:49:37 GMT",
                                 "Sun, 06 nov 1994 08:49:37 GMT",
                                 "Sun, 06 ovD 1994 08:49:37 GMT",
                                 "Xyz, 06 Nov 1994 08:49:37 GMT",
                                 "Sun, 06 Nov 1994 24:00:00 GMT",
                                 "Sun, 06 Nov 1994 08:60:37 GMT",
                                 "Sun, 06 Nov 1994 08:49:61 GMT",
                                 "Sun, 06 Nov 1994 08:49:37 GMT ",
                                 " Sun, 06 Nov 1994 08:49:37 GMT",
                                 "Sun, 06-Nov-94 08:49:37 GMT",
                                 "Sunday, 06-Nov-1994 08:49:37 GMT",
                                 "Sun Nov 06 08:49:37 94",
                                 "784111777",
                                 "Sun, 06 Nov 1994 08:49",
                                 "Sun,",
                                 "Sun, 06 N"}),
                     text) {
    BOOST_TEST(!parse_http_date(text, now));
}

BOOST_AUTO_TEST_CASE(the_cache_follows_the_clock) {
    DateCache cache;
    cache.refresh(blog::SysTime(example) + chrono::microseconds(999'999));
    BOOST_TEST(cache.text() == "Sun, 06 Nov 1994 08:49:37 GMT");
    cache.refresh(blog::SysTime(example) + chrono::seconds(1));
    BOOST_TEST(cache.text() == "Sun, 06 Nov 1994 08:49:38 GMT");
}

BOOST_AUTO_TEST_SUITE_END()
