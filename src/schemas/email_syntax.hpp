#pragma once
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

// The rules that both sides of the @-sign share. A check answers with the reason to show, or with
// an empty string when there is nothing to say.
namespace blog::schemas {

// What may stand between dots before the @-sign: the atom of RFC 5322, section 3.2.3.
bool is_atom_ascii(char32_t c);

// The characters that are not allowed, named, sorted, each once: `',', SPACE`. Often empty.
std::string list_others(std::u32string_view text, bool (*allowed)(char32_t));

// Characters that change how an address looks or what it joins with: separators, controls,
// formats, private and unassigned ones anywhere, a combining mark at the front.
enum class Spaces { refused, allowed };
std::string unsafe_reason(std::u32string_view text, Spaces spaces);

// Periods, after the @-sign hyphens too, at an end or next to each other.
enum class Side { local_part, domain };
std::string dots_reason(std::u32string_view text, Side side);

// `(3 characters too many)`; `unit` is in the singular.
std::string too_many(std::size_t count, std::string_view unit);

std::string concat(std::initializer_list<std::string_view> parts);

}  // namespace blog::schemas
