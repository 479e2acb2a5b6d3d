#include "views/library.hpp"

#include "views/syntax.hpp"

#include <utility>

namespace blog::views {

Library::Library(Source source, AssetUrl asset_url)
    : source_(std::move(source)),
      asset_url_(std::move(asset_url)),
      pages_(compile(source_, asset_url_)) {}

Library::Pages Library::compile(Source const& source, AssetUrl const& asset_url) {
    Files files(source);
    return {{"home.html", files, asset_url},           {"post.html", files, asset_url},
            {"user.html", files, asset_url},           {"error.html", files, asset_url},
            {"docs.html", files, asset_url},           {"register.html", files, asset_url},
            {"login.html", files, asset_url},          {"forgot_password.html", files, asset_url},
            {"reset_password.html", files, asset_url}, {"account.html", files, asset_url},
            {"delete_account.html", files, asset_url}, {"writing.html", files, asset_url},
            {"delete_post.html", files, asset_url}};
}

std::optional<std::string> Library::reload() {
    try {
        pages_ = compile(source_, asset_url_);
        return std::nullopt;
    } catch (TemplateError const& error) {
        return error.what();
    }
}

}  // namespace blog::views
