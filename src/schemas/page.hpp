#pragma once
#include "db/models.hpp"
#include "schemas/posts.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

namespace blog::schemas {

// ?skip=&limit= of the lists. Without either the answer is a plain array.
struct PageQuery {
    static constexpr std::int64_t limit_default = 10, limit_max = 100;

    std::optional<Integer> skip, limit;

    bool asked() const noexcept { return skip || limit; }
    std::int64_t skip_value() const noexcept { return skip ? skip->value : 0; }
    std::int64_t limit_value() const noexcept { return limit ? limit->value : limit_default; }
    // "skip=0&limit=10"; "" when neither was asked for.
    void append_to(std::string& out) const {
        if (!asked()) return;
        out.append("skip=").append(std::to_string(skip_value()));
        out.append("&limit=").append(std::to_string(limit_value()));
    }
};
template <>
struct Schema<PageQuery> {
    static constexpr std::string_view name = "PageQuery";
    static constexpr auto skip_max = std::numeric_limits<std::int64_t>::max();
    static constexpr auto fields = std::tuple{
        optional("skip", &PageQuery::skip, Int{.min = 0, .max = skip_max, .fallback = 0}),
        optional("limit", &PageQuery::limit,
                 Int{.min = 1, .max = PageQuery::limit_max, .fallback = PageQuery::limit_default})};
};

// One page of posts, newest first. A view: the models outlive it.
struct PaginatedPostsResponse {
    ListOf<PostResponse, db::Post> posts;
    std::int64_t total = 0, skip = 0, limit = 0;
    bool has_more = false;

    PaginatedPostsResponse(db::PostPage const& page, PageQuery const& query)
        : posts{page.posts},
          total(page.total),
          skip(query.skip_value()),
          limit(query.limit_value()),
          has_more(total > static_cast<std::int64_t>(page.posts.size()) &&
                   skip < total - static_cast<std::int64_t>(page.posts.size())) {}
};
template <>
struct Schema<PaginatedPostsResponse> {
    static constexpr std::string_view name = "PaginatedPostsResponse";
    static constexpr auto fields = std::tuple{shown("posts", &PaginatedPostsResponse::posts),
                                              shown("total", &PaginatedPostsResponse::total),
                                              shown("skip", &PaginatedPostsResponse::skip),
                                              shown("limit", &PaginatedPostsResponse::limit),
                                              shown("has_more", &PaginatedPostsResponse::has_more)};
};

}  // namespace blog::schemas
