#include "db/postgres/stored_text.hpp"

#include <cstddef>

namespace blog::db {

namespace {

constexpr std::string_view nul("\0", 1);
constexpr std::string_view nul_form = "\xef\xb7\x90";  // U+FDD0
constexpr std::string_view escape = "\xef\xb7\x91";    // U+FDD1
constexpr std::string_view common_prefix = "\xef\xb7";

bool is_special(std::string_view character) noexcept {
    return character == nul_form || character == escape;
}

// The place of the next U+FDD0 or U+FDD1, or npos.
std::size_t find_special(std::string_view text, std::size_t from) noexcept {
    for (;;) {
        auto const at = text.find(common_prefix, from);
        if (at == text.npos || is_special(text.substr(at, escape.size()))) return at;
        from = at + common_prefix.size();
    }
}

}  // namespace

bool needs_stored_form(std::string_view text) noexcept {
    return text.find('\0') != text.npos || find_special(text, 0) != text.npos;
}

std::string_view to_stored(std::string_view text, std::string& storage) {
    if (!needs_stored_form(text)) return text;
    storage.clear();
    storage.reserve(text.size() + 64);
    while (!text.empty()) {
        bool const is_nul = text.starts_with(nul);
        auto const character = text.substr(0, is_nul ? nul.size() : escape.size());
        if (is_nul) {
            storage += nul_form;
        } else if (is_special(character)) {
            storage += escape;
            storage += character;
        } else {
            storage += text.front();
            text.remove_prefix(1);
            continue;
        }
        text.remove_prefix(character.size());
    }
    return storage;
}

bool is_stored_form(std::string_view stored) noexcept {
    return find_special(stored, 0) != stored.npos;
}

std::string_view from_stored(std::string_view stored, std::string& storage) {
    auto at = find_special(stored, 0);
    if (at == stored.npos) return stored;
    storage.clear();
    storage.reserve(stored.size());
    std::size_t from = 0;
    for (; at != stored.npos; at = find_special(stored, from)) {
        storage += stored.substr(from, at - from);
        from = at + escape.size();
        auto const behind = stored.substr(from, escape.size());
        if (stored.substr(at, escape.size()) == nul_form) {
            storage += '\0';
        } else if (is_special(behind)) {
            storage += behind;
            from += behind.size();
        } else {
            storage += escape;
        }
    }
    storage += stored.substr(from);
    return storage;
}

std::string from_stored(std::string_view stored) {
    if (!is_stored_form(stored)) return std::string(stored);
    std::string storage;
    from_stored(stored, storage);
    return storage;
}

}  // namespace blog::db
