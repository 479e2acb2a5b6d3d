#include "assets.hpp"

#include <algorithm>

namespace blog {

Asset const* find_asset(std::string_view path) noexcept {
    auto const all = assets();
    auto const at = std::ranges::lower_bound(all, path, {}, &Asset::path);
    return at != all.end() && at->path == path ? &*at : nullptr;
}

bool has_vendor_assets() noexcept {
    return find_asset("vendor/swagger-ui/swagger-ui-bundle.js") != nullptr &&
           find_asset("vendor/swagger-ui/swagger-ui.css") != nullptr &&
           find_asset("vendor/redoc/redoc.standalone.js") != nullptr;
}

}  // namespace blog
