#pragma once
#include <string>
#include <string_view>

// Text as code points, and what the Unicode character database says of one. The recorded contract
// speaks of characters as Python does, so the questions are those of Python's `str`; ICU answers.
namespace blog::schemas::unicode {

// Bytes that are not UTF-8 become U+FFFD.
std::u32string from_utf8(std::string_view text);
// `text` holds no surrogates (quoted() shows them as escapes).
std::string to_utf8(std::u32string_view text);

bool is_ascii(std::u32string_view text);
// Only A to Z change.
std::u32string to_ascii_lower(std::u32string_view text);

// Unicode Normalization Form C (UAX #15).
std::u32string to_nfc(std::u32string_view text);
// The mapping of UTS #46, non-transitional, any ASCII left as it is, then NFC. What the standard
// disallows becomes U+FFFD; idna::map() refuses it first.
std::u32string to_uts46(std::u32string_view text);
bool disallowed_by_uts46(char32_t c);

// The first letter of the general category: L, M, N, P, S, Z or C.
char group(char32_t c);
bool is_space(char32_t c);            // str.isspace(): more than White_Space, U+001C..1F too
bool is_word(char32_t c);             // \w: letters, whatever has a numeric value, and _
bool is_space_separator(char32_t c);  // category Zs

std::u32string_view trimmed_right(std::u32string_view text);
std::u32string_view trimmed(std::u32string_view text);

// repr(): in quotes, with escapes for what does not print.
std::string quoted(std::u32string_view text);
// `U+0041`: at least four digits, upper case.
std::string code_point(char32_t c);
// How a message names one character: quoted where it shows, else by name, else by number.
std::string display(char32_t c);

}  // namespace blog::schemas::unicode
