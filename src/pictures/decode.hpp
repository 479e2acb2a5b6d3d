#pragma once
#include "pictures/process.hpp"
#include "pictures/thumbnail.hpp"

#include <optional>
#include <string_view>

namespace blog::pictures {

// One decoder each: the finished square in its right orientation, or nothing when the file is
// damaged, not complete or above the limits. They never throw but bad_alloc, and hold a few rows
// of the source where its format allows that.
std::optional<Square> decode_jpeg(std::string_view file, PixelLimits const& limits);
std::optional<Square> decode_png(std::string_view file, PixelLimits const& limits);
std::optional<Square> decode_gif(std::string_view file, PixelLimits const& limits);
std::optional<Square> decode_webp(std::string_view file, PixelLimits const& limits);

}  // namespace blog::pictures
