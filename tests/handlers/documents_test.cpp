#include "config.hpp"
#include "handlers/routes.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <sstream>

// Documents that state facts of the code are printed by the code; these tests compare. To renew
// one: BLOGD_WRITE_DOCS=1 build/dev/tests/handlers/test_handlers --run_test=documents
namespace {

void compare(std::string const& name, std::string const& expected) {
    auto const path = std::string(BLOG_SOURCE) + "/docs/" + name;
    if (std::getenv("BLOGD_WRITE_DOCS") != nullptr) std::ofstream(path) << expected;
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    BOOST_TEST(text.str() == expected);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(documents)

BOOST_AUTO_TEST_CASE(the_settings_are_documented) {
    compare("settings.md",
            "# Settings\n\nEach is a flag (`--idle-timeout 75s`), a line of the file that "
            "`--config` names\n"
            "(`idle-timeout = 75s`) and a variable (`BLOGD_IDLE_TIMEOUT=75s`); a flag beats a "
            "variable beats\n"
            "the file. Sizes take `k` and `M`, times `ms`, `s`, `m` and `h`.\n\n" +
                blog::settings_markdown());
}

BOOST_AUTO_TEST_CASE(the_routes_are_documented) {
    compare("routes.md",
            "# Routes\n\nHEAD answers wherever GET does, OPTIONS everywhere.\n\n```\n" +
                blog::handlers::route_list() + "```\n");
}

BOOST_AUTO_TEST_CASE(the_metrics_are_documented) {
    compare("metrics.md",
            "# Metrics\n\n`GET /metrics` answers in Prometheus' text format, of all workers "
            "together, to\n"
            "requests that came through no proxy (`X-Forwarded-For`, `Forwarded`); for others it "
            "is not\n"
            "there.\n\n" +
                blog::handlers::Metrics::markdown());
}

BOOST_AUTO_TEST_SUITE_END()
