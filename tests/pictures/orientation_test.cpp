#include "pictures/orientation.hpp"

#include "pictures/samples.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

using namespace blog::pictures;
using namespace blog::test;

BOOST_AUTO_TEST_SUITE(orientation)

BOOST_AUTO_TEST_CASE(is_read_in_both_byte_orders_with_and_without_a_mark) {
    for (int value = 1; value <= 8; ++value)
        for (bool const big : {true, false}) {
            BOOST_TEST(exif_orientation(exif(value, big)) == value);
            BOOST_TEST(exif_orientation(std::string("Exif\0\0", 6) + exif(value, big)) == value);
        }
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_upright) {
    BOOST_TEST(exif_orientation("") == upright);
    BOOST_TEST(exif_orientation("MM") == upright);
    BOOST_TEST(exif_orientation(exif(0)) == upright);
    BOOST_TEST(exif_orientation(exif(9)) == upright);
    BOOST_TEST(exif_orientation("XX" + exif(6).substr(2)) == upright);
    auto const whole = exif(6);
    for (std::size_t size = 0; size < 32; ++size)
        BOOST_TEST(exif_orientation(std::string(whole.data(), size)) == upright);
}

BOOST_AUTO_TEST_CASE(flipped_bits_never_read_outside) {
    std::mt19937 random(3);
    for (int round = 0; round < 20'000; ++round) {
        auto block = exif(6, round % 2 == 0);
        for (int flips = 0; flips < 3; ++flips)
            block[random() % block.size()] ^= static_cast<char>(1u << random() % 8);
        std::vector<char> const exact(block.begin(), block.end());
        auto const value = exif_orientation({exact.data(), exact.size()});
        BOOST_REQUIRE((value >= 1 && value <= 8));
    }
}

BOOST_AUTO_TEST_SUITE_END()
