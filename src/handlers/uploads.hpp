#pragma once
#include "handlers/context.hpp"
#include "net/service.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Pictures on their way in: the only bodies that are large, so somebody must have logged in before
// they are read, and few are held in memory at a time.
namespace blog::handlers {

// What a form adds to the file that it carries: delimiters, part heads, a few short fields.
inline constexpr std::size_t form_bytes_max = 64u << 10;

bool is_upload(net::Method method, std::string_view path) noexcept;

// The uploads of one loop, of which one user may have half. The loop's thread only.
class Uploads {
public:
    explicit Uploads(std::size_t at_once_max) noexcept : at_once_max_(at_once_max) {}
    // Null: there are too many.
    std::unique_ptr<net::BodyPermit> begin(db::UserId user);

private:
    friend class UploadPermit;
    std::size_t const at_once_max_;
    std::vector<db::UserId> of_;  // whose they are
};

// "File too large. Maximum size is 5MB", with the limit that is set.
std::string too_large_text(Config const& config);

// Makes a picture of an uploaded file and shows it with the user.
// picture_invalid, forbidden, user_not_found, busy, unavailable
Awaitable<Result<db::User>> store_picture(Context& ctx, db::UserId user, std::string upload);

}  // namespace blog::handlers
