#include "handlers/uploads.hpp"

#include "auth/token.hpp"

#include <utility>

namespace blog::handlers {

class UploadPermit final : public net::BodyPermit {
public:
    explicit UploadPermit(Uploads& uploads) noexcept : uploads_(uploads) { --uploads_.left_; }
    UploadPermit(UploadPermit const&) = delete;
    UploadPermit& operator=(UploadPermit const&) = delete;
    ~UploadPermit() override { ++uploads_.left_; }

private:
    Uploads& uploads_;
};

std::unique_ptr<net::BodyPermit> Uploads::begin() {
    if (left_ == 0) return nullptr;
    return std::make_unique<UploadPermit>(*this);
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
