#include "schemas/idna_class.hpp"

#include "schemas/unicode.hpp"

#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <cstdint>

namespace blog::schemas::idna {
namespace {

constexpr char32_t zero_width_non_joiner = 0x200c, zero_width_joiner = 0x200d;
constexpr char32_t katakana_middle_dot = 0x30fb;
constexpr std::uint8_t virama = 9;  // the canonical combining class

UChar32 signed_form(char32_t c) {
    return static_cast<UChar32>(c);
}

bool within(char32_t c, char32_t first, char32_t last) {
    return c >= first && c <= last;
}

bool is_arabic_indic_digit(char32_t c) {
    return within(c, 0x660, 0x669);
}
bool is_extended_arabic_indic_digit(char32_t c) {
    return within(c, 0x6f0, 0x6f9);
}

bool is_lower_ldh(char32_t c) {
    return within(c, U'a', U'z') || within(c, U'0', U'9') || c == U'-';
}

// RFC 5892, section 2.6: the only characters that it names one by one.
bool is_valid_exception(char32_t c) {
    return std::u32string_view(U"\u00df\u03c2\u06fd\u06fe\u0f0b\u3007").find(c) !=
           std::u32string_view::npos;
}
bool is_contextual_exception(char32_t c) {
    return is_arabic_indic_digit(c) || is_extended_arabic_indic_digit(c) ||
           std::u32string_view(U"\u00b7\u0375\u05f3\u05f4\u30fb").find(c) !=
               std::u32string_view::npos;
}
bool is_disallowed_exception(char32_t c) {
    return within(c, 0x3031, 0x3035) ||
           std::u32string_view(U"\u0640\u07fa\u302e\u302f\u303b").find(c) !=
               std::u32string_view::npos;
}

// Sections 2.2, 2.3, 2.4 and 2.9.
bool is_unfit(char32_t c) {
    UChar32 const cp = signed_form(c);
    switch (ublock_getCode(cp)) {
        case UBLOCK_COMBINING_MARKS_FOR_SYMBOLS:
        case UBLOCK_MUSICAL_SYMBOLS:
        case UBLOCK_ANCIENT_GREEK_MUSICAL_NOTATION:
            return true;
        default:
            break;
    }
    switch (u_getIntPropertyValue(cp, UCHAR_HANGUL_SYLLABLE_TYPE)) {
        case U_HST_LEADING_JAMO:
        case U_HST_VOWEL_JAMO:
        case U_HST_TRAILING_JAMO:
            return true;
        default:
            break;
    }
    return u_hasBinaryProperty(cp, UCHAR_CHANGES_WHEN_NFKC_CASEFOLDED) ||
           u_hasBinaryProperty(cp, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) ||
           u_hasBinaryProperty(cp, UCHAR_WHITE_SPACE);
}

// Section 2.1.
bool is_letter_or_digit(char32_t c) {
    constexpr std::uint32_t wanted = U_GC_LL_MASK | U_GC_LU_MASK | U_GC_LO_MASK | U_GC_ND_MASK |
                                     U_GC_LM_MASK | U_GC_MN_MASK | U_GC_MC_MASK;
    return (U_GET_GC_MASK(signed_form(c)) & wanted) != 0;
}

bool follows_virama(std::u32string_view label, std::size_t position) {
    return position > 0 && u_getCombiningClass(signed_form(label[position - 1])) == virama;
}

std::int32_t joining_type(char32_t c) {
    return u_getIntPropertyValue(signed_form(c), UCHAR_JOINING_TYPE);
}

bool has_script(char32_t c, UScriptCode script) {
    UErrorCode error = U_ZERO_ERROR;
    return uscript_getScript(signed_form(c), &error) == script && U_SUCCESS(error);
}

// Joins a letter that connects to its left with one that connects to its right, whatever is
// transparent between them.
bool is_between_joining_letters(std::u32string_view label, std::size_t position) {
    auto const transparent = [](char32_t c) { return joining_type(c) == U_JT_TRANSPARENT; };
    auto const before = label.substr(0, position);
    auto const after = label.substr(position + 1);
    auto const left = std::find_if_not(before.rbegin(), before.rend(), transparent);
    auto const right = std::find_if_not(after.begin(), after.end(), transparent);
    if (left == before.rend() || right == after.end()) return false;
    std::int32_t const from = joining_type(*left), to = joining_type(*right);
    return (from == U_JT_LEFT_JOINING || from == U_JT_DUAL_JOINING) &&
           (to == U_JT_RIGHT_JOINING || to == U_JT_DUAL_JOINING);
}

UCharDirection direction_of(char32_t c) {
    return u_charDirection(signed_form(c));
}

bool is_right_to_left(UCharDirection d) {
    return d == U_RIGHT_TO_LEFT || d == U_RIGHT_TO_LEFT_ARABIC;
}

bool is_number(UCharDirection d) {
    return d == U_EUROPEAN_NUMBER || d == U_ARABIC_NUMBER;
}

// What may stand in a label of either direction (rules 2 and 5).
bool is_neutral(UCharDirection d) {
    switch (d) {
        case U_EUROPEAN_NUMBER:
        case U_EUROPEAN_NUMBER_SEPARATOR:
        case U_COMMON_NUMBER_SEPARATOR:
        case U_EUROPEAN_NUMBER_TERMINATOR:
        case U_OTHER_NEUTRAL:
        case U_BOUNDARY_NEUTRAL:
        case U_DIR_NON_SPACING_MARK:
            return true;
        default:
            return false;
    }
}

}  // namespace

// The order of the questions is that of section 3.
Class class_of(char32_t c) {
    if (is_valid_exception(c)) return Class::valid;
    if (is_contextual_exception(c)) return Class::contextual;
    if (is_disallowed_exception(c)) return Class::disallowed;
    if (is_lower_ldh(c)) return Class::valid;
    if (c == zero_width_non_joiner || c == zero_width_joiner) return Class::joiner;
    return !is_unfit(c) && is_letter_or_digit(c) ? Class::valid : Class::disallowed;
}

Contents contents_of(std::u32string_view label) {
    Contents contents;
    for (char32_t const c : label) {
        contents.arabic_digits |= is_arabic_indic_digit(c);
        contents.extended_digits |= is_extended_arabic_indic_digit(c);
        contents.japanese |= c != katakana_middle_dot &&
                             (has_script(c, USCRIPT_HIRAGANA) || has_script(c, USCRIPT_KATAKANA) ||
                              has_script(c, USCRIPT_HAN));
    }
    return contents;
}

bool joiner_allowed(std::u32string_view label, std::size_t position) {
    if (follows_virama(label, position)) return true;
    return label[position] == zero_width_non_joiner && is_between_joining_letters(label, position);
}

bool context_allows(std::u32string_view label, std::size_t position, Contents const& contents) {
    bool const first = position == 0, last = position + 1 == label.size();
    switch (label[position]) {
        case 0xb7:  // MIDDLE DOT, Catalan "l·l"
            return !first && !last && label[position - 1] == U'l' && label[position + 1] == U'l';
        case 0x375:  // GREEK LOWER NUMERAL SIGN
            return !last && has_script(label[position + 1], USCRIPT_GREEK);
        case 0x5f3:  // HEBREW PUNCTUATION GERESH
        case 0x5f4:  // HEBREW PUNCTUATION GERSHAYIM
            return !first && has_script(label[position - 1], USCRIPT_HEBREW);
        case katakana_middle_dot:
            return contents.japanese;
        default:  // the digits
            return !(contents.arabic_digits && contents.extended_digits);
    }
}

std::string bidi_error(std::u32string_view label) {
    bool const wanted = std::ranges::any_of(label, [](char32_t c) {
        return is_right_to_left(direction_of(c)) || direction_of(c) == U_ARABIC_NUMBER;
    });
    if (!wanted) return {};

    UCharDirection const start = direction_of(label.front());
    bool const rtl = is_right_to_left(start);
    if (!rtl && start != U_LEFT_TO_RIGHT) {
        return "First codepoint in label " + unicode::quoted(label) +
               " must be directionality L, R or AL";
    }
    bool ends_well = false;
    UCharDirection number = U_OTHER_NEUTRAL;  // the kind of the first number, when there was one
    for (std::size_t i = 0; i < label.size(); ++i) {
        UCharDirection const d = direction_of(label[i]);
        bool const own = rtl ? is_right_to_left(d) || d == U_ARABIC_NUMBER : d == U_LEFT_TO_RIGHT;
        if (!own && !is_neutral(d)) {
            return "Invalid direction for codepoint at position " + std::to_string(i + 1) +
                   (rtl ? " in a right-to-left label" : " in a left-to-right label");
        }
        if (own || d == U_EUROPEAN_NUMBER) {
            ends_well = true;
        } else if (d != U_DIR_NON_SPACING_MARK) {
            ends_well = false;
        }
        if (!rtl || !is_number(d)) continue;
        if (number != U_OTHER_NEUTRAL && number != d) {
            return "Can not mix numeral types in a right-to-left label";
        }
        number = d;
    }
    return ends_well ? std::string() : "Label ends with illegal codepoint directionality";
}

}  // namespace blog::schemas::idna
