#include "handlers/endpoint.hpp"
#include "handlers/post_lists.hpp"
#include "handlers/reply.hpp"
#include "handlers/routes.hpp"
#include "schemas/page.hpp"
#include "schemas/users.hpp"

// /api/users: the people who write.
namespace blog::handlers {
namespace {

using net::Status;
using schemas::UserCreate;
using schemas::UserResponse;
using schemas::UserUpdate;

net::Response user_json(Context& ctx, Status status, db::User const& user) {
    auto body = ctx.buffer();
    schemas::append_json(body, UserResponse(user));
    return json(status, std::move(body));
}

net::Reply create_user(Context& ctx, UserCreate in) {
    CO_TRY(db, co_await ctx.db());
    db::NewUser row{std::move(in.username), std::move(in.email)};
    CO_TRY(user, co_await db->create_user(std::move(row)));
    co_return user_json(ctx, Status::created, user);
}

net::Reply get_user(Context& ctx, db::UserId id) {
    CO_TRY(db, co_await ctx.db());
    CO_TRY(user, co_await db->find_user(id));
    co_return user_json(ctx, Status::ok, user);
}

net::Reply get_user_posts(Context& ctx, db::UserId id, Query<schemas::PageQuery> query) {
    CO_TRY(db, co_await ctx.db());
    if (!query->asked()) {
        CO_TRY(user, co_await db->find_user(id));
        co_return co_await stream_posts(ctx, user.id);
    }
    CO_TRY(page, co_await db->page_posts(query->skip_value(), query->limit_value(), id));
    co_return posts_page(ctx, page, query.value);
}

net::Reply update_user(Context& ctx, db::UserId id, UserUpdate in) {
    CO_TRY(db, co_await ctx.db());
    db::UserChange change{std::move(in.username), std::move(in.email), std::move(in.image_file)};
    CO_TRY(user, co_await db->update_user(id, std::move(change)));
    co_return user_json(ctx, Status::ok, user);
}

net::Reply delete_user(Context& ctx, db::UserId id) {
    CO_TRY(db, co_await ctx.db());
    if (auto const done = co_await db->delete_user(id); !done) co_return done.error();
    co_return deleted();
}

std::vector<Endpoint> table() {
    auto const user = schemas::answer_of<UserResponse>();
    schemas::Refusal const taken{400, "The username or the e-mail address is taken"};
    schemas::Refusal const missing{404, "There is no such user"};
    return {
        post<"/api/users", &create_user>({.name = "create_user",
                                          .tag = "users",
                                          .status = Status::created,
                                          .answers = {user},
                                          .refusals = {taken}}),
        public_get<"/api/users/{user_id}", &get_user>(
            {.name = "get_user", .tag = "users", .answers = {user}, .refusals = {missing}}),
        patch<"/api/users/{user_id}", &update_user>(
            {.name = "update_user",
             .tag = "users",
             .description = "Only the fields that are sent change; null counts as not sent.",
             .answers = {user},
             .refusals = {taken, missing}}),
        del<"/api/users/{user_id}", &delete_user>({.name = "delete_user",
                                                   .tag = "users",
                                                   .description = "The user's posts go too.",
                                                   .status = Status::no_content,
                                                   .refusals = {missing}}),
        public_get<"/api/users/{user_id}/posts", &get_user_posts>({.name = "get_user_posts",
                                                                   .tag = "users",
                                                                   .description = list_description,
                                                                   .answers = list_answers(),
                                                                   .refusals = {missing}}),
    };
}

}  // namespace

std::span<Endpoint const> user_endpoints() {
    static auto const endpoints = table();
    return endpoints;
}

}  // namespace blog::handlers
