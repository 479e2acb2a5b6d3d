#pragma once
#include <cstddef>
#include <string>
#include <string_view>

// Which characters a label may have and where: the tables of RFC 5892, derived from the properties
// that ICU knows, and the rule for right-to-left labels of RFC 5893.
namespace blog::schemas::idna {

// PVALID, CONTEXTJ, CONTEXTO, and DISALLOWED or UNASSIGNED.
enum class Class { valid, joiner, contextual, disallowed };

Class class_of(char32_t c);

// What a label holds anywhere, for the rules that ask that.
struct Contents {
    bool arabic_digits = false;    // U+0660..0669
    bool extended_digits = false;  // U+06F0..06F9
    bool japanese = false;         // Hiragana, Katakana or Han, the middle dot not counted
};
Contents contents_of(std::u32string_view label);

// The rules of RFC 5892, appendix A, for the character at `position`.
bool joiner_allowed(std::u32string_view label, std::size_t position);
bool context_allows(std::u32string_view label, std::size_t position, Contents const& contents);

// Empty when the label, not empty itself, follows RFC 5893 section 2 or has nothing right-to-left.
std::string bidi_error(std::u32string_view label);

}  // namespace blog::schemas::idna
