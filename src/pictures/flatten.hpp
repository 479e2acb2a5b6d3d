#pragma once
#include <cstdint>

namespace blog::pictures {

// A colour of that opacity (255: opaque) in front of white, as browsers show it on paper.
constexpr std::uint8_t on_white(std::uint8_t colour, std::uint8_t alpha) noexcept {
    unsigned const sum = unsigned{colour} * alpha + 255u * (255u - alpha);
    return static_cast<std::uint8_t>((sum + 127) / 255);
}

}  // namespace blog::pictures
