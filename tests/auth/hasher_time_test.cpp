#include "auth/hasher.hpp"
#include "support/run.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <ctime>

using namespace blog;
using auth::Hasher;

namespace {

// What the whole process has computed: as good as time for telling two kinds of work apart, and
// not disturbed by what else the machine does.
double cpu_ms() {
    timespec at{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
    return static_cast<double>(at.tv_sec) * 1e3 + static_cast<double>(at.tv_nsec) / 1e6;
}

double cost_of(Hasher& hasher, std::string const& phc) {
    auto const before = cpu_ms();
    auto const verified = test::run(hasher.verify("not the password", phc));
    BOOST_REQUIRE(verified);
    BOOST_TEST(!verified->matches);
    return cpu_ms() - before;
}

double median(std::vector<double> all) {
    std::ranges::nth_element(all, all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2));
    return all[all.size() / 2];
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hasher_time)

BOOST_AUTO_TEST_CASE(takes_as_long_for_unknown_accounts_as_for_known_ones) {
    Hasher hasher({});
    auto const known = auth::hash_password("the password", hasher.cost());
    std::vector<double> of_known, of_unknown, of_damaged;
    for (int i = 0; i < 20; ++i) {
        of_known.push_back(cost_of(hasher, known));
        of_unknown.push_back(cost_of(hasher, ""));
        of_damaged.push_back(cost_of(hasher, known.substr(0, 60)));
    }
    auto const usual = median(of_known);
    BOOST_TEST_MESSAGE("known " << usual << " ms, unknown " << median(of_unknown) << " ms");
    BOOST_TEST(median(of_unknown) / usual < 1.1);
    BOOST_TEST(median(of_unknown) / usual > 0.9);
    BOOST_TEST(median(of_damaged) / usual < 1.1);
    BOOST_TEST(median(of_damaged) / usual > 0.9);
}

BOOST_AUTO_TEST_SUITE_END()
