#include "db/sqlite/date_text.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>

using namespace blog;
using namespace std::chrono;

namespace {

struct Case {
    char const* text;
    SysTime time;
};
std::ostream& operator<<(std::ostream& out, Case const& c) {
    return out << c.text;
}

constexpr SysTime day = sys_days(2025y / 1 / 2);
constexpr SysTime moment = day + 3h + 4min + 5s;

Case const readable[] = {
    {"2025-01-02 03:04:05.123456", moment + 123456us},
    {"2025-01-02 03:04:05.000000", moment},
    {"2025-01-02 03:04:05", moment},
    {"2025-01-02 03:04", day + 3h + 4min},
    {"2025-01-02", day},
    {"2025-01-02T03:04:05.5", moment + 500000us},
    {"2025-01-02T03:04:05,25", moment + 250000us},
    {"2025-01-02 03:04:05.1234567890123456789", moment + 123456us},
    {"2025-01-02 03:04:05Z", moment},
    {"2025-01-02 03:04:05.000007z", moment + 7us},
    {"2025-01-02T03:04:05+00:00", moment},
    {"2025-01-02 04:04:05+01", moment},
    {"2025-01-02 04:34:05+0130", moment},
    {"2025-01-01 22:04:05.000000-05:00", moment},
    {"2024-02-29 00:00:00.120000", sys_days(2024y / 2 / 29) + 120000us},
    {"0001-01-01 00:00:00", sys_days(1y / 1 / 1)},
    {"9999-12-31 23:59:59.999999", sys_days(year(9999) / 12 / 31) + 24h - 1us},
};

char const* const unreadable[] = {
    "",
    " ",
    "now",
    "2025",
    "2025-1-2",
    "2025-13-01",
    "2025-02-29",
    "2025-00-10",
    "2025-01-00",
    "20250102",
    "2025-01-02 ",
    "2025-01-02 3:04:05",
    "2025-01-02 24:00:00",
    "2025-01-02 03:60:05",
    "2025-01-02 03:04:60",
    "2025-01-02 03:04:05.",
    "2025-01-02 03:04:05.12x",
    "2025-01-02 03:04:05 Z",
    "2025-01-02 03:04:05+",
    "2025-01-02 03:04:05+1",
    "2025-01-02 03:04:05+25:00",
    "2025-01-02 03:04:05Zulu",
    "-2025-01-02 03:04:05",
    "2025\xe2\x80\x90"
    "01-02",
    "\xff\xff\xff\xff-\xff\xff-\xff\xff",
};

}  // namespace

BOOST_AUTO_TEST_SUITE(date_text)

BOOST_DATA_TEST_CASE(reads_what_other_programs_write, boost::unit_test::data::make(readable)) {
    BOOST_TEST((db::read_date(sample.text) == sample.time));
}

BOOST_DATA_TEST_CASE(shows_an_odd_date_as_1970, boost::unit_test::data::make(unreadable)) {
    BOOST_TEST((db::read_date(sample) == SysTime{}));
}

BOOST_AUTO_TEST_CASE(reads_a_text_with_a_nul_as_odd) {
    BOOST_TEST((db::read_date(std::string_view("2025-01-02\0", 11)) == SysTime{}));
}

BOOST_AUTO_TEST_CASE(writes_26_characters_always) {
    BOOST_TEST(db::DateText(moment).view() == "2025-01-02 03:04:05.000000");
    BOOST_TEST(db::DateText(moment + 7us).view() == "2025-01-02 03:04:05.000007");
    BOOST_TEST(db::DateText(SysTime{}).view() == "1970-01-01 00:00:00.000000");
    BOOST_TEST(db::DateText(SysTime{} - 1us).view() == "1969-12-31 23:59:59.999999");
    BOOST_TEST(db::DateText(SysTime::min()).view() == "0000-01-01 00:00:00.000000");
    BOOST_TEST(db::DateText(SysTime::max()).view() == "9999-12-31 23:59:59.999999");
}

BOOST_AUTO_TEST_CASE(reads_back_what_it_wrote) {
    for (SysTime time = sys_days(1890y / 1 / 1); time < sys_days(2110y / 1 / 1);
         time += 97h + 13min + 7s + 31us) {
        db::DateText const text(time);
        BOOST_TEST_REQUIRE((db::read_date(text.view()) == time), text.view());
    }
}

BOOST_AUTO_TEST_SUITE_END()
