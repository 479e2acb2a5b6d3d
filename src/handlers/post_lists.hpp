#pragma once
#include "handlers/context.hpp"
#include "net/response.hpp"
#include "net/route.hpp"
#include "schemas/openapi.hpp"
#include "schemas/page.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace blog::handlers {

// Both lists of posts have two forms: the plain array in id order, and pages, newest first, when
// the query asks for them.

// The array, written piece by piece: its length costs no memory. The first piece is read before the
// answer begins, so that a database that is away gives a proper error.
net::Reply stream_posts(Context& ctx, std::optional<db::UserId> author);

net::Response posts_page(Context& ctx, db::PostPage const& page, schemas::PageQuery const& query);

constexpr std::string_view list_description =
    "Without `skip` and `limit`: all posts as an array, oldest id first. With either: a page of "
    "posts, "
    "newest first.";
std::vector<schemas::Answer> list_answers();

}  // namespace blog::handlers
