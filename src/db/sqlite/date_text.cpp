#include "db/sqlite/date_text.hpp"

#include <algorithm>
#include <optional>

namespace blog::db {

namespace {

using namespace std::chrono;

void put(char* at, int digits, std::int64_t value) noexcept {
    for (int i = digits - 1; i >= 0; --i) {
        at[i] = static_cast<char>('0' + value % 10);
        value /= 10;
    }
}

// Takes pieces off the front of a text; every step says whether it was there.
class Reader {
public:
    explicit Reader(std::string_view text) noexcept : rest_(text) {}

    bool at_end() const noexcept { return rest_.empty(); }
    bool skip(char c) noexcept {
        if (rest_.empty() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }
    std::optional<int> digit() noexcept {
        if (rest_.empty() || rest_.front() < '0' || rest_.front() > '9') return std::nullopt;
        int const value = rest_.front() - '0';
        rest_.remove_prefix(1);
        return value;
    }
    // Exactly `digits` of them, at most `value_max`.
    bool number(int digits, int value_max, int& out) noexcept {
        out = 0;
        for (int i = 0; i < digits; ++i) {
            auto const next = digit();
            if (!next) return false;
            out = out * 10 + *next;
        }
        return out <= value_max;
    }

private:
    std::string_view rest_;
};

// The digits after the point: six count, further ones are dropped.
bool read_fraction(Reader& in, microseconds& out) noexcept {
    if (!in.skip('.') && !in.skip(',')) return true;
    int value = 0, digits = 0;
    while (auto const next = in.digit()) {
        if (digits < 6) value = value * 10 + *next;
        ++digits;
    }
    for (int i = digits; i < 6; ++i)
        value *= 10;
    out = microseconds(value);
    return digits > 0;
}

bool read_time(Reader& in, microseconds& out) noexcept {
    int hour = 0, minute = 0, second = 0;
    if (!in.number(2, 23, hour) || !in.skip(':') || !in.number(2, 59, minute)) return false;
    microseconds fraction{0};
    if (in.skip(':') && (!in.number(2, 59, second) || !read_fraction(in, fraction))) return false;
    out = hours(hour) + minutes(minute) + seconds(second) + fraction;
    return true;
}

// `Z`, `+HH`, `+HHMM`, `+HH:MM` or nothing: how far the local time is ahead of UTC.
bool read_offset(Reader& in, minutes& out) noexcept {
    if (in.at_end() || in.skip('Z') || in.skip('z')) return true;
    bool const behind = in.skip('-');
    if (!behind && !in.skip('+')) return false;
    int hour = 0, minute = 0;
    if (!in.number(2, 23, hour)) return false;
    in.skip(':');
    if (!in.at_end() && !in.number(2, 59, minute)) return false;
    out = hours(hour) + minutes(minute);
    if (behind) out = -out;
    return true;
}

bool read(std::string_view text, SysTime& out) noexcept {
    Reader in(text);
    int y = 0, m = 0, d = 0;
    if (!in.number(4, 9999, y) || !in.skip('-') || !in.number(2, 12, m) || !in.skip('-') ||
        !in.number(2, 31, d))
        return false;
    year_month_day const date{year(y), month(static_cast<unsigned>(m)),
                              day(static_cast<unsigned>(d))};
    if (!date.ok()) return false;
    microseconds time{0};
    minutes offset{0};
    if ((in.skip(' ') || in.skip('T')) && (!read_time(in, time) || !read_offset(in, offset)))
        return false;
    out = sys_days(date) + time - offset;
    return in.at_end();
}

}  // namespace

DateText::DateText(SysTime time) noexcept {
    constexpr SysTime first = sys_days(year(0) / 1 / 1);
    constexpr SysTime last = sys_days(year(10000) / 1 / 1) - microseconds(1);
    time = std::clamp(time, first, last);
    auto const midnight = floor<days>(time);
    year_month_day const date(midnight);
    hh_mm_ss const clock(time - midnight);

    static constexpr std::string_view form = "0000-00-00 00:00:00.000000";
    std::copy(form.begin(), form.end(), chars_.begin());
    put(&chars_[0], 4, int(date.year()));
    put(&chars_[5], 2, unsigned(date.month()));
    put(&chars_[8], 2, unsigned(date.day()));
    put(&chars_[11], 2, clock.hours().count());
    put(&chars_[14], 2, clock.minutes().count());
    put(&chars_[17], 2, clock.seconds().count());
    put(&chars_[20], 6, clock.subseconds().count());
}

std::optional<SysTime> parse_date(std::string_view text) noexcept {
    SysTime time{};
    return read(text, time) ? std::optional(time) : std::nullopt;
}

SysTime read_date(std::string_view text) noexcept {
    return parse_date(text).value_or(SysTime{});
}

}  // namespace blog::db
