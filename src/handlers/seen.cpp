#include "handlers/seen.hpp"

#include <array>
#include <charconv>
#include <string>
#include <string_view>

namespace blog::handlers {
namespace {

constexpr std::string_view cookie = "blogd-seen";

// RFC 6265 4.2.1: pairs, separated by "; ". Several of the same name: the newest version counts.
Version read_cookies(std::string_view line) noexcept {
    Version newest = 0;
    while (!line.empty()) {
        auto pair = line.substr(0, line.find(';'));
        line.remove_prefix(std::min(pair.size() + 1, line.size()));
        pair.remove_prefix(std::min(pair.find_first_not_of(' '), pair.size()));
        if (!pair.starts_with(cookie) || !pair.substr(cookie.size()).starts_with('=')) continue;
        pair.remove_prefix(cookie.size() + 1);
        Version version = 0;
        std::from_chars(pair.data(), pair.data() + pair.size(), version, 16);
        newest = std::max(newest, version);
    }
    return newest;
}

}  // namespace

Version seen_by(net::Request const& request) noexcept {
    return read_cookies(request.header("Cookie"));
}

void tell_seen(net::Response& response, Version version, Version seen_before,
               Generations const& generations, std::chrono::seconds age) {
    if (version <= seen_before || generations.settled(version)) return;
    std::array<char, 16> digits{};
    auto const end = std::to_chars(digits.begin(), digits.end(), version, 16).ptr;
    std::string value(cookie);
    value.append("=").append(digits.begin(), end).append("; Max-Age=");
    value.append(std::to_string(age.count())).append("; Path=/; HttpOnly; SameSite=Lax");
    response.header("Set-Cookie", value);
}

}  // namespace blog::handlers
