#include "handlers/seen.hpp"

#include "net/cookie.hpp"

#include <array>
#include <charconv>
#include <string>
#include <string_view>

namespace blog::handlers {
namespace {

constexpr std::string_view cookie = "blogd-seen";

// Several of the same name: the newest version counts.
Version read_cookies(std::string_view line) noexcept {
    Version newest = 0;
    net::CookieReader reader(line);
    for (std::string_view name, value; reader.next(name, value);) {
        if (name != cookie) continue;
        Version version = 0;
        std::from_chars(value.data(), value.data() + value.size(), version, 16);
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
    std::string_view const value(digits.data(), static_cast<std::size_t>(end - digits.data()));
    response.header("Set-Cookie",
                    net::set_cookie({.name = cookie, .value = value, .max_age = age}));
}

}  // namespace blog::handlers
