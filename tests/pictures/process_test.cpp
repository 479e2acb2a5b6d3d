#include "pictures/process.hpp"

#include "pictures/samples.hpp"

#include <boost/test/unit_test.hpp>

using namespace blog;
using namespace blog::pictures;
using namespace blog::test;

namespace {

// What the upload becomes; it must become something.
Picture made(std::string const& upload) {
    auto const jpeg = make_profile_picture(upload, PixelLimits{});
    BOOST_REQUIRE(jpeg);
    auto const picture = plain_jpeg(*jpeg);
    BOOST_REQUIRE(picture.has_value());
    BOOST_TEST(picture->width == 300u);
    BOOST_TEST(picture->height == 300u);
    return *picture;
}

// The colours in the middles of the quarters, row by row.
void check_quarters(Picture const& picture, std::array<Rgba, 4> const& expected,
                    int tolerance = 12) {
    for (std::uint32_t i = 0; i < 4; ++i) {
        auto const& seen = picture.at(i % 2 == 0 ? 75 : 225, i < 2 ? 75 : 225);
        BOOST_TEST(near(seen, expected.at(i), tolerance),
                   "quarter " << i << " is " << +seen[0] << " " << +seen[1] << " " << +seen[2]);
    }
}

constexpr std::array<Rgba, 4> as_is{red, green, blue, yellow};
// How quarters() must look where Exif says 1 to 8.
constexpr std::array<std::array<Rgba, 4>, 8> as_turned{{
    as_is,
    {green, red, yellow, blue},
    {yellow, blue, green, red},
    {blue, yellow, red, green},
    {red, blue, green, yellow},
    {blue, red, yellow, green},
    {yellow, green, blue, red},
    {green, yellow, red, blue},
}};

Rgba grey(std::uint8_t value) {
    return {value, value, value, 255};
}

Picture greys(std::uint32_t side) {
    auto picture = quarters(side, side);
    for (auto& pixel : picture.pixels)
        pixel = pixel == red     ? black
                : pixel == green ? grey(85)
                : pixel == blue  ? grey(170)
                                 : white;
    return picture;
}
std::array<Rgba, 4> const as_greys{black, grey(85), grey(170), white};

}  // namespace

BOOST_AUTO_TEST_SUITE(process)

BOOST_AUTO_TEST_CASE(every_format) {
    auto const source = quarters(640, 480);
    check_quarters(made(jpeg(source)), as_is);
    check_quarters(made(png(source)), as_is);
    check_quarters(made(gif(source)), as_is);
    check_quarters(made(webp(source, false)), as_is);
    check_quarters(made(webp(source, true)), as_is);
}

BOOST_AUTO_TEST_CASE(every_size) {
    for (auto const& [width, height] : {std::pair{1u, 1u},
                                        {2u, 2u},
                                        {3u, 3000u},
                                        {3000u, 1u},
                                        {299u, 301u},
                                        {300u, 300u},
                                        {600u, 600u},
                                        {1201u, 1300u},
                                        {2500u, 1700u}}) {
        BOOST_TEST_CONTEXT(width << "x" << height) {
            auto const source = Picture(width, height, green);
            for (auto const& upload :
                 {jpeg(source), png(source), gif(source), webp(source, false), webp(source, true)})
                check_quarters(made(upload), {green, green, green, green});
            if (std::min(width, height) < 299) continue;
            auto const sharp = quarters(width, height);
            for (auto const& upload : {jpeg(sharp), png(sharp), gif(sharp), webp(sharp, true)})
                check_quarters(made(upload), as_is);
        }
    }
}

BOOST_AUTO_TEST_CASE(orientations_are_applied_and_metadata_is_gone) {
    auto const source = quarters(500, 400);
    for (int value = 1; value <= 8; ++value) {
        BOOST_TEST_CONTEXT("orientation " << value) {
            auto const& expected = as_turned.at(static_cast<std::size_t>(value - 1));
            check_quarters(made(jpeg(source, {.orientation = value})), expected);
            check_quarters(made(png(source, {.orientation = value})), expected);
            check_quarters(made(webp(source, true, value)), expected);
        }
    }
}

BOOST_AUTO_TEST_CASE(jpeg_kinds) {
    using Inks = JpegOptions::Inks;
    auto const source = quarters(450, 450);
    for (bool const progressive : {false, true}) {
        check_quarters(made(jpeg(source, {.progressive = progressive})), as_is);
        check_quarters(made(jpeg(source, {.progressive = progressive, .full_colour = false})),
                       as_is);
        check_quarters(made(jpeg(source, {.inks = Inks::cmyk, .progressive = progressive})), as_is);
        check_quarters(made(jpeg(source, {.inks = Inks::ycck, .progressive = progressive})), as_is);
    }
    check_quarters(made(jpeg(greys(450), {.inks = Inks::grey})), as_greys);
    check_quarters(made(jpeg(quarters(4000, 4000))), as_is);  // shrunk while it is decoded
}

