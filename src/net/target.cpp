#include "net/target.hpp"

#include "net/address.hpp"
#include "net/text.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace blog::net {
namespace {

// The byte that "%XX" at text[i] stands for; -1 when it is no escape.
int escaped_byte(std::string_view text, std::size_t i) noexcept {
    if (text.size() - i < 3) return -1;
    int const high = hex_value(text[i + 1]), low = hex_value(text[i + 2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

void append_decoded(std::string_view text, bool plus_is_space, std::string& out) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (int const byte = text[i] == '%' ? escaped_byte(text, i) : -1; byte >= 0) {
            out.push_back(static_cast<char>(byte));
            i += 2;
        } else {
            out.push_back(plus_is_space && text[i] == '+' ? ' ' : text[i]);
        }
    }
}

// reg-name and IPv4address of RFC 3986 3.2.2.
bool valid_name(std::string_view name) noexcept {
    constexpr std::string_view marks = "-._~!$&'()*+,;=";
    if (name.empty()) return false;
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (is_digit(name[i]) || is_alpha(name[i]) || marks.find(name[i]) != marks.npos) continue;
        if (name[i] != '%' || escaped_byte(name, i) < 0) return false;
        i += 2;
    }
    return true;
}

bool valid_port(std::string_view port) noexcept {  // may be empty: "host:"
    std::uint16_t number = 0;
    auto const end = port.data() + port.size();
    if (port.empty()) return true;
    auto const result = std::from_chars(port.data(), end, number);
    return result.ec == std::errc() && result.ptr == end;
}

}  // namespace

Target split_target(std::string_view target) noexcept {
    auto const mark = target.find('?');
    if (mark == target.npos) return {target, {}};
    return {target.substr(0, mark), target.substr(mark + 1)};
}

void append_percent_decoded(std::string_view text, std::string& out) {
    append_decoded(text, false, out);
}

bool QueryReader::next(std::string& name, std::string& value) {
    std::string_view part;
    while (part.empty()) {
        if (rest_.empty()) return false;
        auto const end = std::min(rest_.find('&'), rest_.size());
        part = rest_.substr(0, end);
        rest_.remove_prefix(std::min(end + 1, rest_.size()));
    }
    auto const equals = std::min(part.find('='), part.size());
    name.clear();
    value.clear();
    append_decoded(part.substr(0, equals), true, name);
    if (equals < part.size()) append_decoded(part.substr(equals + 1), true, value);
    return true;
}

std::optional<std::string> query_value(std::string_view query, std::string_view name) {
    std::string key, value;
    for (QueryReader reader(query); reader.next(key, value);)
        if (key == name) return value;
    return std::nullopt;
}

bool valid_authority(std::string_view authority) noexcept {
    if (authority.starts_with('[')) {
        auto const close = authority.find(']');
        if (close == authority.npos) return false;
        auto const inside = authority.substr(1, close - 1), rest = authority.substr(close + 1);
        if (inside.find(':') == inside.npos || !Address::parse(inside)) return false;
        return rest.empty() || (rest.front() == ':' && valid_port(rest.substr(1)));
    }
    auto const colon = std::min(authority.find(':'), authority.size());
    if (!valid_name(authority.substr(0, colon))) return false;
    return colon == authority.size() || valid_port(authority.substr(colon + 1));
}

}  // namespace blog::net
