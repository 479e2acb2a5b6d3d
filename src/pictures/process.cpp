#include "pictures/process.hpp"

#include "pictures/decode.hpp"
#include "pictures/encode_jpeg.hpp"

#include <optional>

namespace blog::pictures {
namespace {

using std::string_view_literals::operator""sv;

// By the first bytes: what a client calls its file says nothing.
std::optional<Square> decode(std::string_view file, PixelLimits const& limits) {
    if (file.starts_with("\xff\xd8\xff"sv)) return decode_jpeg(file, limits);
    if (file.starts_with("\x89PNG\r\n\x1a\n"sv)) return decode_png(file, limits);
    if (file.starts_with("GIF87a"sv) || file.starts_with("GIF89a"sv))
        return decode_gif(file, limits);
    if (file.starts_with("RIFF"sv) && file.substr(4).substr(0, 8).ends_with("WEBP"sv))
        return decode_webp(file, limits);
    return std::nullopt;
}

}  // namespace

Result<std::string> make_profile_picture(std::string_view upload, PixelLimits const& limits) {
    auto const square = decode(upload, limits);
    if (!square) return Error{Errc::picture_invalid};
    return encode_jpeg(*square);
}

}  // namespace blog::pictures
