#include "net/cookie.hpp"

#include "net/text.hpp"

#include <algorithm>

namespace blog::net {

bool CookieReader::next(std::string_view& name, std::string_view& value) noexcept {
    while (!rest_.empty()) {
        auto pair = rest_.substr(0, rest_.find(';'));
        rest_.remove_prefix(std::min(pair.size() + 1, rest_.size()));
        pair.remove_prefix(std::min(pair.find_first_not_of(' '), pair.size()));
        auto const equals = pair.find('=');
        if (equals == pair.npos) continue;
        name = pair.substr(0, equals);
        value = pair.substr(equals + 1);
        return true;
    }
    return false;
}

std::optional<std::string_view> find_cookie(Request const& req, std::string_view name) noexcept {
    for (auto const& header : req.headers()) {
        if (!iequals(header.name, "Cookie")) continue;
        CookieReader reader(header.value);
        for (std::string_view found, value; reader.next(found, value);)
            if (found == name) return value;
    }
    return std::nullopt;
}

std::string set_cookie(NewCookie const& cookie) {
    std::string out(cookie.name);
    out.append("=").append(cookie.value).append("; Max-Age=");
    out.append(std::to_string(cookie.max_age.count())).append("; Path=/; HttpOnly; SameSite=Lax");
    if (cookie.secure) out.append("; Secure");
    return out;
}

}  // namespace blog::net
