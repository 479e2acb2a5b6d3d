#pragma once
#include <cstdint>
#include <limits>
#include <string_view>

namespace blog::schemas {

// An integer that a client sent. One beyond 64 bits is valid, as in Python, but clamped and marked:
// nothing here is that big, so an id of that kind is not found (404).
struct Integer {
    std::int64_t value = 0;
    bool beyond = false;

    static constexpr Integer huge(bool negative) noexcept {
        using Range = std::numeric_limits<std::int64_t>;
        return {negative ? Range::min() : Range::max(), true};
    }
    friend bool operator==(Integer const&, Integer const&) = default;
};

enum class IntegerFault : std::uint8_t { none, not_an_integer, too_many_digits };

struct IntegerText {
    Integer integer;
    IntegerFault fault = IntegerFault::none;
};

// Reads text as pydantic's lax mode does, in paths, queries and JSON strings alike: white space
// around it, one sign, leading zeros, single underscores between digits (1_000) and a fraction of
// zeros (1.00) are fine. `text` is any bytes.
IntegerText read_integer(std::string_view text) noexcept;

// The same for a JSON number without fraction and exponent, which was checked already.
Integer read_json_integer(std::string_view digits) noexcept;

}  // namespace blog::schemas
