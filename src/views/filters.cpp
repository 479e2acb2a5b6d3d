#include "views/filters.hpp"

#include "views/utf8.hpp"

#include <unicode/uchar.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>

namespace blog::views {
namespace {

constexpr std::array<std::string_view, 12> month_names{
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};

constexpr std::size_t word_end_near = 24;  // characters given up for a whole word
constexpr std::size_t accents_max = 32;    // characters given up for a whole letter

void append(Stamp& stamp, std::string_view text) {
    stamp.size += text.copy(stamp.text + stamp.size, sizeof stamp.text - stamp.size);
}

// With zeros in front up to `width` digits.
void append(Stamp& stamp, std::int64_t number, std::size_t width) {
    char digits[24];
    auto const end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    auto const size = static_cast<std::size_t>(end - digits);
    for (auto zeros = size; zeros < width; ++zeros)
        append(stamp, "0");
    append(stamp, {digits, size});
}

struct Calendar {
    int year;
    unsigned month, day;
    std::chrono::hh_mm_ss<SysTime::duration> clock;
};

Calendar calendar(SysTime time) {
    using namespace std::chrono_literals;
    constexpr SysTime first = std::chrono::sys_days(1y / 1 / 1);
    constexpr SysTime behind_last = std::chrono::sys_days(10000y / 1 / 1);
    time = std::clamp(time, first, behind_last - 1us);
    auto const midnight = std::chrono::floor<std::chrono::days>(time);
    std::chrono::year_month_day const date(midnight);
    return {int(date.year()), unsigned(date.month()), unsigned(date.day()),
            std::chrono::hh_mm_ss(time - midnight)};
}

constexpr std::size_t word_bytes = sizeof(std::uint64_t);

// Are the next eight bytes there, and eight characters?
bool is_ascii_word(std::string_view text, std::size_t at) {
    if (text.size() - at < word_bytes) return false;
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, word_bytes);
    return (word & 0x8080808080808080u) == 0;
}

bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}
bool is_continuation(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

// The character before `at`; at > 0.
std::size_t before(std::string_view text, std::size_t at) {
    auto const lowest = at < 4 ? 0 : at - 4;
    auto start = at - 1;
    while (start > lowest && is_continuation(text[start]))
        --start;
    return start + decode(text, start).bytes == at ? start : at - 1;
}

// Does what stands at `at` belong to the letter before it?
bool continues_letter(std::string_view text, std::size_t at) {
    constexpr char32_t joiner = 0x200D;
    if (at == 0 || at == text.size()) return false;
    auto const c = static_cast<UChar32>(decode(text, at).value);
    auto const kind = u_getIntPropertyValue(c, UCHAR_GRAPHEME_CLUSTER_BREAK);
    return kind == U_GCB_EXTEND || kind == U_GCB_ZWJ || kind == U_GCB_SPACING_MARK ||
           decode(text, before(text, at)).value == joiner;
}

// Where to cut instead of at `cut`, which is in the middle of the text.
std::size_t good_cut(std::string_view text, std::size_t cut) {
    auto end = cut;
    for (std::size_t i = 0; i < word_end_near && end > 0 && !is_space(text[end]); ++i)
        end = before(text, end);
    if (end == 0 || !is_space(text[end])) {
        end = cut;
        for (std::size_t i = 0; i < accents_max && continues_letter(text, end); ++i)
            end = before(text, end);
        if (end == 0 || continues_letter(text, end)) end = cut;
    }
    auto kept = end;
    while (kept > 0 && is_space(text[kept - 1]))
        --kept;
    return kept;
}

}  // namespace

Stamp date_text(SysTime time) {
    auto const date = calendar(time);
    Stamp stamp;
    append(stamp, month_names[date.month - 1]);
    append(stamp, " ");
    append(stamp, date.day, 2);
    append(stamp, ", ");
    append(stamp, date.year, 1);
    return stamp;
}

Stamp iso_text(SysTime time) {
    auto const date = calendar(time);
    auto const& clock = date.clock;
    Stamp stamp;
    append(stamp, date.year, 4);
    append(stamp, "-");
    append(stamp, date.month, 2);
    append(stamp, "-");
    append(stamp, date.day, 2);
    append(stamp, "T");
    append(stamp, clock.hours().count(), 2);
    append(stamp, ":");
    append(stamp, clock.minutes().count(), 2);
    append(stamp, ":");
    append(stamp, clock.seconds().count(), 2);
    append(stamp, "Z");
    return stamp;
}

Cut truncate(std::string_view text, std::size_t length) {
    std::size_t at = 0;
    for (std::size_t count = 0; count < length && at < text.size();) {
        if (length - count >= word_bytes && is_ascii_word(text, at)) {
            at += word_bytes;
            count += word_bytes;
        } else {
            at += decode(text, at).bytes;
            ++count;
        }
    }
    if (at == text.size()) return {text, false};
    return {text.substr(0, good_cut(text, at)), true};
}

std::size_t character_count(std::string_view text) {
    std::size_t count = 0;
    for (std::size_t at = 0; at < text.size(); at += decode(text, at).bytes)
        ++count;
    return count;
}

}  // namespace blog::views
