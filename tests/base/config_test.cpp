#include "config.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <vector>

using namespace blog;
namespace data = boost::unit_test::data;

namespace {

Config load(std::vector<char const*> args, std::vector<char const*> environment = {}) {
    environment.push_back(nullptr);
    return Config::load(args, environment.data());
}

std::string error_of(std::vector<char const*> args, std::vector<char const*> environment = {}) {
    try {
        load(std::move(args), std::move(environment));
    } catch (ConfigError const& e) {
        return e.what();
    }
    return "accepted";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(config)

BOOST_AUTO_TEST_CASE(defaults_hold_when_nothing_is_said) {
    auto const config = load({});
    BOOST_TEST(config.listen == std::vector<std::string>{"127.0.0.1:8000"},
               boost::test_tools::per_element());
    BOOST_TEST(config.database == "blog.db");
    BOOST_TEST(config.accounts == "");
}

BOOST_AUTO_TEST_CASE(a_flag_beats_the_environment) {
    auto const config = load({"--workers", "3"}, {"BLOGD_WORKERS=5", "HOME=/x"});
    BOOST_TEST(config.workers == 3u);
}

BOOST_AUTO_TEST_CASE(the_environment_beats_the_default) {
    BOOST_TEST(load({}, {"BLOGD_IDLE_TIMEOUT=2m"}).idle_timeout.count() == 120'000);
}

BOOST_AUTO_TEST_CASE(lists_are_repeated_or_separated_by_commas) {
    auto const config = load({"--listen", "[::1]:80,unix:/run/x", "--listen=127.0.0.1:0"});
    BOOST_TEST(
        config.listen == (std::vector<std::string>{"[::1]:80", "unix:/run/x", "127.0.0.1:0"}),
        boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(sizes_and_times_carry_units) {
    auto const config = load({"--body-bytes-max=2M", "--header-timeout", "1500ms"});
    BOOST_TEST(config.body_bytes_max.value == 2u << 20);
    BOOST_TEST(config.header_timeout.count() == 1500);
}

namespace {
struct Fault {
    std::vector<char const*> args;
    char const* message;
};
std::ostream& operator<<(std::ostream& out, Fault const& f) {
    return out << f.message;
}
Fault const faults[] = {
    {{"--worker", "3"},
     "unknown setting --worker; did you mean --workers? (blogd --help lists them all)"},
    {{"--workers", "many"}, "--workers: 'many' is not accepted; write a number, from 0 to 256"},
    {{"--workers", "257"}, "--workers: '257' is not accepted; write a number, from 0 to 256"},
    {{"--idle-timeout", "10"},
     "--idle-timeout: '10' is not accepted; write a time such as 500ms, 30s or 2m, from 1s to 24h"},
    {{"--accounts", "closed"}, "--accounts: 'closed' is not accepted; write open|protected"},
    {{"--body-bytes-max", "99999999999999999999G"},
     "--body-bytes-max: '99999999999999999999G' is not accepted; write a size such as 16k or 1M, "
     "from 1k to 1G"},
    {{"blog.db"}, "unexpected word 'blog.db'; settings begin with --, see blogd --help"},
    {{"--config", "/nonexistent"}, "cannot read the configuration file /nonexistent"},
};
}  // namespace

BOOST_DATA_TEST_CASE(a_fault_is_explained, data::make(faults), fault) {
    BOOST_TEST(error_of(fault.args) == fault.message);
}

BOOST_AUTO_TEST_CASE(an_unknown_variable_is_an_error_too) {
    BOOST_TEST(error_of({}, {"BLOGD_DATABSE=x"}) ==
               "unknown setting BLOGD_DATABSE in the environment; did you mean --database? "
               "(blogd --help lists them all)");
}

BOOST_AUTO_TEST_CASE(the_help_names_every_setting_with_its_default) {
    auto const help = settings_help();
    BOOST_TEST(help.find("--idle-timeout TIME") != help.npos);
    BOOST_TEST(help.find("[75s]") != help.npos);
    BOOST_TEST(help.find("[1M]") != help.npos);
}

BOOST_AUTO_TEST_SUITE_END()
