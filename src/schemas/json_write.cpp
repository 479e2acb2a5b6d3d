#include "schemas/json_write.hpp"

#include "assert.hpp"
#include "schemas/utf8.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstring>

namespace blog::schemas {
namespace {

bool is_ascii(char c) noexcept {
    return static_cast<unsigned char>(c) < 0x80;
}

// A byte that a string cannot hold as it is, or that may not be UTF-8.
bool needs_a_look(char c) noexcept {
    return static_cast<unsigned char>(c) < 0x20 || !is_ascii(c) || c == '"' || c == '\\';
}

// Any bit set: one of eight bytes needs a look. In each byte's top bit: is it set already, does the
// byte lie below 0x20, or is it zero once the quote or the backslash has been taken out of it.
std::uint64_t needs_a_look(std::uint64_t word) noexcept {
    constexpr std::uint64_t each = 0x0101010101010101, top = each * 0x80;
    auto const is_zero = [](std::uint64_t bytes) { return (bytes - each) & ~bytes; };
    auto const below_space = (word - each * 0x20) & ~word;
    return (word | below_space | is_zero(word ^ each * '"') | is_zero(word ^ each * '\\')) & top;
}

std::size_t plain_run(std::string_view text) noexcept {
    std::size_t i = 0;
    for (std::uint64_t word; i + sizeof word <= text.size(); i += sizeof word) {
        std::memcpy(&word, text.data() + i, sizeof word);
        if (needs_a_look(word)) break;
    }
    while (i < text.size() && !needs_a_look(text[i]))
        ++i;
    return i;
}

// Bytes of valid UTF-8 beyond ASCII at the start.
std::size_t foreign_run(std::string_view text) noexcept {
    std::size_t i = 0;
    while (i < text.size() && !is_ascii(text[i])) {
        auto const step = utf8_step(text.substr(i));
        if (!step.valid) break;
        i += step.size;
    }
    return i;
}

// Bytes at the start that a string holds as they are.
std::size_t clean_run(std::string_view text) noexcept {
    for (std::size_t i = 0;;) {
        i += plain_run(text.substr(i));
        auto const foreign = foreign_run(text.substr(i));
        if (foreign == 0) return i;
        i += foreign;
    }
}

void append_ascii_escape(std::string& out, char c) {
    constexpr std::string_view hex = "0123456789abcdef";
    switch (c) {
        case '"':
            out += "\\\"";
            return;
        case '\\':
            out += "\\\\";
            return;
        case '\b':
            out += "\\b";
            return;
        case '\f':
            out += "\\f";
            return;
        case '\n':
            out += "\\n";
            return;
        case '\r':
            out += "\\r";
            return;
        case '\t':
            out += "\\t";
            return;
        default:
            break;
    }
    auto const byte = static_cast<unsigned char>(c);
    out += "\\u00";
    out += hex[byte >> 4];
    out += hex[byte & 15];
}

// `digits` decimal digits of `value`, with leading zeros, to `to`.
char* put_digits(char* to, unsigned value, int digits) noexcept {
    for (int i = digits - 1; i >= 0; --i, value /= 10)
        to[i] = static_cast<char>('0' + value % 10);
    return to + digits;
}

}  // namespace

void append_escaped(std::string& out, std::string_view text) {
    for (;;) {
        auto const run = clean_run(text);
        out += text.substr(0, run);
        text.remove_prefix(run);
        if (text.empty()) return;
        if (is_ascii(text[0])) {
            append_ascii_escape(out, text[0]);
            text.remove_prefix(1);
        } else {
            out += "\xEF\xBF\xBD";
            text.remove_prefix(utf8_step(text).size);
        }
    }
}

void append_json(std::string& out, std::string_view text) {
    out += '"';
    append_escaped(out, text);
    out += '"';
}

void append_json(std::string& out, std::int64_t number) {
    std::array<char, 20> buffer;
    auto const end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
    out.append(buffer.data(), end);
}

void append_json(std::string& out, bool yes) {
    out += yes ? "true" : "false";
}

void append_json(std::string& out, SysTime time) {
    auto const day = std::chrono::floor<std::chrono::days>(time);
    std::chrono::year_month_day const date(day);
    std::chrono::hh_mm_ss const clock(time - day);
    auto const year = static_cast<int>(date.year());
    BLOG_ASSERT(year >= 0 && year <= 9999);

    std::array<char, 29> buffer;
    char* at = buffer.data();
    *at++ = '"';
    at = put_digits(at, static_cast<unsigned>(year), 4);
    *at++ = '-';
    at = put_digits(at, static_cast<unsigned>(date.month()), 2);
    *at++ = '-';
    at = put_digits(at, static_cast<unsigned>(date.day()), 2);
    *at++ = 'T';
    at = put_digits(at, static_cast<unsigned>(clock.hours().count()), 2);
    *at++ = ':';
    at = put_digits(at, static_cast<unsigned>(clock.minutes().count()), 2);
    *at++ = ':';
    at = put_digits(at, static_cast<unsigned>(clock.seconds().count()), 2);
    if (auto const fraction = clock.subseconds().count(); fraction != 0) {
        *at++ = '.';
        at = put_digits(at, static_cast<unsigned>(fraction), 6);
    }
    *at++ = 'Z';
    *at++ = '"';
    out.append(buffer.data(), at);
}

// repr() takes the fewest digits that read back as the same number, as to_chars does, and writes
// them out from 1e-4 up to 1e16.
void append_python_float(std::string& out, double number) {
    if (!std::isfinite(number)) {
        out += "null";
        return;
    }
    std::array<char, 32> buffer;
    auto const end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number,
                                   std::chars_format::scientific)
                         .ptr;
    std::string_view text(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
    if (text.starts_with('-')) {
        out += '-';
        text.remove_prefix(1);
    }
    auto const e = text.find('e');
    auto const exponent_text = text.substr(text[e + 1] == '+' ? e + 2 : e + 1);
    int exponent = 0;
    std::from_chars(exponent_text.data(), exponent_text.data() + exponent_text.size(), exponent);
    if (exponent < -4 || exponent >= 16) {
        out += text;  // the exponent has a sign and two digits at least in both worlds
        return;
    }
    std::string digits(1, text[0]);
    if (e > 1) digits += text.substr(2, e - 2);
    if (exponent < 0) {
        out += "0.";
        out.append(static_cast<std::size_t>(-exponent - 1), '0');
        out += digits;
        return;
    }
    auto const whole = static_cast<std::size_t>(exponent) + 1;
    if (digits.size() < whole) digits.append(whole - digits.size(), '0');
    out.append(digits, 0, whole);
    out += '.';
    out += digits.size() > whole ? std::string_view(digits).substr(whole) : "0";
}

}  // namespace blog::schemas
