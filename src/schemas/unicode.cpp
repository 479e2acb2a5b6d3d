#include "schemas/unicode.hpp"

#include "assert.hpp"
#include "schemas/utf8.hpp"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/utf16.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

namespace blog::schemas::unicode {
namespace {

constexpr char32_t replacement = 0xfffd;

UChar32 signed_form(char32_t c) {
    return static_cast<UChar32>(c);
}

std::int32_t length(auto const& text) {
    return static_cast<std::int32_t>(text.size());
}

std::u16string to_utf16(std::u32string_view text) {
    std::u16string units;
    units.reserve(text.size());
    for (char32_t const c : text) {
        if (c <= 0xffff) {
            units += static_cast<char16_t>(c);
        } else {
            units += U16_LEAD(c);
            units += U16_TRAIL(c);
        }
    }
    return units;
}

std::u32string from_utf16(std::u16string_view units) {
    std::u32string text;
    text.reserve(units.size());
    for (std::int32_t i = 0; i < length(units);) {
        UChar32 c = 0;
        U16_NEXT(units.data(), i, length(units), c);
        text += static_cast<char32_t>(c);
    }
    return text;
}

// ICU owns both instances and never frees them; they are immutable. Without its data nothing here
// can work, so a failure is a broken installation and not an input.
UNormalizer2 const& instance(char const* data) {
    UErrorCode error = U_ZERO_ERROR;
    UNormalizer2 const* found = unorm2_getInstance(nullptr, data, UNORM2_COMPOSE, &error);
    BLOG_ASSERT(U_SUCCESS(error));
    return *found;
}

UNormalizer2 const& nfc() {
    static UNormalizer2 const& instance_nfc = instance("nfc");
    return instance_nfc;
}

UNormalizer2 const& uts46() {
    static UNormalizer2 const& instance_uts46 = instance("uts46");
    return instance_uts46;
}

std::u32string normalized(UNormalizer2 const& form, std::u32string_view text) {
    std::u16string const units = to_utf16(text);
    std::u16string result(units.size() + 16, u'\0');
    for (;;) {
        UErrorCode error = U_ZERO_ERROR;
        std::int32_t const needed = unorm2_normalize(&form, units.data(), length(units),
                                                     result.data(), length(result), &error);
        bool const too_small = error == U_BUFFER_OVERFLOW_ERROR;
        BLOG_ASSERT(too_small || U_SUCCESS(error));
        result.resize(static_cast<std::size_t>(needed));
        if (!too_small) return from_utf16(result);
    }
}

// Python's str.isprintable(), where only the ASCII space of all separators prints.
bool is_printable(char32_t c) {
    char const g = group(c);
    return c == U' ' || (g != 'Z' && g != 'C');
}

std::string hexadecimal(char const* format, char32_t c) {
    std::array<char, 16> digits{};
    int const n = std::snprintf(digits.data(), digits.size(), format, static_cast<unsigned>(c));
    return {digits.data(), static_cast<std::size_t>(n)};
}

std::string escape(char32_t c) {
    switch (c) {
        case U'\t':
            return "\\t";
        case U'\n':
            return "\\n";
        case U'\r':
            return "\\r";
        default:
            break;
    }
    if (c <= 0xff) return hexadecimal("\\x%02x", c);
    return hexadecimal(c <= 0xffff ? "\\u%04x" : "\\U%08x", c);
}

}  // namespace

std::u32string from_utf8(std::string_view text) {
    std::u32string characters;
    characters.reserve(text.size());
    while (!text.empty()) {
        auto const step = utf8_step(text);
        characters += step.valid ? step.code_point : replacement;
        text.remove_prefix(step.size);
    }
    return characters;
}

std::string to_utf8(std::u32string_view text) {
    std::string bytes;
    bytes.reserve(text.size());
    for (char32_t const c : text) {
        append_utf8(bytes, c);
    }
    return bytes;
}

bool is_ascii(std::u32string_view text) {
    return std::ranges::all_of(text, [](char32_t c) { return c < 0x80; });
}

std::u32string to_ascii_lower(std::u32string_view text) {
    std::u32string lower(text);
    for (char32_t& c : lower) {
        if (c >= U'A' && c <= U'Z') c += U'a' - U'A';
    }
    return lower;
}

std::u32string to_nfc(std::u32string_view text) {
    return normalized(nfc(), text);
}

std::u32string to_uts46(std::u32string_view text) {
    // Since Unicode 15.1 the capital sharp s becomes a small one; ICU 72 still has "ss".
    std::u32string sharp(text);
    std::ranges::replace(sharp, U'\u1e9e', U'\u00df');
    return normalized(uts46(), sharp);
}

bool disallowed_by_uts46(char32_t c) {
    std::array<char16_t, 32> mapping{};
    UErrorCode error = U_ZERO_ERROR;
    std::int32_t const n = unorm2_getRawDecomposition(&uts46(), signed_form(c), mapping.data(),
                                                      length(mapping), &error);
    return c == replacement || (U_SUCCESS(error) && n == 1 && mapping.front() == replacement);
}

char group(char32_t c) {
    std::uint32_t const mask = U_GET_GC_MASK(signed_form(c));
    if (mask & U_GC_L_MASK) return 'L';
    if (mask & U_GC_M_MASK) return 'M';
    if (mask & U_GC_N_MASK) return 'N';
    if (mask & U_GC_P_MASK) return 'P';
    if (mask & U_GC_S_MASK) return 'S';
    return mask & U_GC_Z_MASK ? 'Z' : 'C';
}

bool is_space_separator(char32_t c) {
    return u_charType(signed_form(c)) == U_SPACE_SEPARATOR;
}

bool is_space(char32_t c) {
    UCharDirection const direction = u_charDirection(signed_form(c));
    return is_space_separator(c) || direction == U_WHITE_SPACE_NEUTRAL ||
           direction == U_BLOCK_SEPARATOR || direction == U_SEGMENT_SEPARATOR;
}

bool is_word(char32_t c) {
    return c == U'_' || group(c) == 'L' ||
           u_getIntPropertyValue(signed_form(c), UCHAR_NUMERIC_TYPE) != U_NT_NONE;
}

std::u32string_view trimmed_right(std::u32string_view text) {
    while (!text.empty() && is_space(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

std::u32string_view trimmed(std::u32string_view text) {
    text = trimmed_right(text);
    while (!text.empty() && is_space(text.front())) {
        text.remove_prefix(1);
    }
    return text;
}

std::string quoted(std::u32string_view text) {
    bool const apostrophe = text.find(U'\'') != text.npos;
    char32_t const mark = apostrophe && text.find(U'"') == text.npos ? U'"' : U'\'';
    std::string shown = to_utf8({&mark, 1});
    for (char32_t const& c : text) {
        if (c == mark || c == U'\\') shown += '\\';
        shown += is_printable(c) ? to_utf8({&c, 1}) : escape(c);
    }
    return shown + to_utf8({&mark, 1});
}

std::string code_point(char32_t c) {
    return hexadecimal("U+%04X", c);
}

std::string display(char32_t c) {
    if (c == U'\\') return "\"\\\"";  // quoted() would show two
    if (std::string_view("LNPS").find(group(c)) != std::string_view::npos) return quoted({&c, 1});

    std::array<char, 128> name{};  // the longest name has 88 letters
    UErrorCode error = U_ZERO_ERROR;
    std::int32_t const n =
        u_charName(signed_form(c), U_UNICODE_CHAR_NAME, name.data(), length(name), &error);
    if (U_SUCCESS(error) && n > 0) return {name.data(), static_cast<std::size_t>(n)};
    return c < 0xffff ? code_point(c) : hexadecimal("U+%08X", c);
}

}  // namespace blog::schemas::unicode
