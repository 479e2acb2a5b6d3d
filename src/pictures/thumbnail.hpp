#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace blog::pictures {

constexpr std::uint32_t square_side = 300;  // pixels

// RGB, three bytes a pixel, row after row: square_side * square_side * 3 bytes.
using Square = std::vector<std::uint8_t>;

// Cuts the largest square out of the middle of a picture and scales it to square_side with a
// Lanczos filter. Takes the rows one after the other and keeps no source pixel, so a large picture
// costs no more memory than a small one.
class Thumbnail {
public:
    // Of the source, in pixels; neither is 0.
    Thumbnail(std::uint32_t width, std::uint32_t height);

    // The next row from the top: `width` pixels, RGB.
    void add_row(std::span<std::uint8_t const> rgb);
    // Once all rows are in.
    Square finish() const;

private:
    // The source pixels that make one pixel of the result along one axis, and how much each.
    struct Window {
        std::uint32_t first = 0;
        std::vector<float> weights;
    };
    static std::vector<Window> windows(std::uint32_t source_side);

    std::uint32_t const width_, height_, side_;
    std::vector<Window> const windows_;  // the same for both axes
    std::vector<float> line_;            // the row at hand, scaled
    std::vector<float> sums_;            // the square so far
    std::uint32_t rows_ = 0;
    std::uint32_t open_ = 0;  // the first row of the square that is not complete
};

}  // namespace blog::pictures
