#pragma once
#include "db/models.hpp"
#include "schemas/users.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>

namespace blog::schemas {

inline constexpr Str title_rule{.min = 1, .max = 100};
inline constexpr Str content_rule{.min = 1};

// POST /api/posts, PUT /api/posts/{post_id}. Without a user_id: the one who is logged in.
struct PostCreate {
    std::string title, content;
    std::optional<Integer> user_id;
};
template <>
struct Schema<PostCreate> {
    static constexpr std::string_view name = "PostCreate";
    static constexpr auto fields =
        std::tuple{required("title", &PostCreate::title, title_rule),
                   required("content", &PostCreate::content, content_rule),
                   when(Presence::required_without_login, "user_id", &PostCreate::user_id, Int{})};
};

// PATCH /api/posts/{post_id}: only what is set changes. A null is refused: a post without a title
// cannot be stored.
struct PostUpdate {
    std::optional<std::string> title, content;
};
template <>
struct Schema<PostUpdate> {
    static constexpr std::string_view name = "PostUpdate";
    static constexpr auto fields =
        std::tuple{optional("title", &PostUpdate::title, title_rule),
                   optional("content", &PostUpdate::content, content_rule)};
};

// A post with its author. A view: the model outlives it.
struct PostResponse {
    std::string_view title, content;
    std::int64_t id = 0, user_id = 0;
    SysTime date_posted;
    UserShown author;

    explicit PostResponse(db::Post const& post)
        : title(post.title),
          content(post.content),
          id(static_cast<std::int64_t>(post.id)),
          user_id(static_cast<std::int64_t>(post.author.id)),
          date_posted(post.date_posted),
          author{&post.author} {}
};
template <>
struct Schema<PostResponse> {
    static constexpr std::string_view name = "PostResponse";
    static constexpr auto fields =
        std::tuple{shown("title", &PostResponse::title, title_rule),
                   shown("content", &PostResponse::content, content_rule),
                   shown("id", &PostResponse::id),
                   shown("user_id", &PostResponse::user_id),
                   shown("date_posted", &PostResponse::date_posted),
                   shown("author", &PostResponse::author)};
};

}  // namespace blog::schemas
