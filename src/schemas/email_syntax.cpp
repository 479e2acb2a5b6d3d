#include "schemas/email_syntax.hpp"

#include "schemas/unicode.hpp"

#include <set>

namespace blog::schemas {
namespace {

std::string at_front(Side side, std::string_view what) {
    if (side == Side::local_part)
        return concat({"An email address cannot start with a ", what, "."});
    return concat({"An email address cannot have a ", what, " immediately after the @-sign."});
}

std::string at_back(Side side, std::string_view what) {
    if (side == Side::domain) return concat({"An email address cannot end with a ", what, "."});
    return concat({"An email address cannot have a ", what, " immediately before the @-sign."});
}

void append_to_list(std::string& list, std::string_view item) {
    if (!list.empty()) list += ", ";
    list += item;
}

bool is_unsafe(char32_t c, bool first, Spaces spaces) {
    switch (unicode::group(c)) {
        case 'M':
            return first;
        case 'Z':
            return spaces == Spaces::refused || !unicode::is_space_separator(c);
        case 'C':
            return true;
        default:
            return false;
    }
}

}  // namespace

bool is_atom_ascii(char32_t c) {
    return (c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z') || (c >= U'0' && c <= U'9') ||
           std::u32string_view(U"!#$%&'*+-/=?^_`{|}~").find(c) != std::u32string_view::npos;
}

std::string list_others(std::u32string_view text, bool (*allowed)(char32_t)) {
    std::set<std::string> names;
    for (char32_t const c : text) {
        if (!allowed(c)) names.insert(unicode::display(c));
    }
    std::string list;
    for (auto const& name : names)
        append_to_list(list, name);
    return list;
}

std::string unsafe_reason(std::u32string_view text, Spaces spaces) {
    std::set<char32_t> unsafe;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (is_unsafe(text[i], i == 0, spaces)) unsafe.insert(text[i]);
    }
    if (unsafe.empty()) return {};
    std::string list;
    for (char32_t const c : unsafe)
        append_to_list(list, unicode::display(c));
    return concat({"The email address contains unsafe characters: ", list, "."});
}

std::string dots_reason(std::u32string_view text, Side side) {
    auto const has = [text](std::u32string_view pair) { return text.find(pair) != text.npos; };
    if (text.ends_with(U'.')) return at_back(side, "period");
    if (text.starts_with(U'.')) return at_front(side, "period");
    if (has(U"..")) return "An email address cannot have two periods in a row.";
    if (side == Side::local_part) return {};

    if (text.ends_with(U'-')) return at_back(side, "hyphen");
    if (text.starts_with(U'-')) return at_front(side, "hyphen");
    if (has(U".-") || has(U"-.")) {
        return "An email address cannot have a period and a hyphen next to each other.";
    }
    return {};
}

std::string too_many(std::size_t count, std::string_view unit) {
    return concat({"(", std::to_string(count), " ", unit, count == 1 ? "" : "s", " too many)"});
}

std::string concat(std::initializer_list<std::string_view> parts) {
    std::string whole;
    for (auto const part : parts)
        whole += part;
    return whole;
}

}  // namespace blog::schemas
