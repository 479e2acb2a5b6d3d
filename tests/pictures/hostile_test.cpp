#include "pictures/process.hpp"
#include "pictures/samples.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <random>

using namespace blog;
using namespace blog::pictures;
using namespace blog::test;

namespace {

// Out of a block of exactly its size, so that a sanitizer sees every step outside.
Result<std::string> process(std::string_view upload, PixelLimits const& limits = {}) {
    auto const exact = std::make_unique<char[]>(upload.size());
    upload.copy(exact.get(), upload.size());
    return make_profile_picture({exact.get(), upload.size()}, limits);
}

bool refused(std::string_view upload, PixelLimits const& limits = {}) {
    auto const result = process(upload, limits);
    return !result && result.error().code == Errc::picture_invalid;
}

struct Sample {
    std::string name, bytes;
};

std::vector<Sample> samples() {
    auto const source = noise(90, 70);
    using Kind = PngOptions::Kind;
    return {
        {"jpeg", jpeg(source, {.orientation = 6})},
        {"progressive jpeg", jpeg(source, {.progressive = true, .full_colour = false})},
        {"cmyk jpeg", jpeg(source, {.inks = JpegOptions::Inks::ycck})},
        {"png", png(source, {.orientation = 3})},
        {"interlaced png", png(source, {.interlaced = true})},
        {"palette png", png(quarters(90, 70), {.kind = Kind::palette_clear})},
        {"gif", gif(quarters(90, 70), {.interlaced = true, .transparent = true})},
        {"webp", webp(source, false, 5)},
        {"lossless webp", webp(source, true)},
        {"animated webp", animated_webp(quarters(90, 70), 10, 20, 120, 110)},
    };
}

void put_big(std::string& text, std::size_t at, std::uint32_t value, int bytes) {
    for (int i = 0; i < bytes; ++i)
        text[at + static_cast<std::size_t>(i)] =
            static_cast<char>(value >> (8 * (bytes - 1 - i)) & 0xff);
}

// Writes the size into the header of a PNG, and the checksum that goes with it.
std::string png_of_size(std::uint32_t width, std::uint32_t height) {
    auto file = png(quarters(20, 20));
    put_big(file, 16, width, 4);
    put_big(file, 20, height, 4);
    std::uint32_t crc = 0xffffffff;
    for (std::size_t i = 12; i < 29; ++i) {
        crc ^= static_cast<unsigned char>(file[i]);
        for (int bit = 0; bit < 8; ++bit)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
    }
    put_big(file, 29, ~crc, 4);
    return file;
}

std::string jpeg_of_size(std::uint32_t width, std::uint32_t height, bool progressive) {
    auto file = jpeg(quarters(20, 20), {.progressive = progressive});
    auto const frame = file.find(progressive ? "\xff\xc2" : "\xff\xc0");
    put_big(file, frame + 5, height, 2);
    put_big(file, frame + 7, width, 2);
    return file;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hostile)

BOOST_AUTO_TEST_CASE(what_is_no_picture) {
    for (auto const* text :
         {"", "x", "hello", "GIF89", "GIF89a", "\xff\xd8\xff", "\xff\xd8\xff\xe0",
          "\x89PNG\r\n\x1a\n", "RIFF\4\1\1\1WEBP", "RIFF", "%PDF-1.7\n1 0 obj\n<<>>\nendobj\n",
          "BM\x1e\1\1\1",
          "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"300\" height=\"300\"></svg>",
          "<html><script>alert(1)</script></html>", "II*\1", "\x1f\x8b\x08"})
        BOOST_TEST(refused(text), text);
    BOOST_TEST(refused(std::string(1u << 20, '\0')));
    BOOST_TEST(refused(" " + png(Picture(1, 1))));
}

// Where the end is missing: an error, or the very picture that the whole file makes (a GIF whose
// first frame is complete), but never half of it.
BOOST_AUTO_TEST_CASE(truncated_files_make_no_half_pictures) {
    for (auto const& [name, bytes] : samples()) {
        auto const whole = process(bytes);
        BOOST_REQUIRE_MESSAGE(whole, name);
        std::size_t made = 0;
        for (std::size_t size = bytes.size() - 1; size > 0;
             size -= std::min<std::size_t>(size, 97)) {
            auto const result = process(std::string_view(bytes).substr(0, size));
            if (!result) continue;
            ++made;
            BOOST_TEST(*result == *whole, name << " after " << size << " bytes");
        }
        BOOST_TEST(made <= (name == "gif" ? 1u : 0u), name << " made " << made);
    }
}

BOOST_AUTO_TEST_CASE(flipped_bits_do_no_harm) {
    std::mt19937 random(20);
    for (auto const& [name, bytes] : samples()) {
        for (int round = 0; round < 150; ++round) {
            auto damaged = bytes;
            // Most of them near the beginning, where the sizes and the tables are.
            auto const reach =
                round % 3 == 0 ? damaged.size() : std::min<std::size_t>(400, damaged.size());
            for (auto flips = 1 + random() % 4; flips > 0; --flips)
                damaged[random() % reach] ^= static_cast<char>(1u << random() % 8);
            auto const result = process(damaged);
            if (result) BOOST_TEST(plain_jpeg(*result).has_value(), name << ", round " << round);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_broken_checksum_of_a_png) {
    auto file = png(noise(40, 40));
    auto const data = file.find("IDAT");
    auto damaged = file;
    damaged[data + 40] ^= 1;
    BOOST_TEST(refused(damaged));
    damaged = file;
    damaged[16] ^= 1;  // the width
    BOOST_TEST(refused(damaged));
    damaged = file;
    damaged[file.size() - 13] ^= 1;  // of the last IDAT
    BOOST_TEST(refused(damaged));
}

BOOST_AUTO_TEST_CASE(bombs_are_refused_by_their_headers) {
    for (auto const& [width, height] : {std::pair{20'000u, 20'000u},
                                        {20'001u, 1u},
                                        {1u, 20'001u},
                                        {7072u, 7072u},
                                        {0u, 20u},
                                        {20u, 0u},
                                        {0x7fffffffu, 0x7fffffffu},
                                        {0xffffffffu, 1u}}) {
        BOOST_TEST(refused(png_of_size(width, height)), width);
        if (width > 0xffff) continue;
        BOOST_TEST(refused(jpeg_of_size(width, height, false)), width);
        BOOST_TEST(refused(jpeg_of_size(width, height, true)), width);
        if (width == 0 || height == 0) continue;
        GifOptions screen{.width = static_cast<int>(width), .height = static_cast<int>(height)};
        BOOST_TEST(refused(gif(quarters(20, 20), screen)), width);
    }
    auto frame = gif(quarters(20, 20));
    auto const at = frame.find("\x2c");  // its descriptor: left, top, width, height
    for (std::size_t i = 5; i <= 8; ++i)
        frame[at + i] = '\xff';
    BOOST_TEST(refused(frame));
    BOOST_TEST(refused(animated_webp(quarters(20, 20), 0, 0, 16'000, 16'000)));
}

BOOST_AUTO_TEST_CASE(the_limits_are_those_that_are_given) {
    PixelLimits limits;
    limits.pixels_max = 10'000;
    for (auto const& [fits, too_large] :
         {std::pair{png(quarters(100, 100)), png(quarters(100, 101))},
          {jpeg(quarters(100, 100)), jpeg(quarters(100, 101))},
          {gif(quarters(100, 100)), gif(quarters(100, 101))},
          {webp(quarters(100, 100), true), webp(quarters(100, 101), true)}}) {
        BOOST_TEST(!refused(fits, limits));
        BOOST_TEST(refused(too_large, limits));
    }
}

BOOST_AUTO_TEST_CASE(a_progressive_file_with_very_many_scans) {
    BOOST_TEST(refused(jpeg(quarters(64, 64), {.scan_by_scan = true})));
}

BOOST_AUTO_TEST_SUITE_END()
