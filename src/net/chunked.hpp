#pragma once
#include "net/limits.hpp"
#include "net/parser.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace blog::net {

// Undoes the chunked coding (RFC 9112 7.1) of one body, strictly: sizes are plain hexadecimal
// digits, every line ends with CR LF and so does every chunk, extensions are checked and ignored,
// trailer fields are checked and thrown away, and all of it is bounded. Ours and not Beast's, whose
// version 1.81 looks at a line only when it likes the bytes after it, and bounds neither lines nor
// trailers.
class ChunkDecoder {
public:
    explicit ChunkDecoder(Limits const& limits) noexcept
        : ChunkDecoder(limits, limits.body_bytes_max) {}
    ChunkDecoder(Limits const& limits, std::size_t body_bytes_max) noexcept
        : limits_(limits), body_bytes_max_(body_bytes_max) {}

    struct Step {
        Progress progress;
        std::size_t consumed;  // bytes of `input` that are done with; show the rest again with more
    };
    // Appends what `input` holds of the body to `body`, which never grows above the limit.
    Step decode(std::string_view input, std::string& body, Refusal&);

private:
    enum class State : std::uint8_t { size_line, data, data_end, trailer_line };

    // Each takes a prefix of the rest of the input; need_more when it is not all there.
    Progress read_size_line(std::string_view& rest, std::size_t body_bytes, Refusal&);
    Progress read_data(std::string_view& rest, std::string& body);
    Progress read_data_end(std::string_view& rest, Refusal&);
    Progress read_trailer_line(std::string_view& rest, Refusal&);

    Limits const& limits_;
    std::size_t body_bytes_max_;
    State state_ = State::size_line;
    std::uint64_t remaining_ = 0;  // of the current chunk
    std::size_t extension_bytes_ = 0, trailer_bytes_ = 0;
};

}  // namespace blog::net
