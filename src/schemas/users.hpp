#pragma once
#include "db/models.hpp"
#include "schemas/schema.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <tuple>

namespace blog::schemas {

inline constexpr Str username_rule{.min = 1, .max = 50};
inline constexpr EmailField email_rule{.max = 120};

// POST /api/users
struct UserCreate {
    std::string username, email;
};
template <>
struct Schema<UserCreate> {
    static constexpr std::string_view name = "UserCreate";
    static constexpr auto fields =
        std::tuple{required("username", &UserCreate::username, username_rule),
                   required("email", &UserCreate::email, email_rule)};
};

// PATCH /api/users/{user_id}: only what is set changes; null is ignored.
struct UserUpdate {
    std::optional<std::string> username, email, image_file;
};
template <>
struct Schema<UserUpdate> {
    static constexpr std::string_view name = "UserUpdate";
    static constexpr auto fields =
        std::tuple{nullable("username", &UserUpdate::username, username_rule),
                   nullable("email", &UserUpdate::email, email_rule),
                   nullable("image_file", &UserUpdate::image_file, Str{.min = 1, .max = 200})};
};

// Where a profile picture is served: computed, not stored. No file, or an empty name: the default.
struct ImagePath {
    std::string_view file;
};
void append_path(std::string& out, ImagePath);  // unescaped
void append_json(std::string& out, ImagePath);
inline TypeDoc doc_of(ImagePath const*) {
    return {.type = "string"};
}

// A user as everyone sees it. A view: the model outlives it.
struct UserResponse {
    std::string_view username, email;
    std::int64_t id = 0;
    std::optional<std::string_view> image_file;
    ImagePath image_path;

    explicit UserResponse(db::User const& user)
        : username(user.username),
          email(user.email),
          id(static_cast<std::int64_t>(user.id)),
          image_file(user.image_file),
          image_path{user.image_file ? std::string_view(*user.image_file) : std::string_view()} {}
};
template <>
struct Schema<UserResponse> {
    static constexpr std::string_view name = "UserResponse";
    static constexpr auto fields =
        std::tuple{shown("username", &UserResponse::username, username_rule),
                   shown("email", &UserResponse::email, email_rule),  //
                   shown("id", &UserResponse::id), shown("image_file", &UserResponse::image_file),
                   shown("image_path", &UserResponse::image_path)};
};

}  // namespace blog::schemas
