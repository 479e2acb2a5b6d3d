#include "db/postgres/utf8_length.hpp"

#include <cstdint>
#include <cstring>

namespace blog::db::postgres {

namespace {

// How many bytes the character takes that begins at `at`; 0: it is none.
std::size_t size_of_character(unsigned char const* at, std::size_t rest) noexcept {
    unsigned char const first = at[0];
    std::size_t const size = first < 0x80   ? 1
                             : first < 0xc2 ? 0
                             : first < 0xe0 ? 2
                             : first < 0xf0 ? 3
                             : first < 0xf5 ? 4
                                            : 0;
    if (size < 2 || size > rest) return size == 1 ? 1 : 0;
    // The shortest form, no surrogates, nothing above U+10FFFF.
    unsigned char const low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    unsigned char const high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (at[1] < low || at[1] > high) return 0;
    for (std::size_t i = 2; i < size; ++i)
        if ((at[i] & 0xc0) != 0x80) return 0;
    return size;
}

bool is_ascii(unsigned char const* eight_bytes) noexcept {
    std::uint64_t word = 0;
    std::memcpy(&word, eight_bytes, sizeof word);
    return (word & 0x8080808080808080u) == 0;
}

}  // namespace

std::optional<std::size_t> utf8_length(std::string_view text) noexcept {
    auto const* at = reinterpret_cast<unsigned char const*>(text.data());
    auto const* const end = at + text.size();
    std::size_t length = 0;
    while (at != end) {
        auto const rest = static_cast<std::size_t>(end - at);
        if (rest >= 8 && is_ascii(at)) {
            at += 8;
            length += 8;
            continue;
        }
        auto const size = size_of_character(at, rest);
        if (size == 0) return std::nullopt;
        at += size;
        ++length;
    }
    return length;
}

}  // namespace blog::db::postgres
