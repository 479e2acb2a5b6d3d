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
inline constexpr Str password_rule{.min = 8};  // no maximum: all of it counts

// POST /api/users. Without a password: an open account, where those are allowed.
struct UserCreate {
    std::string username, email;
    std::optional<std::string> password;
};
template <>
struct Schema<UserCreate> {
    static constexpr std::string_view name = "UserCreate";
    static constexpr auto fields = std::tuple{
        required("username", &UserCreate::username, username_rule),
        required("email", &UserCreate::email, email_rule),
        when(Presence::required_when_protected, "password", &UserCreate::password, password_rule)};
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

// A user as the models have it, in the order of the answers' fields. Views: the model outlives
// them.
struct UserFields {
    std::string_view username, email;
    std::int64_t id = 0;
    std::optional<std::string_view> image_file;
    ImagePath image_path;

    explicit UserFields(db::User const& user)
        : username(user.username),
          email(user.email),
          id(static_cast<std::int64_t>(user.id)),
          image_file(user.image_file),
          image_path{user.image_file ? std::string_view(*user.image_file) : std::string_view()} {}
};

// An open account, with its address for everybody.
struct UserResponse : UserFields {
    using UserFields::UserFields;
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

// A protected account, as everybody sees it.
struct UserPublic : UserFields {
    using UserFields::UserFields;
};
template <>
struct Schema<UserPublic> {
    static constexpr std::string_view name = "UserPublic";
    static constexpr auto fields = std::tuple{
        shown("id", &UserPublic::id), shown("username", &UserPublic::username, username_rule),
        shown("image_file", &UserPublic::image_file), shown("image_path", &UserPublic::image_path)};
};

// A protected account, as its owner sees it.
struct UserPrivate : UserFields {
    using UserFields::UserFields;
};
template <>
struct Schema<UserPrivate> {
    static constexpr std::string_view name = "UserPrivate";
    static constexpr auto fields = std::tuple{
        shown("id", &UserPrivate::id), shown("username", &UserPrivate::username, username_rule),
        shown("image_file", &UserPrivate::image_file),
        shown("image_path", &UserPrivate::image_path),
        shown("email", &UserPrivate::email, email_rule)};
};

// A user as anybody may see it: which of the two follows from the account. The document names the
// fields that both have.
struct UserShown {
    db::User const* user = nullptr;
};
void append_json(std::string& out, UserShown);
inline TypeDoc doc_of(UserShown const*) {
    return {.type = "object", .shape = &shape_of<UserPublic>()};
}

}  // namespace blog::schemas
