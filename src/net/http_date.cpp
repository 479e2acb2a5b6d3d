#include "net/http_date.hpp"

#include "net/text.hpp"

#include <algorithm>

namespace blog::net {
namespace {

namespace chrono = std::chrono;

constexpr std::array<std::string_view, 7> days{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                               "Thursday", "Friday", "Saturday"};
constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";

char* put_digits(char* to, int number, int count) noexcept {
    for (int i = count; i-- > 0; number /= 10)
        to[i] = static_cast<char>('0' + number % 10);
    return to + count;
}

char* put_text(char* to, std::string_view text) noexcept {
    return std::ranges::copy(text, to).out;
}

// Reads a date from left to right; once something did not fit, it stays failed.
class DateReader {
public:
    explicit DateReader(std::string_view text) noexcept : rest_(text) {}

    bool complete() const noexcept { return ok_ && rest_.empty(); }
    bool starts_with(std::string_view text) const noexcept { return rest_.starts_with(text); }

    void skip(std::string_view text) noexcept {
        ok_ = ok_ && rest_.starts_with(text);
        if (ok_) rest_.remove_prefix(text.size());
    }
    int number(std::size_t digits) noexcept {
        int out = 0;
        for (std::size_t i = 0; i < digits; ++i) {
            ok_ = ok_ && i < rest_.size() && is_digit(rest_[i]);
            if (ok_) out = out * 10 + (rest_[i] - '0');
        }
        if (ok_) rest_.remove_prefix(digits);
        return out;
    }
    int padded_day() noexcept {  // " 6" or "16"
        if (!starts_with(" ")) return number(2);
        skip(" ");
        return number(1);
    }
    unsigned month() noexcept {
        auto const at = rest_.size() < 3 ? months.npos : months.find(rest_.substr(0, 3));
        ok_ = ok_ && at != months.npos && at % 3 == 0;
        if (!ok_) return 1;
        rest_.remove_prefix(3);
        return static_cast<unsigned>(at / 3 + 1);
    }
    chrono::seconds time() noexcept {  // a leap second counts as the next minute's first
        int const h = number(2);
        skip(":");
        int const m = number(2);
        skip(":");
        int const s = number(2);
        ok_ = ok_ && h < 24 && m < 60 && s <= 60;
        return chrono::hours(h) + chrono::minutes(m) + chrono::seconds(s);
    }

private:
    std::string_view rest_;
    bool ok_ = true;
};

struct Parsed {
    int day = 0, year = 0;
    unsigned month = 1;
    chrono::seconds time{0};
};

// "Sun, 06 Nov 1994 08:49:37 GMT"
bool read_imf_fixdate(DateReader in, Parsed& out) noexcept {
    in.skip(", ");
    out.day = in.number(2);
    in.skip(" ");
    out.month = in.month();
    in.skip(" ");
    out.year = in.number(4);
    in.skip(" ");
    out.time = in.time();
    in.skip(" GMT");
    return in.complete();
}

// "Sunday, 06-Nov-94 08:49:37 GMT"; the year comes out as two digits.
bool read_rfc850(DateReader in, Parsed& out) noexcept {
    in.skip(", ");
    out.day = in.number(2);
    in.skip("-");
    out.month = in.month();
    in.skip("-");
    out.year = in.number(2);
    in.skip(" ");
    out.time = in.time();
    in.skip(" GMT");
    return in.complete();
}

// "Sun Nov  6 08:49:37 1994"
bool read_asctime(DateReader in, Parsed& out) noexcept {
    in.skip(" ");
    out.month = in.month();
    in.skip(" ");
    out.day = in.padded_day();
    in.skip(" ");
    out.time = in.time();
    in.skip(" ");
    out.year = in.number(4);
    return in.complete();
}

int year_of(Seconds instant) noexcept {
    return int(chrono::year_month_day(chrono::floor<chrono::days>(instant)).year());
}

}  // namespace

HttpDateText to_http_date(Seconds instant) noexcept {
    auto const day = chrono::floor<chrono::days>(instant);
    chrono::year_month_day const date(day);
    chrono::hh_mm_ss const time(instant - day);
    auto const weekday = chrono::weekday(day).c_encoding();
    auto const month = unsigned(date.month());

    HttpDateText text;
    char* p = put_text(text.data(), days[weekday].substr(0, 3));
    p = put_text(p, ", ");
    p = put_digits(p, static_cast<int>(unsigned(date.day())), 2);
    p = put_text(p, " ");
    p = put_text(p, months.substr((month - 1) * 3, 3));
    p = put_text(p, " ");
    p = put_digits(p, int(date.year()), 4);
    p = put_text(p, " ");
    p = put_digits(p, static_cast<int>(time.hours().count()), 2);
    p = put_text(p, ":");
    p = put_digits(p, static_cast<int>(time.minutes().count()), 2);
    p = put_text(p, ":");
    p = put_digits(p, static_cast<int>(time.seconds().count()), 2);
    put_text(p, " GMT");
    return text;
}

std::optional<Seconds> parse_http_date(std::string_view text, Seconds now) noexcept {
    auto const named = [&](std::string_view day, std::size_t letters) {
        return text.starts_with(day.substr(0, letters));
    };
    auto const full = std::ranges::find_if(days, [&](auto d) { return named(d, d.size()); });
    auto const brief = std::ranges::find_if(days, [&](auto d) { return named(d, 3); });
    if (brief == days.end()) return std::nullopt;

    Parsed parsed;
    bool const two_digit_year =
        full != days.end() && read_rfc850(DateReader(text.substr(full->size())), parsed);
    DateReader const rest(text.substr(3));
    if (!two_digit_year && !read_imf_fixdate(rest, parsed) && !read_asctime(rest, parsed))
        return std::nullopt;
    if (two_digit_year) {
        int const this_year = year_of(now);
        parsed.year += this_year - this_year % 100;
        if (parsed.year > this_year + 50) parsed.year -= 100;
    }
    auto const date = chrono::year(parsed.year) / chrono::month(parsed.month) /
                      chrono::day(static_cast<unsigned>(parsed.day));
    if (!date.ok()) return std::nullopt;
    return chrono::sys_days(date) + parsed.time;
}

}  // namespace blog::net
