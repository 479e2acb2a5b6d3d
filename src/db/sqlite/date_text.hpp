#pragma once
#include "clock.hpp"

#include <array>
#include <optional>
#include <string_view>

namespace blog::db {

// An instant as blog.db keeps it: `YYYY-MM-DD HH:MM:SS.ffffff`, UTC, always 26 characters, so that
// the order of the texts is the order of the instants. Years outside 0 to 9999 become the nearest.
class DateText {
public:
    explicit DateText(SysTime time) noexcept;
    std::string_view view() const noexcept { return {chars_.data(), chars_.size()}; }

private:
    std::array<char, 26> chars_;
};

// Reads what other programs may have written as well: `T` between date and time, no fraction or a
// longer one, no seconds, a date alone, `Z` or an offset at the end.
std::optional<SysTime> parse_date(std::string_view text) noexcept;
// The same; anything else is 1970-01-01: a post with an odd date is still worth showing.
SysTime read_date(std::string_view text) noexcept;

}  // namespace blog::db
