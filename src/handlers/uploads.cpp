#include "handlers/uploads.hpp"

#include "auth/token.hpp"

#include <algorithm>
#include <utility>

namespace blog::handlers {

class UploadPermit final : public net::BodyPermit {
public:
    UploadPermit(Uploads& uploads, db::UserId user) : uploads_(uploads), user_(user) {
        uploads_.of_.push_back(user);
    }
    UploadPermit(UploadPermit const&) = delete;
    UploadPermit& operator=(UploadPermit const&) = delete;
    ~UploadPermit() override { uploads_.of_.erase(std::ranges::find(uploads_.of_, user_)); }

private:
    Uploads& uploads_;
    db::UserId const user_;
};

std::unique_ptr<net::BodyPermit> Uploads::begin(db::UserId user) {
    auto const of_one_max = std::max<std::size_t>(at_once_max_ / 2, 1);
    auto const of_one = static_cast<std::size_t>(std::ranges::count(of_, user));
    if (of_.size() >= at_once_max_ || of_one >= of_one_max) return nullptr;
    return std::make_unique<UploadPermit>(*this, user);
}

bool is_upload(net::Method method, std::string_view path) noexcept {
    if (method == net::Method::patch)
        return path.starts_with("/api/users/") && path.ends_with("/picture");
    return method == net::Method::post && path == "/account/picture";
}

std::string too_large_text(Config const& config) {
    auto const mebibytes = config.upload_bytes_max.value >> 20;
    return "File too large. Maximum size is " + std::to_string(mebibytes) + "MB";
}

Awaitable<Result<db::User>> store_picture(Context& ctx, db::UserId user, std::string upload) {
    CO_TRY(bytes, co_await ctx.app.workshop.make(std::move(upload)));
    db::NewPicture picture{.name = auth::random_name() + ".jpg", .bytes = std::move(bytes)};
    CO_TRY(db, co_await ctx.db());
    co_return co_await db->set_picture(user, std::move(picture), ctx.writer());
}

}  // namespace blog::handlers
