#include "schemas/utf8.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace blog::schemas {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

unsigned byte_at(std::string_view text, std::size_t i) noexcept {
    return static_cast<unsigned char>(text[i]);
}

bool is_surrogate(char32_t c) noexcept {
    return c >= 0xD800 && c <= 0xDFFF;
}

// Bytes of the ASCII run at the start, by eights; may stop short of its end.
std::size_t ascii_run(std::string_view text) noexcept {
    std::size_t i = 0;
    for (; i + 8 <= text.size(); i += 8) {
        std::uint64_t word;
        std::memcpy(&word, text.data() + i, 8);
        if (word & 0x8080808080808080u) break;
    }
    return i;
}

// What the first byte says: how many follow, and in which range the second one must lie to rule out
// overlong forms, surrogates and what is beyond U+10FFFF.
struct Lead {
    unsigned following = 0;  // 0: no lead byte
    unsigned low = 0x80, high = 0xBF;
};
Lead lead_of(unsigned c) noexcept {
    if (c < 0xC2 || c > 0xF4) return {};
    if (c < 0xE0) return {1};
    if (c < 0xF0) return {2, c == 0xE0 ? 0xA0u : 0x80u, c == 0xED ? 0x9Fu : 0xBFu};
    return {3, c == 0xF0 ? 0x90u : 0x80u, c == 0xF4 ? 0x8Fu : 0xBFu};
}

enum class Width : std::uint8_t { two = 2, four = 4 };
struct Wide {
    Width width;
    bool big_endian;
};

char32_t unit_at(std::string_view bytes, std::size_t i, Wide form) noexcept {
    char32_t unit = 0;
    auto const width = static_cast<std::size_t>(form.width);
    for (std::size_t k = 0; k < width; ++k) {
        auto const at = form.big_endian ? i + k : i + width - 1 - k;
        unit = unit << 8 | byte_at(bytes, at);
    }
    return unit;
}

// UTF-16 or UTF-32 to UTF-8; false when the bytes are not that.
bool from_wide(std::string_view bytes, Wide form, std::string& out) {
    auto const width = static_cast<std::size_t>(form.width);
    if (bytes.size() % width != 0) return false;
    out.clear();
    out.reserve(bytes.size());
    for (std::size_t i = 0; i < bytes.size(); i += width) {
        char32_t c = unit_at(bytes, i, form);
        if (form.width == Width::two && c >= 0xD800 && c <= 0xDBFF && i + 2 < bytes.size()) {
            auto const low = unit_at(bytes, i + 2, form);
            if (low >= 0xDC00 && low <= 0xDFFF) {
                c = 0x10000 + ((c - 0xD800) << 10 | (low - 0xDC00));
                i += 2;
            }
        }
        if (is_surrogate(c) || c > 0x10FFFF) return false;
        append_utf8(out, c);
    }
    return true;
}

// The wide form without byte order mark that the zero bytes of a JSON text give away.
std::optional<Wide> guess_wide(std::string_view bytes) noexcept {
    auto const zero = [&](std::size_t i) { return bytes[i] == '\0'; };
    if (bytes.size() >= 4) {
        if (zero(0)) return Wide{zero(1) ? Width::four : Width::two, true};
        if (zero(1)) return Wide{zero(2) && zero(3) ? Width::four : Width::two, false};
    } else if (bytes.size() == 2) {
        if (zero(0)) return Wide{Width::two, true};
        if (zero(1)) return Wide{Width::two, false};
    }
    return std::nullopt;
}

}  // namespace

Utf8Step utf8_step(std::string_view rest) noexcept {
    auto const first = byte_at(rest, 0);
    if (first < 0x80) return {1, true, first};
    auto const lead = lead_of(first);
    if (lead.following == 0) return {1};
    char32_t c = first & (0x3Fu >> lead.following);
    for (std::size_t i = 1; i <= lead.following; ++i) {
        if (i == rest.size()) return {i};
        auto const next = byte_at(rest, i);
        auto const low = i == 1 ? lead.low : 0x80u, high = i == 1 ? lead.high : 0xBFu;
        if (next < low || next > high) return {i};
        c = c << 6 | (next & 0x3F);
    }
    return {lead.following + 1, true, c};
}

bool is_utf8(std::string_view bytes) noexcept {
    while (!bytes.empty()) {
        bytes.remove_prefix(ascii_run(bytes));
        if (bytes.empty()) break;
        auto const step = utf8_step(bytes);
        if (!step.valid) return false;
        bytes.remove_prefix(step.size);
    }
    return true;
}

std::size_t count_characters(std::string_view text) noexcept {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string with_replacements(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size());
    while (!bytes.empty()) {
        auto const step = utf8_step(bytes);
        out += step.valid ? bytes.substr(0, step.size) : replacement;
        bytes.remove_prefix(step.size);
    }
    return out;
}

void append_utf8(std::string& out, char32_t c) {
    auto const put = [&](char32_t byte) { out += static_cast<char>(byte); };
    if (c < 0x80) {
        put(c);
    } else if (c < 0x800) {
        put(0xC0 | c >> 6);
        put(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        put(0xE0 | c >> 12);
        put(0x80 | (c >> 6 & 0x3F));
        put(0x80 | (c & 0x3F));
    } else {
        put(0xF0 | c >> 18);
        put(0x80 | (c >> 12 & 0x3F));
        put(0x80 | (c >> 6 & 0x3F));
        put(0x80 | (c & 0x3F));
    }
}

std::optional<std::string_view> json_text(std::string_view bytes, std::string& storage) {
    using namespace std::string_view_literals;
    struct Mark {
        std::string_view bytes;
        Wide form;
    };
    static constexpr Mark marks[] = {{"\0\0\xFE\xFF"sv, {Width::four, true}},
                                     {"\xFF\xFE\0\0"sv, {Width::four, false}},
                                     {"\xFE\xFF"sv, {Width::two, true}},
                                     {"\xFF\xFE"sv, {Width::two, false}}};
    std::optional<Wide> form;
    for (auto const& mark : marks) {
        if (!bytes.starts_with(mark.bytes)) continue;
        bytes.remove_prefix(mark.bytes.size());
        form = mark.form;
        break;
    }
    if (!form && bytes.starts_with("\xEF\xBB\xBF"))
        bytes.remove_prefix(3);
    else if (!form)
        form = guess_wide(bytes);
    if (form) {
        if (!from_wide(bytes, *form, storage)) return std::nullopt;
        return storage;
    }
    if (!is_utf8(bytes)) return std::nullopt;
    return bytes;
}

}  // namespace blog::schemas
