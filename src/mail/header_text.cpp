#include "mail/header_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

namespace blog::mail {
namespace {

// A line has 78 characters at best; the header's name needs some of the first.
constexpr std::size_t plain_max = 60;
// An encoded word has at most 75 characters, 12 of them around its base64: 63 hold 45 bytes.
constexpr std::size_t word_bytes_max = 45;

// Printable ASCII that nobody takes for an encoded word.
bool is_plain(std::string_view text) {
    return text.size() <= plain_max && text.find("=?") == text.npos &&
           std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

void append_base64(std::string& out, std::string_view bytes) {
    static constexpr std::string_view digits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        auto const group = bytes.substr(i, 3);
        std::uint32_t bits = 0;
        for (std::size_t k = 0; k < 3; ++k)
            bits = bits << 8 | (k < group.size() ? static_cast<unsigned char>(group[k]) : 0u);
        for (std::size_t k = 0; k < 4; ++k)
            out += k <= group.size() ? digits[bits >> (18 - 6 * k) & 63] : '=';
    }
}

// The longest start of `text` that fits a word and does not cut a character.
std::size_t word_size(std::string_view text) {
    if (text.size() <= word_bytes_max) return text.size();
    auto size = word_bytes_max;
    while (size > word_bytes_max - 3 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80)
        --size;
    return size;
}

std::string encoded_words(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        auto const size = word_size(text);
        out += out.empty() ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?";
        append_base64(out, text.substr(0, size));
        out += "?=";
        text.remove_prefix(size);
    }
    return out;
}

}  // namespace

std::string without_controls(std::string_view text) {
    std::string out(text);
    std::ranges::replace_if(
        out, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, ' ');
    return out;
}

std::string header_text(std::string_view text) {
    auto const clean = without_controls(text);
    return is_plain(clean) ? clean : encoded_words(clean);
}

std::string header_phrase(std::string_view name) {
    auto const clean = without_controls(name);
    if (!is_plain(clean)) return encoded_words(clean);
    std::string out = "\"";
    for (char const c : clean) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

std::string header_date(SysTime time) {
    static constexpr std::array<char const*, 7> days{"Sun", "Mon", "Tue", "Wed",
                                                     "Thu", "Fri", "Sat"};
    static constexpr std::array<char const*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    auto const day = std::chrono::floor<std::chrono::days>(time);
    std::chrono::year_month_day const date(day);
    std::chrono::hh_mm_ss const clock(std::chrono::floor<std::chrono::seconds>(time - day));
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d +0000",
                  days[std::chrono::weekday(day).c_encoding()], unsigned(date.day()),
                  months[unsigned(date.month()) - 1], int(date.year()),
                  static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()));
    return text.data();
}

}  // namespace blog::mail
