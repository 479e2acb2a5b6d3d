#pragma once
#include "net/content_coding.hpp"

#include <array>
#include <brotli/decode.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <zlib.h>

namespace blog::net {

// What a client makes of a packed body. Throws when it is not whole, or has something behind it.
inline std::string unpack_gzip(std::string_view packed) {
    z_stream stream{};
    if (inflateInit2(&stream, 15 + 16) != Z_OK) throw std::runtime_error("inflateInit2");
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    std::string out;
    std::array<char, 65536> piece;
    int state = Z_OK;
    while (state == Z_OK) {
        stream.next_out = reinterpret_cast<Bytef*>(piece.data());
        stream.avail_out = piece.size();
        state = inflate(&stream, Z_NO_FLUSH);
        out.append(piece.data(), piece.size() - stream.avail_out);
    }
    inflateEnd(&stream);
    if (state != Z_STREAM_END || stream.avail_in != 0) throw std::runtime_error("gzip");
    return out;
}

inline std::string unpack_brotli(std::string_view packed) {
    std::string out(std::size_t{16} << 20, '\0');
    auto size = out.size();
    auto const done =
        BrotliDecoderDecompress(packed.size(), reinterpret_cast<std::uint8_t const*>(packed.data()),
                                &size, reinterpret_cast<std::uint8_t*>(out.data()));
    if (done != BROTLI_DECODER_RESULT_SUCCESS) throw std::runtime_error("brotli");
    out.resize(size);
    return out;
}

inline std::string unpack(Coding coding, std::string_view packed) {
    if (coding == Coding::identity) return std::string(packed);
    return coding == Coding::gzip ? unpack_gzip(packed) : unpack_brotli(packed);
}

}  // namespace blog::net
