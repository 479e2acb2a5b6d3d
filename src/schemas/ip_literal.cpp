#include "schemas/ip_literal.hpp"

#include "schemas/unicode.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace blog::schemas {
namespace {

using unicode::quoted;

constexpr std::size_t hextets = 8;
constexpr std::size_t ipv6_length_max = 45;

bool is_digit(char32_t c) {
    return c >= U'0' && c <= U'9';
}

bool is_hex_digit(char32_t c) {
    return is_digit(c) || (c >= U'a' && c <= U'f') || (c >= U'A' && c <= U'F');
}

// At most `pieces_max` pieces: the last one keeps the separators that are left.
std::vector<std::u32string_view> split(std::u32string_view text, char32_t separator,
                                       std::size_t pieces_max) {
    std::vector<std::u32string_view> pieces;
    while (pieces.size() + 1 < pieces_max) {
        auto const at = text.find(separator);
        if (at == text.npos) break;
        pieces.push_back(text.substr(0, at));
        text.remove_prefix(at + 1);
    }
    pieces.push_back(text);
    return pieces;
}

std::string octet_error(std::u32string_view octet) {
    if (octet.empty()) return "Empty octet not permitted";
    if (!std::ranges::all_of(octet, is_digit)) {
        return "Only decimal digits permitted in " + quoted(octet);
    }
    if (octet.size() > 3) return "At most 3 characters permitted in " + quoted(octet);
    if (octet.size() > 1 && octet.front() == U'0') {
        return "Leading zeros are not permitted in " + quoted(octet);
    }
    std::string const digits = unicode::to_utf8(octet);
    if (std::stoi(digits) > 255) return "Octet " + digits + " (> 255) not permitted";
    return {};
}

std::string hextet_error(std::u32string_view hextet) {
    if (!std::ranges::all_of(hextet, is_hex_digit)) {
        return "Only hex digits permitted in " + quoted(hextet);
    }
    if (hextet.size() > 4) return "At most 4 characters permitted in " + quoted(hextet);
    return {};
}

std::string too_long(std::u32string_view text) {
    std::u32string shown(text);
    if (text.size() > 100) {
        shown = text.substr(0, ipv6_length_max);
        std::string const left_out = std::to_string(text.size() - 2 * ipv6_length_max);
        shown += unicode::from_utf8("(" + left_out + " chars elided)");
        shown += text.substr(text.size() - ipv6_length_max);
    }
    return "At most 45 characters expected in " + quoted(shown);
}

// Whether the colons leave eight parts, or fewer and one "::". `parts` has at least three and at
// most nine.
std::string colon_error(std::vector<std::u32string_view> const& parts) {
    auto const inner = std::count(parts.begin() + 1, parts.end() - 1, U"");
    bool const leading = parts.front().empty(), trailing = parts.back().empty();
    if (inner > 1) return "At most one '::' permitted";
    if (inner == 0 && parts.size() != hextets) return "Exactly 8 parts expected without '::'";
    // An empty part at an end is half of "::" only when its neighbour is empty too.
    if (leading && !parts[1].empty()) return "Leading ':' only permitted as part of '::'";
    if (trailing && !parts[parts.size() - 2].empty()) {
        return "Trailing ':' only permitted as part of '::'";
    }
    auto const named = std::ranges::count_if(parts, [](auto part) { return !part.empty(); });
    if (inner == 1 && named >= static_cast<std::ptrdiff_t>(hextets)) {
        return "Expected at most 7 other parts with '::'";
    }
    return {};
}

// The same, without the " in '<address>'" that ends most messages.
std::string ipv6_error_in(std::u32string_view text) {
    auto parts = split(text, U':', hextets + 2);
    if (parts.size() < 3) return "At least 3 parts expected";
    if (parts.back().find(U'.') != parts.back().npos) {
        if (auto error = ipv4_error(parts.back()); !error.empty()) return error;
        parts.back() = U"0";  // an IPv4 address stands for two hextets, whichever
        parts.push_back(U"0");
    }
    if (parts.size() > hextets + 1) return "At most 8 colons permitted";
    if (auto error = colon_error(parts); !error.empty()) return error;
    for (auto const part : parts) {
        if (auto error = hextet_error(part); !error.empty()) return error;
    }
    return {};
}

}  // namespace

std::string ipv4_error(std::u32string_view text) {
    if (text.empty()) return "Address cannot be empty";
    std::string error;
    auto const octets = split(text, U'.', text.size() + 1);
    if (octets.size() != 4) return "Expected 4 octets in " + quoted(text);
    for (auto const octet : octets) {
        if (error.empty()) error = octet_error(octet);
    }
    return error.empty() ? error : error + " in " + quoted(text);
}

std::string ipv6_error(std::u32string_view text) {
    if (text.find(U'/') != text.npos) return "Unexpected '/' in " + quoted(text);
    if (auto const zone = text.find(U'%'); zone != text.npos) {
        auto const name = text.substr(zone + 1);
        if (name.empty() || name.find(U'%') != name.npos) {
            return "Invalid IPv6 address: \"" + quoted(text) + '"';
        }
        text = text.substr(0, zone);
    }
    if (text.empty()) return "Address cannot be empty";
    if (text.size() > ipv6_length_max) return too_long(text);
    auto const error = ipv6_error_in(text);
    return error.empty() ? error : error + " in " + quoted(text);
}

}  // namespace blog::schemas
