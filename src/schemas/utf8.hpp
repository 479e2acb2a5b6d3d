#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace blog::schemas {

// One step through bytes that should be UTF-8 (RFC 3629: shortest form, no surrogates, up to
// U+10FFFF).
struct Utf8Step {
    std::size_t size =
        0;  // bytes of the sequence; of a broken one what decoders replace by one U+FFFD
    bool valid = false;
    char32_t code_point = 0;  // when valid
};
// `rest` is not empty.
Utf8Step utf8_step(std::string_view rest) noexcept;

bool is_utf8(std::string_view bytes) noexcept;
// Code points of valid UTF-8.
std::size_t count_characters(std::string_view text) noexcept;
// What is no UTF-8 becomes U+FFFD, as Python's errors="replace" does it.
std::string with_replacements(std::string_view bytes);
// Appends any value up to U+10FFFF; a surrogate gets the three bytes that are no UTF-8.
void append_utf8(std::string& out, char32_t code_point);

// The text of a JSON body in UTF-8, whatever it came in: UTF-8, UTF-16 or UTF-32, with or without
// a byte order mark, told apart as Python's json.detect_encoding does. nullopt when the bytes are
// not what they seem, lone surrogates included. `storage` holds the text if it had to be converted,
// else the result points into `bytes`.
std::optional<std::string_view> json_text(std::string_view bytes, std::string& storage);

}  // namespace blog::schemas
