#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace blog::net {

// `size` bytes from `offset`; never empty, always inside the file it was made for.
struct ByteRange {
    std::uint64_t offset = 0, size = 0;
    bool operator==(ByteRange const&) const = default;
};

// More ranges than this in one request are an attack or a mistake: the whole file is the answer
// (RFC 9110 14.2 lets a server ignore Range at any time).
constexpr std::size_t ranges_max = 16;

// What a Range field asks for.
struct RangeRequest {
    enum class Kind : std::uint8_t {
        whole,          // ignore the field
        parts,          // 206 with `parts`
        malformed,      // 400 with `fault`
        unsatisfiable,  // 416
    };
    Kind kind = Kind::whole;
    std::vector<ByteRange> parts = {};  // ascending, apart from each other, at most ranges_max
    std::string_view fault = {};        // static text, for the client
};

// Reads the Range field of a request for a file of `file_bytes` bytes (RFC 9110 14.1.2). Ranges
// that overlap or touch are joined, those behind the end of the file are dropped. Numbers may have
// any number of digits. A unit other than bytes is malformed, as clients of the recorded API know
// it.
RangeRequest parse_range(std::string_view field, std::uint64_t file_bytes);

}  // namespace blog::net
