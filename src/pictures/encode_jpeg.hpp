#pragma once
#include "pictures/thumbnail.hpp"

#include <string>

namespace blog::pictures {

// Quality 85, optimised tables, no metadata. Throws bad_alloc.
std::string encode_jpeg(Square const& square);

}  // namespace blog::pictures
