#pragma once
#include <string_view>

namespace blog::net {

constexpr std::string_view unknown_media_type = "application/octet-stream";

// The Content-Type of a file, by the ending of its name, compared without case: "text/css;
// charset=utf-8" for "css/main.css". Text is UTF-8 here. A name without a known ending is
// "application/octet-stream". Static text.
std::string_view media_type(std::string_view path) noexcept;

// The four image types that an upload may be shown as; any other upload is only ever downloaded.
bool is_plain_image(std::string_view type) noexcept;

}  // namespace blog::net
