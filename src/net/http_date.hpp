#pragma once
#include "clock.hpp"

#include <array>
#include <chrono>
#include <optional>
#include <string_view>

namespace blog::net {

using Seconds = std::chrono::sys_seconds;

// "Sun, 06 Nov 1994 08:49:37 GMT" (IMF-fixdate, RFC 9110 5.6.7): always 29 bytes.
constexpr std::size_t http_date_bytes = 29;
using HttpDateText = std::array<char, http_date_bytes>;
HttpDateText to_http_date(Seconds) noexcept;  // years 0 to 9999
inline std::string_view view(HttpDateText const& text) noexcept {
    return {text.data(), text.size()};
}

// All three forms that a recipient must accept; nullopt for anything else. `now` decides the
// century of an RFC 850 date: one that seems more than 50 years ahead is in the past.
std::optional<Seconds> parse_http_date(std::string_view text, Seconds now) noexcept;

// The text of the Date field, formatted once a second. One a loop.
class DateCache {
public:
    void refresh(SysTime now) noexcept {
        auto const second = std::chrono::floor<std::chrono::seconds>(now);
        if (second == second_) return;
        second_ = second;
        text_ = to_http_date(second);
    }
    std::string_view text() const noexcept { return view(text_); }

private:
    Seconds second_{};
    HttpDateText text_ = to_http_date(Seconds{});
};

}  // namespace blog::net
