#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Pictures to upload, made by the libraries' own encoders, and a look at the answer.
namespace blog::test {

using Rgba = std::array<std::uint8_t, 4>;
constexpr Rgba red{220, 30, 30, 255}, green{30, 200, 30, 255}, blue{30, 30, 220, 255},
    yellow{230, 230, 40, 255}, white{255, 255, 255, 255}, black{0, 0, 0, 255}, clear{200, 0, 0, 0};

struct Picture {
    Picture(std::uint32_t w, std::uint32_t h, Rgba colour = red)
        : width(w), height(h), pixels(std::size_t{w} * h, colour) {}
    Rgba& at(std::uint32_t x, std::uint32_t y) { return pixels[std::size_t{y} * width + x]; }
    Rgba const& at(std::uint32_t x, std::uint32_t y) const {
        return pixels[std::size_t{y} * width + x];
    }

    std::uint32_t width, height;
    std::vector<Rgba> pixels;
};

// Red and green above blue and yellow, so that every turn shows.
Picture quarters(std::uint32_t width, std::uint32_t height);
// Anything that does not compress to nothing.
Picture noise(std::uint32_t width, std::uint32_t height);

// A TIFF header and a directory with this orientation.
std::string exif(int orientation, bool big_endian = true);

struct JpegOptions {
    enum class Inks { rgb, grey, cmyk, ycck } inks = Inks::rgb;
    bool progressive = false;
    bool full_colour = true;  // no chroma subsampling
    int orientation = 0;      // 0: no Exif
    int quality = 95;
    bool scan_by_scan = false;  // a progressive file with a scan for each coefficient: 190
};
std::string jpeg(Picture const& picture, JpegOptions const& options = {});

struct PngOptions {
    enum class Kind { rgb, rgba, grey, grey_alpha, palette, palette_clear } kind = Kind::rgba;
    int depth = 8;  // bits; palettes and greys may have 1, 2 or 4, where the picture fits
    bool interlaced = false;
    int orientation = 0;
};
std::string png(Picture const& picture, PngOptions const& options = {});

struct GifOptions {
    int left = 0, top = 0;                 // of the frame
    std::optional<int> width{}, height{};  // of the screen; else the frame's
    bool interlaced = false;
    bool transparent = false;         // `clear` is
    std::optional<Picture> second{};  // another frame
};
std::string gif(Picture const& picture, GifOptions const& options = {});

std::string webp(Picture const& picture, bool lossless, int orientation = 0);
// Two frames, the first of which is `picture` at (left, top) of a canvas of that size.
std::string animated_webp(Picture const& picture, int left, int top, int width, int height);

// What `jpeg` shows; nullopt when it is none, or holds metadata.
std::optional<Picture> plain_jpeg(std::string_view jpeg);
// Whether all four components are that near.
bool near(Rgba const& a, Rgba const& b, int tolerance = 12);

}  // namespace blog::test
