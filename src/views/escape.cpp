#include "views/escape.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace blog::views {
namespace {

constexpr std::uint64_t every(unsigned char byte) {
    return 0x0101010101010101u * byte;
}

// Is any byte of the word zero? If so, not zero.
constexpr std::uint64_t any_zero(std::uint64_t word) {
    return (word - every(0x01)) & ~word & every(0x80);
}

// Does any of eight bytes need an escape? & and ' differ in the lowest bit alone, < and > in the
// one above it.
constexpr bool needs_escape(std::uint64_t word) {
    return (any_zero((word | every(1)) ^ every('\'')) | any_zero((word | every(2)) ^ every('>')) |
            any_zero(word ^ every('"')) | any_zero(word)) != 0;
}

constexpr std::string_view entity(char c) {
    switch (c) {
        case '&':
            return "&amp;";
        case '<':
            return "&lt;";
        case '>':
            return "&gt;";
        case '"':
            return "&#34;";
        case '\'':
            return "&#39;";
        case '\0':  // no HTML may hold it; the replacement character is what browsers make of it
            return "\xEF\xBF\xBD";
        default:
            return {};
    }
}

// The first place at or after `from` that has an entity, or the text's size.
std::size_t plain_run(std::string_view text, std::size_t from) {
    std::uint64_t word = 0;
    for (; text.size() - from >= sizeof word; from += sizeof word) {
        std::memcpy(&word, text.data() + from, sizeof word);
        if (needs_escape(word)) break;
    }
    while (from < text.size() && entity(text[from]).empty())
        ++from;
    return from;
}

// What may stand for itself: RFC 3986's unreserved characters; `/` in a path as well; in a ready
// URL the delimiters too, `%` and those that HTML escapes apart.
enum class Allowed : std::uint8_t { part = 1, path = 2, url = 4 };

constexpr auto allowed_table = [] {
    std::array<std::uint8_t, 256> table{};
    auto const allow = [&](std::string_view characters, unsigned bits) {
        for (char const c : characters)
            table[static_cast<unsigned char>(c)] = static_cast<std::uint8_t>(bits);
    };
    allow("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~", 1 | 2 | 4);
    allow("/", 2 | 4);
    allow(":?#[]@!$()*+,;=", 4);
    return table;
}();

bool stands(char c, Allowed where) {
    return (allowed_table[static_cast<unsigned char>(c)] & static_cast<unsigned>(where)) != 0;
}

constexpr bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

void append_percent(std::string& out, char c) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    auto const byte = static_cast<unsigned char>(c);
    char const encoded[] = {'%', digits[byte >> 4], digits[byte & 15]};
    out.append(encoded, sizeof encoded);
}

void append_encoded(std::string& out, std::string_view text, Allowed where) {
    for (std::size_t at = 0; at < text.size();) {
        auto end = at;
        while (end < text.size() && stands(text[end], where))
            ++end;
        out.append(text, at, end - at);
        if (end < text.size()) append_percent(out, text[end++]);
        at = end;
    }
}

bool is_local(std::string_view path) {
    return path.starts_with('/') && !path.starts_with("//") && !path.starts_with("/\\");
}

constexpr char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// `prefix` is in lower case.
bool starts_with_scheme(std::string_view url, std::string_view prefix) {
    if (url.size() <= prefix.size()) return false;
    for (std::size_t i = 0; i < prefix.size(); ++i)
        if (lower(url[i]) != prefix[i]) return false;
    return true;
}

bool is_safe_url(std::string_view url) {
    return is_local(url) || starts_with_scheme(url, "https://") ||
           starts_with_scheme(url, "http://") || starts_with_scheme(url, "mailto:");
}

}  // namespace

void append_html(std::string& out, std::string_view text) {
    for (std::size_t at = 0;;) {
        auto const end = plain_run(text, at);
        out.append(text, at, end - at);
        if (end == text.size()) return;
        out.append(entity(text[end]));
        at = end + 1;
    }
}

void append_url_part(std::string& out, std::string_view text) {
    append_encoded(out, text, Allowed::part);
}

void append_path(std::string& out, std::string_view path) {
    append_encoded(out, path, Allowed::path);
}

void append_local_path(std::string& out, std::string_view path) {
    if (is_local(path))
        append_path(out, path);
    else
        out += '#';
}

void append_url(std::string& out, std::string_view url) {
    if (!is_safe_url(url)) {
        out += '#';
        return;
    }
    for (std::size_t at = 0; at < url.size(); ++at) {
        char const c = url[at];
        bool const encoded =
            c == '%' && url.size() - at > 2 && is_hex(url[at + 1]) && is_hex(url[at + 2]);
        if (stands(c, Allowed::url) || encoded)
            out += c;
        else if (c == '&' || c == '\'')
            out += entity(c);
        else
            append_percent(out, c);
    }
}

}  // namespace blog::views
