#pragma once
#include <span>
#include <string_view>

namespace blog {

// One file that the build put into the binary. The views live as long as the program.
struct Asset {
    std::string_view path;        // "templates/home.html", "static/css/main.css", "demo/posts.json"
    std::string_view bytes;       // not followed by a NUL
    std::string_view sha256_hex;  // 64 lower-case digits
};

// Everything embedded, sorted by path, each path once: www/templates, www/static and www/demo under
// those names, and below "vendor/" what came from npm. Any thread.
std::span<Asset const> assets() noexcept;

// The asset of exactly that path; nullptr when there is none.
Asset const* find_asset(std::string_view path) noexcept;

// Whether Swagger UI ("vendor/swagger-ui/...") and Redoc ("vendor/redoc/...") are among the assets.
// A build without npm or without network lacks them; the pages that want them say so.
bool has_vendor_assets() noexcept;

}  // namespace blog
