#include "pictures/thumbnail.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace blog::pictures;

namespace {

Square scaled(std::uint32_t width, std::uint32_t height, auto&& value) {
    Thumbnail thumbnail(width, height);
    std::vector<std::uint8_t> row(std::size_t{width} * 3);
    for (std::uint32_t y = 0; y < height; ++y) {
        for (std::uint32_t x = 0; x < width; ++x)
            for (std::uint32_t c = 0; c < 3; ++c)
                row[x * 3 + c] = value(x, y);
        thumbnail.add_row(row);
    }
    return thumbnail.finish();
}

std::uint8_t at(Square const& square, std::size_t x, std::size_t y) {
    return square[(y * square_side + x) * 3];
}

}  // namespace

BOOST_AUTO_TEST_SUITE(thumbnail)

BOOST_AUTO_TEST_CASE(one_colour_stays_that_colour_at_every_scale) {
    for (std::uint32_t const side : {1u, 2u, 3u, 7u, 299u, 300u, 301u, 599u, 1000u})
        for (std::uint8_t const value : {0, 1, 127, 255}) {
            auto const square = scaled(side, side, [&](auto, auto) { return value; });
            BOOST_TEST(square.size() == square_side * square_side * 3u);
            auto const same = [&](auto byte) { return byte == value; };
            BOOST_TEST(std::all_of(square.begin(), square.end(), same), side << ", " << +value);
        }
}

BOOST_AUTO_TEST_CASE(the_same_size_is_the_same_picture) {
    auto const value = [](auto x, auto y) { return static_cast<std::uint8_t>(x * 7 + y * 13); };
    auto const square = scaled(square_side, square_side, value);
    for (std::uint32_t y = 0; y < square_side; ++y)
        for (std::uint32_t x = 0; x < square_side; ++x)
            if (at(square, x, y) != value(x, y)) BOOST_FAIL(x << "," << y);
}

BOOST_AUTO_TEST_CASE(the_middle_is_cut_out) {
    // Black on both sides of a white square.
    auto const inside = [](auto x, auto) { return std::uint8_t(x >= 200 && x < 500 ? 255 : 0); };
    auto const wide = scaled(700, 300, inside);
    auto const high = scaled(300, 700, [&](auto x, auto y) { return inside(y, x); });
    for (auto const* square : {&wide, &high})
        BOOST_TEST(std::all_of(square->begin(), square->end(), [](auto v) { return v == 255; }));
}

BOOST_AUTO_TEST_CASE(what_is_too_fine_becomes_its_mean) {
    auto const square = scaled(3000, 3000, [](auto x, auto y) { return (x + y) % 2 ? 200 : 100; });
    for (std::size_t i = 20; i < 280; ++i)
        BOOST_TEST(std::abs(at(square, i, 300 - i) - 150) <= 1);
}

BOOST_AUTO_TEST_CASE(a_slope_stays_a_slope) {
    auto const slope = [](auto x, auto) { return static_cast<std::uint8_t>(x / 4); };
    auto const smaller = scaled(1000, 1000, slope);
    for (std::size_t x = 10; x < 290; ++x)
        BOOST_TEST(std::abs(at(smaller, x, 150) - (x + 0.5) * 1000 / 300 / 4) <= 1.5);
    auto const larger =
        scaled(100, 100, [](auto, auto y) { return static_cast<std::uint8_t>(2 * y); });
    for (std::size_t y = 15; y < 285; ++y)
        BOOST_TEST(std::abs(at(larger, 7, y) - ((y + 0.5) / 3 - 0.5) * 2) <= 1.5);
}

BOOST_AUTO_TEST_SUITE_END()
