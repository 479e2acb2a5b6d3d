#pragma once
#include "pictures/thumbnail.hpp"

#include <string_view>

namespace blog::pictures {

// How a camera was held, as Exif counts it: 1 is upright, 2 to 8 are turned or mirrored.
using Orientation = int;
constexpr Orientation upright = 1;

// Out of an Exif block (a TIFF file, with or without "Exif\0\0" before it). Anything that cannot be
// read is upright.
Orientation exif_orientation(std::string_view exif) noexcept;

// The square as it is meant to be seen.
Square turned(Square square, Orientation orientation);

}  // namespace blog::pictures
