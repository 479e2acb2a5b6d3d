#include "schemas/punycode.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace blog::schemas::punycode {
namespace {

// The parameters of RFC 3492, section 5.
constexpr std::uint64_t base = 36, t_min = 1, t_max = 26, skew = 38, damp = 700;
constexpr std::uint64_t bias_first = 72;
constexpr char32_t first_extended = 0x80, last_code_point = 0x10ffff;

bool is_basic(char32_t c) {
    return c < first_extended;
}

std::uint64_t threshold(std::uint64_t k, std::uint64_t bias) {
    return k <= bias ? t_min : std::min(k - bias, t_max);
}

// Section 6.1: the bias for the delta that follows this one.
std::uint64_t adapted(std::uint64_t delta, std::uint64_t length, bool first) {
    delta /= first ? damp : 2;
    delta += delta / length;
    std::uint64_t k = 0;
    for (; delta > (base - t_min) * t_max / 2; k += base)
        delta /= base - t_min;
    return k + (base - t_min + 1) * delta / (delta + skew);
}

char digit(std::uint64_t value) {
    return static_cast<char>(value < 26 ? 'a' + static_cast<int>(value)
                                        : '0' + static_cast<int>(value - 26));
}

std::optional<std::uint64_t> value(char digit) {
    if (digit >= 'a' && digit <= 'z') return digit - 'a';
    if (digit >= 'A' && digit <= 'Z') return digit - 'A';
    if (digit >= '0' && digit <= '9') return digit - '0' + 26;
    return std::nullopt;
}

void append_number(std::string& out, std::uint64_t number, std::uint64_t bias) {
    for (std::uint64_t k = base;; k += base) {
        std::uint64_t const t = threshold(k, bias);
        if (number < t) break;
        out += digit(t + (number - t) % (base - t));
        number = (number - t) / (base - t);
    }
    out += digit(number);
}

// Takes one variable-length number off the front of `text`. None: it is broken off, has a digit
// that is none, or is larger than any label can mean.
std::optional<std::uint64_t> take_number(std::string_view& text, std::uint64_t bias) {
    constexpr std::uint64_t too_large = std::uint64_t{1} << 40;
    std::uint64_t number = 0, weight = 1;
    for (std::uint64_t k = base; !text.empty(); k += base) {
        auto const d = value(text.front());
        text.remove_prefix(1);
        if (!d) return std::nullopt;
        number += *d * weight;
        std::uint64_t const t = threshold(k, bias);
        if (*d < t) return number;
        // A digit that goes on is at least 1, so the weight is never far above the number.
        if (number > too_large) return std::nullopt;
        weight *= base - t;
    }
    return std::nullopt;
}

}  // namespace

std::string encode(std::u32string_view label) {
    std::string out;
    for (char32_t const c : label) {
        if (is_basic(c)) out += static_cast<char>(c);
    }
    std::uint64_t const basic = out.size();
    if (basic > 0) out += '-';

    std::uint64_t done = basic, delta = 0, bias = bias_first;
    char32_t next = first_extended;
    while (done < label.size()) {
        char32_t lowest = last_code_point;
        for (char32_t const c : label) {
            if (c >= next) lowest = std::min(lowest, c);
        }
        delta += (lowest - next) * (done + 1);
        for (char32_t const c : label) {
            if (c < lowest) ++delta;
            if (c != lowest) continue;
            append_number(out, delta, bias);
            bias = adapted(delta, done + 1, done == basic);
            delta = 0;
            ++done;
        }
        ++delta;
        next = lowest + 1;
    }
    return out;
}

std::optional<std::u32string> decode(std::string_view text) {
    std::u32string label;
    if (auto const delimiter = text.rfind('-'); delimiter != text.npos) {
        for (char const c : text.substr(0, delimiter)) {
            label += static_cast<char32_t>(static_cast<unsigned char>(c));
        }
        text.remove_prefix(delimiter + 1);
    }
    std::uint64_t next = first_extended, position = 0, bias = bias_first;
    for (bool first = true; !text.empty(); first = false) {
        auto const delta = take_number(text, bias);
        if (!delta) return std::nullopt;
        position += *delta;
        next += position / (label.size() + 1);
        if (next > last_code_point) return std::nullopt;
        position %= label.size() + 1;
        label.insert(position, 1, static_cast<char32_t>(next));
        bias = adapted(*delta, label.size(), first);
        ++position;
    }
    return label;
}

}  // namespace blog::schemas::punycode
