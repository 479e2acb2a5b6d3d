#pragma once
#include "error.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace blog::pictures {

// What a source may measure; looked at before a pixel is decoded.
struct PixelLimits {
    std::uint64_t pixels_max = 50'000'000;
    std::uint32_t side_max = 20'000;

    bool allow(std::uint64_t width, std::uint64_t height) const noexcept {
        return width > 0 && height > 0 && width <= side_max && height <= side_max &&
               width * height <= pixels_max;
    }
};

// The profile picture made of an uploaded JPEG, PNG, GIF or WebP: a JPEG of 300x300 pixels without
// metadata, its orientation applied, the first frame of an animation, white where it was
// transparent. Depends on the bytes alone. Runs the decoders, so it belongs into the worker process
// (worker.hpp) and nowhere else. May throw bad_alloc.
// picture_invalid: none of the four, above the limits, damaged or not complete.
Result<std::string> make_profile_picture(std::string_view upload, PixelLimits const& limits);

}  // namespace blog::pictures