BOOST_AUTO_TEST_CASE(png_kinds) {
    using Kind = PngOptions::Kind;
    auto const source = quarters(330, 310);
    for (bool const interlaced : {false, true}) {
        auto const kind = [&](Kind k, int depth) {
            return PngOptions{.kind = k, .depth = depth, .interlaced = interlaced};
        };
        for (int const depth : {8, 16}) {
            check_quarters(made(png(source, kind(Kind::rgb, depth))), as_is);
            check_quarters(made(png(source, kind(Kind::rgba, depth))), as_is);
            check_quarters(made(png(greys(310), kind(Kind::grey_alpha, depth))), as_greys);
        }
        for (int const depth : {2, 4, 8, 16})
            check_quarters(made(png(greys(310), kind(Kind::grey, depth))), as_greys);
        for (int const depth : {2, 4, 8})
            check_quarters(made(png(source, kind(Kind::palette, depth))), as_is);
        auto two = source;
        for (auto& pixel : two.pixels)
            pixel = pixel == red || pixel == yellow ? white : black;
        check_quarters(made(png(two, kind(Kind::grey, 1))), {white, black, black, white});
        check_quarters(made(png(two, kind(Kind::palette, 1))), {white, black, black, white});
    }
}

BOOST_AUTO_TEST_CASE(what_is_transparent_becomes_white) {
    auto source = quarters(320, 320);
    for (auto& pixel : source.pixels)
        if (pixel == yellow) pixel = clear;
    std::array<Rgba, 4> const expected{red, green, blue, white};
    using Kind = PngOptions::Kind;
    check_quarters(made(png(source)), expected);
    check_quarters(made(png(source, {.interlaced = true})), expected);
    check_quarters(made(png(source, {.kind = Kind::palette_clear, .depth = 2})), expected);
    check_quarters(made(gif(source, {.transparent = true})), expected);
    check_quarters(made(webp(source, true)), expected);
    check_quarters(made(webp(source, false)), expected);

    Picture const half(310, 310, Rgba{200, 0, 0, 128});
    Rgba const pink{227, 127, 127, 255};
    for (auto const& upload : {png(half), webp(half, true), webp(half, false)})
        check_quarters(made(upload), {pink, pink, pink, pink}, 16);
    Picture const large(1700, 1300, Rgba{200, 0, 0, 128});
    check_quarters(made(webp(large, true)), {pink, pink, pink, pink});
}

// Nothing dark or red may leak from under what is transparent.
BOOST_AUTO_TEST_CASE(edges_of_transparency_have_no_seam) {
    Picture source(700, 700, white);
    for (std::uint32_t y = 0; y < 700; ++y)
        for (std::uint32_t x = 0; x < 350; ++x)
            source.at(x, y) = clear;
    for (auto const& upload : {png(source), webp(source, true)}) {
        auto const picture = made(upload);
        for (std::uint32_t x = 0; x < 300; ++x)
            BOOST_TEST(near(picture.at(x, 150), white, 4), x);
    }
}

BOOST_AUTO_TEST_CASE(gif_frames_and_screens) {
    auto const source = quarters(200, 200);
    check_quarters(made(gif(source, {.interlaced = true})), as_is);
    check_quarters(made(gif(source, {.second = Picture(200, 200, black)})), as_is);
    check_quarters(made(gif(Picture(100, 100, blue), {.width = 200, .height = 200})),
                   {blue, white, white, white});
    check_quarters(made(gif(source, {.left = 100, .top = 100, .width = 200, .height = 200})),
                   {white, white, white, red});
    check_quarters(made(gif(source, {.left = 300, .top = 0, .width = 200, .height = 200})),
                   {white, white, white, white});
    check_quarters(made(gif(source, {.left = 60000, .top = 65535, .width = 20, .height = 20})),
                   {white, white, white, white});
    check_quarters(made(gif(source, {.width = 0, .height = 0})), as_is);
}

BOOST_AUTO_TEST_CASE(animated_webp_shows_its_first_frame) {
    check_quarters(made(animated_webp(quarters(200, 200), 0, 0, 200, 200)), as_is);
    check_quarters(made(animated_webp(Picture(100, 100, blue), 100, 0, 200, 200)),
                   {white, blue, white, white});
}

BOOST_AUTO_TEST_CASE(the_same_upload_makes_the_same_picture) {
    auto const upload = jpeg(noise(400, 500));
    BOOST_TEST(*make_profile_picture(upload, {}) == *make_profile_picture(upload, {}));
}

BOOST_AUTO_TEST_SUITE_END()
