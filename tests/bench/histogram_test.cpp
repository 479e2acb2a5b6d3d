#include "histogram.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <random>
#include <vector>

using blog::bench::Histogram;

namespace {

Histogram of(std::vector<std::uint64_t> const& values) {
    Histogram out;
    for (auto const value : values)
        out.record(value);
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(histogram)

BOOST_AUTO_TEST_CASE(an_empty_one_is_all_zero) {
    auto const h = of({});
    BOOST_TEST(h.count() == 0u);
    BOOST_TEST(h.max() == 0u);
    BOOST_TEST(h.percentile(50) == 0u);
    BOOST_TEST(h.percentile(100) == 0u);
}

BOOST_AUTO_TEST_CASE(small_values_are_exact) {
    std::vector<std::uint64_t> values;
    for (std::uint64_t v = 1; v <= 1000; ++v)
        values.push_back(v);
    auto const h = of(values);
    BOOST_TEST(h.count() == 1000u);
    BOOST_TEST(h.percentile(0) == 1u);
    BOOST_TEST(h.percentile(0.1) == 1u);
    BOOST_TEST(h.percentile(50) == 500u);
    BOOST_TEST(h.percentile(99) == 990u);
    BOOST_TEST(h.percentile(99.9) == 999u);
    BOOST_TEST(h.percentile(99.91) == 1000u);
    BOOST_TEST(h.percentile(100) == 1000u);
}

BOOST_AUTO_TEST_CASE(one_in_a_thousand_shows_at_the_end_alone) {
    std::vector<std::uint64_t> values(999, 10);
    values.push_back(1'000'000);
    auto const h = of(values);
    BOOST_TEST(h.percentile(99.9) == 10u);
    BOOST_TEST(h.percentile(100) == 1'000'000u);
    BOOST_TEST(h.max() == 1'000'000u);
}

// Around every power of two: the value itself, or one at most 0.1 % above.
BOOST_AUTO_TEST_CASE(every_size_is_known_to_three_digits) {
    for (unsigned power = 0; power < 40; ++power) {
        for (std::int64_t const offset : {-1, 0, 1}) {
            auto const value = (std::uint64_t{1} << power) + static_cast<std::uint64_t>(offset);
            auto const h = of({value, Histogram::value_max});
            auto const told = h.percentile(50);
            BOOST_TEST(told >= value);
            BOOST_TEST(told - value <= value / 1000);
        }
    }
}

BOOST_AUTO_TEST_CASE(agrees_with_a_sorted_list) {
    std::mt19937_64 random(7);
    std::lognormal_distribution<double> spread(12, 3);
    std::vector<std::uint64_t> values;
    for (int i = 0; i < 20'000; ++i)
        values.push_back(static_cast<std::uint64_t>(spread(random)));
    auto const h = of(values);
    std::ranges::sort(values);
    for (double const percent : {1.0, 10.0, 50.0, 90.0, 99.0, 99.9}) {
        auto const rank = static_cast<std::size_t>(percent / 100 * 20'000);
        auto const expected = std::min(values[rank - 1], Histogram::value_max);
        auto const told = h.percentile(percent);
        BOOST_TEST(told >= expected);
        BOOST_TEST(told - expected <= expected / 1000);
    }
}

BOOST_AUTO_TEST_CASE(what_is_too_large_counts_as_the_largest) {
    auto const h = of({Histogram::value_max + 1, UINT64_MAX});
    BOOST_TEST(h.count() == 2u);
    BOOST_TEST(h.max() == Histogram::value_max);
    BOOST_TEST(h.percentile(50) == Histogram::value_max);
}

BOOST_AUTO_TEST_SUITE_END()
