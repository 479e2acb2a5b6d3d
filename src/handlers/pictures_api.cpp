#include "handlers/endpoint.hpp"
#include "handlers/reply.hpp"
#include "handlers/routes.hpp"
#include "handlers/uploads.hpp"
#include "schemas/accounts.hpp"

// /api/users/{user_id}/picture: the portrait beside one's posts.
namespace blog::handlers {
namespace {

using net::Status;
using schemas::UserPrivate;

net::Reply update_picture(Context& ctx, Member me, db::UserId id, Upload upload) {
    constexpr std::string_view what = "update this user's picture";
    if (me.id() != id) co_return forbidden(ctx, what);
    auto const& content = upload.file->content;
    if (content.size() > ctx.app.config.upload_bytes_max.value)
        co_return problem(ctx, Status::bad_request, too_large_text(ctx.app.config));
    auto const user = co_await store_picture(ctx, id, std::string(content));
    if (!user) co_return user_write_failed(ctx, user.error(), what);
    co_return answer<UserPrivate>(ctx, Status::ok, *user);
}

net::Reply delete_picture(Context& ctx, Member me, db::UserId id) {
    constexpr std::string_view what = "delete this user's picture";
    if (me.id() != id) co_return forbidden(ctx, what);
    CO_TRY(db, co_await ctx.db());
    auto const user = co_await db->remove_picture(id, ctx.writer());
    if (!user) co_return user_write_failed(ctx, user.error(), what);
    co_return answer<UserPrivate>(ctx, Status::ok, *user);
}

std::vector<Endpoint> table() {
    auto const user = schemas::answer_of<UserPrivate>();
    schemas::Refusal const others{403, "It is somebody else's account"};
    return {
        patch<"/api/users/{user_id}/picture", &update_picture>(
            {.name = "upload_profile_picture",
             .tag = "users",
             .description = "A JPEG, PNG, GIF or WebP of at most 5 MiB.",
             .answers = {user},
             .refusals = {{400, "No such picture, or too large"}, others}}),
        del<"/api/users/{user_id}/picture", &delete_picture>(
            {.name = "delete_user_picture",
             .tag = "users",
             .answers = {user},
             .refusals = {{400, "There is no picture"}, others}}),
    };
}

}  // namespace

std::span<Endpoint const> picture_endpoints() {
    static auto const endpoints = table();
    return endpoints;
}

}  // namespace blog::handlers
