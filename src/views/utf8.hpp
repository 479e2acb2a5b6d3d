#pragma once
#include <cstddef>
#include <string_view>

namespace blog::views {

struct CodePoint {
    char32_t value = 0;
    std::size_t bytes = 1;  // one when not valid
    bool valid = false;
};

// The code point that begins at text[at]; at < text.size(). Overlong forms, surrogates and values
// beyond U+10FFFF are not valid (RFC 3629).
CodePoint decode(std::string_view text, std::size_t at);

}  // namespace blog::views
