#pragma once
#include <cstdint>
#include <string_view>

// What the HTML standard says of single elements and attributes, as far as it decides how a value
// must be escaped. Names are in lower case.
namespace blog::views {

enum class AttributeKind : std::uint8_t {
    plain,
    url,
    refused,  // script, style, markup, a list of URLs, or the URL of something that is run
};
AttributeKind attribute_kind(std::string_view tag, std::string_view attribute);

// Does the element hold text only, up to its end tag, and no entities (<script>)?
bool holds_raw_text(std::string_view tag);

// Does the element hold text only, with entities (<title>)?
bool holds_plain_text(std::string_view tag);

// Does this literal beginning of a URL settle its scheme and its host, whatever follows? "/" alone
// does not: with a second one it would be followed by a host.
bool fixes_host(std::string_view url);

constexpr bool is_html_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}
constexpr char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
constexpr bool is_html_letter(char c) {
    return to_lower(c) >= 'a' && to_lower(c) <= 'z';
}

}  // namespace blog::views
