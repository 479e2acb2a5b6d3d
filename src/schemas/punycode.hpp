#pragma once
#include <optional>
#include <string>
#include <string_view>

// The encoding of one label of an internationalised name in ASCII (RFC 3492), without its "xn--".
namespace blog::schemas::punycode {

std::string encode(std::u32string_view label);
// `text` is ASCII. Nothing when it encodes no code points; a lone surrogate can come out.
std::optional<std::u32string> decode(std::string_view text);

}  // namespace blog::schemas::punycode
