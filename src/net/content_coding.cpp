#include "net/content_coding.hpp"

#include "net/text.hpp"

#include <algorithm>
#include <brotli/encode.h>
#include <limits>
#include <zlib.h>

namespace blog::net {
namespace {

constexpr int gzip_level = 6;
constexpr int gzip_window = 15 + 16;  // the largest, in gzip's frame rather than zlib's
constexpr int gzip_memory = 8;
constexpr int brotli_quality = 5;
constexpr int brotli_window = 18;  // bits: what a page can use; the default costs megabytes

// Thousandths: "0.25" is 250. What is no weight counts as 0, so that the coding is not used.
unsigned parse_weight(std::string_view text) noexcept {
    if (!text.starts_with('0') && !text.starts_with('1')) return 0;
    unsigned value = text[0] == '0' ? 0 : 1000;
    unsigned unit = 100;
    if (text.size() > 1 && text[1] != '.') return 0;
    for (char const c : text.substr(std::min<std::size_t>(text.size(), 2))) {
        if (!is_digit(c)) return 0;
        value += unit * static_cast<unsigned>(c - '0');
        unit /= 10;
    }
    return value <= 1000 ? value : 0;
}

struct Wish {
    std::string_view name;
    unsigned weight = 1000;
};

// Takes the next element off the list.
Wish take_wish(std::string_view& list) noexcept {
    auto const comma = std::min(list.find(','), list.size());
    auto element = list.substr(0, comma);
    list.remove_prefix(std::min(comma + 1, list.size()));
    auto const semicolon = std::min(element.find(';'), element.size());
    Wish wish{trim(element.substr(0, semicolon))};
    auto parameter = trim(element.substr(std::min(semicolon + 1, element.size())));
    if (parameter.size() >= 2 && to_lower(parameter[0]) == 'q' && parameter[1] == '=')
        wish.weight = parse_weight(trim(parameter.substr(2)));
    return wish;
}

// zlib's state of one text.
struct Deflate {
    z_stream stream{};
    Deflate() = default;
    Deflate(Deflate const&) = delete;
    Deflate& operator=(Deflate const&) = delete;
    ~Deflate() { deflateEnd(&stream); }
};

std::optional<std::string> gzip(std::string_view text) {
    Deflate deflating;
    auto& stream = deflating.stream;
    if (deflateInit2(&stream, gzip_level, Z_DEFLATED, gzip_window, gzip_memory,
                     Z_DEFAULT_STRATEGY) != Z_OK)
        return std::nullopt;
    std::string out(deflateBound(&stream, text.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));  // is not written
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    bool const done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
    out.resize(stream.total_out);
    if (!done) return std::nullopt;
    return out;
}

std::optional<std::string> brotli(std::string_view text) {
    auto size = BrotliEncoderMaxCompressedSize(text.size());
    std::string out(size, '\0');
    bool const done = size != 0 && BrotliEncoderCompress(
                                       brotli_quality, brotli_window, BROTLI_MODE_TEXT, text.size(),
                                       reinterpret_cast<std::uint8_t const*>(text.data()), &size,
                                       reinterpret_cast<std::uint8_t*>(out.data())) == BROTLI_TRUE;
    out.resize(size);
    if (!done) return std::nullopt;
    return out;
}

}  // namespace

std::string_view to_string(Coding coding) noexcept {
    static constexpr std::string_view names[coding_count] = {"", "gzip", "br"};
    return names[static_cast<std::size_t>(coding)];
}

Coding preferred_coding(std::string_view accept_encoding) noexcept {
    // Weights; -1: not named. What is not named is not wanted, but for identity, which is the last
    // resort.
    int brotli = -1, gzip = -1, identity = -1, others = -1;
    while (!accept_encoding.empty()) {
        auto const wish = take_wish(accept_encoding);
        auto const weight = static_cast<int>(wish.weight);
        if (iequals(wish.name, "br")) brotli = weight;
        if (iequals(wish.name, "gzip") || iequals(wish.name, "x-gzip")) gzip = weight;
        if (iequals(wish.name, "identity")) identity = weight;
        if (wish.name == "*") others = weight;
    }
    if (brotli < 0) brotli = others;
    if (gzip < 0) gzip = others;
    auto const best = std::max(brotli, gzip);
    if (best <= 0 || identity > best) return Coding::identity;
    return brotli >= gzip ? Coding::brotli : Coding::gzip;
}

bool is_compressible(std::string_view media_type) noexcept {
    auto const essence = trim(media_type.substr(0, media_type.find(';')));
    return essence.starts_with("text/") || essence == "application/json" ||
           essence.ends_with("+json") || essence.ends_with("+xml") || essence == "application/xml";
}

std::optional<std::string> compress(Coding coding, std::string_view text) {
    if (coding == Coding::identity || text.size() > std::numeric_limits<uInt>::max() / 2)
        return std::nullopt;
    auto packed = coding == Coding::gzip ? gzip(text) : brotli(text);
    if (packed && packed->size() >= text.size()) packed.reset();
    return packed;
}

}  // namespace blog::net
