#include "net/media_type.hpp"

#include "net/text.hpp"

#include <algorithm>
#include <array>

namespace blog::net {

namespace {

struct Row {
    std::string_view ending, type;
};

constexpr std::array rows{
    Row{"avif", "image/avif"},
    Row{"css", "text/css; charset=utf-8"},
    Row{"csv", "text/csv; charset=utf-8"},
    Row{"gif", "image/gif"},
    Row{"htm", "text/html; charset=utf-8"},
    Row{"html", "text/html; charset=utf-8"},
    Row{"ico", "image/vnd.microsoft.icon"},
    Row{"jpeg", "image/jpeg"},
    Row{"jpg", "image/jpeg"},
    Row{"js", "text/javascript; charset=utf-8"},
    Row{"json", "application/json"},
    Row{"map", "application/json"},
    Row{"md", "text/markdown; charset=utf-8"},
    Row{"mjs", "text/javascript; charset=utf-8"},
    Row{"mp4", "video/mp4"},
    Row{"otf", "font/otf"},
    Row{"pdf", "application/pdf"},
    Row{"png", "image/png"},
    Row{"svg", "image/svg+xml"},
    Row{"ttf", "font/ttf"},
    Row{"txt", "text/plain; charset=utf-8"},
    Row{"wasm", "application/wasm"},
    Row{"webm", "video/webm"},
    Row{"webmanifest", "application/manifest+json"},
    Row{"webp", "image/webp"},
    Row{"woff", "font/woff"},
    Row{"woff2", "font/woff2"},
    Row{"xml", "text/xml; charset=utf-8"},
    Row{"zip", "application/zip"},
};
static_assert(std::ranges::is_sorted(rows, {}, &Row::ending), "media_type() searches by halves");

constexpr std::size_t ending_bytes_max =
    std::ranges::max(rows, {}, [](Row const& row) { return row.ending.size(); }).ending.size();

}  // namespace

std::string_view media_type(std::string_view path) noexcept {
    auto const name = path.substr(path.rfind('/') + 1);
    auto const dot = name.rfind('.');
    if (dot == name.npos || name.size() - dot - 1 > ending_bytes_max) return unknown_media_type;

    std::array<char, ending_bytes_max> room{};
    auto const ending = name.substr(dot + 1);
    std::ranges::transform(ending, room.begin(), to_lower);
    auto const wanted = std::string_view(room.data(), ending.size());
    auto const row = std::ranges::lower_bound(rows, wanted, {}, &Row::ending);
    return row != rows.end() && row->ending == wanted ? row->type : unknown_media_type;
}

bool is_plain_image(std::string_view type) noexcept {
    return type == "image/jpeg" || type == "image/png" || type == "image/gif" ||
           type == "image/webp";
}

}  // namespace blog::net
