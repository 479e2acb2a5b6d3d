#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace blog::net {

// How the bytes of a body are packed for the way (RFC 9110 8.4.1).
enum class Coding : std::uint8_t { identity, gzip, brotli };
constexpr std::size_t coding_count = 3;

// "gzip", "br"; "" for identity, which is never named.
std::string_view to_string(Coding) noexcept;

// What a client wants most by its Accept-Encoding field (RFC 9110 12.5.3); brotli before gzip when
// it does not mind. A field that makes no sense, or refuses everything, means identity.
Coding preferred_coding(std::string_view accept_encoding) noexcept;

// Shorter texts gain less than a packet, and their name in the head costs some of it.
constexpr std::size_t compress_bytes_min = 512;

// Whether texts of this media type get shorter: text/*, JSON, XML, SVG and the like.
bool is_compressible(std::string_view media_type) noexcept;

// The whole text packed: gzip at level 6, brotli at quality 5 with a window of 256 KiB, which take
// 0.1 to 0.5 ms for 16 KiB; not for an event loop. nullopt when that does not make it shorter, or
// there is no memory.
std::optional<std::string> compress(Coding, std::string_view text);

}  // namespace blog::net
