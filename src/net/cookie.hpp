#pragma once
#include "net/request.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace blog::net {

// Walks the pairs of a Cookie field (RFC 6265 4.2.1) in the order in which they came.
class CookieReader {
public:
    explicit CookieReader(std::string_view line) noexcept : rest_(line) {}
    // Replaces both; false at the end. A pair without '=' is skipped.
    bool next(std::string_view& name, std::string_view& value) noexcept;

private:
    std::string_view rest_;
};

// The first cookie of that name; nullopt: there is none.
std::optional<std::string_view> find_cookie(Request const& req, std::string_view name) noexcept;

// The value of a Set-Cookie field: for the whole site, not for scripts, not sent along with writes
// of other sites. `value` holds characters of RFC 6265's cookie-octet only.
struct NewCookie {
    std::string_view name, value;
    std::chrono::seconds max_age{};  // 0: the browser forgets it now
    bool secure = false;             // https only
};
std::string set_cookie(NewCookie const& cookie);

}  // namespace blog::net
