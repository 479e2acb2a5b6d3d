#include "schemas/integer.hpp"

#include "schemas/json.hpp"
#include "schemas/utf8.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <string>

namespace blog::schemas {
namespace {

constexpr std::string_view digits_of_all = "0123456789";

// Unicode's White_Space.
bool is_space(char32_t c) noexcept {
    return (c >= 0x09 && c <= 0x0D) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F ||
           c == 0x205F || c == 0x3000;
}

std::string_view trimmed(std::string_view text) noexcept {
    auto const space_at = [&](std::size_t at) -> std::size_t {
        auto const step = utf8_step(text.substr(at));
        return step.valid && is_space(step.code_point) ? step.size : 0;
    };
    while (!text.empty()) {
        auto const size = space_at(0);
        if (size == 0) break;
        text.remove_prefix(size);
    }
    while (!text.empty()) {
        auto last = text.size() - 1;
        while (last > 0 && (static_cast<unsigned char>(text[last]) & 0xC0) == 0x80)
            --last;
        auto const size = space_at(last);
        if (size == 0 || last + size != text.size()) break;
        text.remove_suffix(size);
    }
    return text;
}

// Zeros, and underscores after the first, before the digits that count. What remains begins with a
// digit, or with the minus of "0-1", which the original reads as -1.
std::optional<std::string_view> without_leading_zeros(std::string_view text) noexcept {
    if (text.empty() || digits_of_all.find(text[0]) == text.npos) return std::nullopt;
    if (text[0] != '0') return text;
    auto const at = text.find_first_not_of("0_");
    if (at == text.npos) return text.substr(text.size() - 1);
    if (text[at] == '.') return text.substr(at - 1);
    if (text[at] == '-' || digits_of_all.find(text[at]) != text.npos) return text.substr(at);
    return std::nullopt;
}

std::string_view without_zero_fraction(std::string_view text) noexcept {
    auto const point = text.find('.');
    if (point == text.npos || point + 1 == text.size()) return text;
    if (text.find_first_not_of('0', point + 1) != text.npos) return text;
    return text.substr(0, point);
}

// A JSON integer: no sign but minus, no leading zero. Here the minus counts as a digit.
std::optional<Integer> exact(std::string_view text) noexcept {
    auto const digits = text.substr(text.starts_with('-'));
    if (digits.empty() || digits.find_first_not_of(digits_of_all) != digits.npos)
        return std::nullopt;
    if (digits.size() > 1 && digits[0] == '0') return std::nullopt;
    if (text.size() > integer_digits_max) return std::nullopt;
    return read_json_integer(text);
}

}  // namespace

IntegerText read_integer(std::string_view text) noexcept {
    constexpr IntegerText bad{{}, IntegerFault::not_an_integer};
    // Only a number that is too long as it stands is told apart from other nonsense.
    auto const sign = static_cast<std::size_t>(text.starts_with('-'));
    auto const end = std::min(text.find_first_not_of(digits_of_all, sign), text.size());
    if (end > integer_digits_max && text[sign] != '0') return {{}, IntegerFault::too_many_digits};

    text = trimmed(text);
    bool const negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    auto const stripped = without_leading_zeros(text);
    if (!stripped) return bad;
    text = without_zero_fraction(*stripped);
    if (text.starts_with('_') || text.ends_with('_') || text.find("__") != text.npos) return bad;

    std::string plain(negative ? "-" : "");
    for (char const c : text)
        if (c != '_') plain += c;
    auto const integer = exact(plain);
    return integer ? IntegerText{*integer, IntegerFault::none} : bad;
}

Integer read_json_integer(std::string_view digits) noexcept {
    Integer out;
    auto const result = std::from_chars(digits.data(), digits.data() + digits.size(), out.value);
    if (result.ec == std::errc::result_out_of_range) return Integer::huge(digits.starts_with('-'));
    return out;
}

}  // namespace blog::schemas
