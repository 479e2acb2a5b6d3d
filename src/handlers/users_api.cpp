#include "handlers/accounts.hpp"
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
using schemas::UserPrivate;
using schemas::UserPublic;
using schemas::UserResponse;
using schemas::UserUpdate;

net::Reply create_user(Context& ctx, UserCreate in) {
    bool const with_password = in.password.has_value();
    std::string password = in.password.value_or("");
    auto user = co_await register_account(ctx, std::move(in));
    if (!user && user.error().code == Errc::password_too_common)
        co_return common_password("password", password);
    if (!user) co_return user.error();
    co_return with_password ? answer<UserPrivate>(ctx, Status::created, *user)
                            : answer<UserResponse>(ctx, Status::created, *user);
}

net::Reply get_user(Context& ctx, db::UserId id) {
    CO_TRY(db, co_await ctx.db());
    CO_TRY(user, co_await db->find_user(id));
    auto body = ctx.buffer();
    schemas::append_json(body, schemas::UserShown{&user});
    co_return json(Status::ok, std::move(body));
}

net::Reply get_user_posts(Context& ctx, db::UserId id, Query<schemas::PageQuery> query) {
    CO_TRY(db, co_await ctx.db());
    if (!query->asked() && !ctx.protects_accounts()) {
        CO_TRY(user, co_await db->find_user(id));
        co_return co_await stream_posts(ctx, user.id);
    }
    CO_TRY(page, co_await db->page_posts(query->skip_value(), query->limit_value(), id));
    co_return posts_page(ctx, page, query.value);
}

// Whoever asks about somebody else is told that first, and not whether there is somebody.
std::optional<net::Response> not_oneself(Context& ctx, db::UserId id, std::string_view what) {
    bool const somebody_else = ctx.login() && ctx.login()->user.id != id;
    if (!somebody_else || !ctx.protects_accounts()) return std::nullopt;
    return forbidden(ctx, what);
}

net::Reply update_user(Context& ctx, Sender who, db::UserId id, UserUpdate in) {
    constexpr std::string_view what = "update this user";
    if (auto refused = not_oneself(ctx, id, what)) co_return std::move(*refused);
    CO_TRY(db, co_await ctx.db());
    db::UserChange change{std::move(in.username), std::move(in.email), std::nullopt};
    // The name of a picture is a field of part 6 to 11, where there were no passwords.
    if (!ctx.login() && !ctx.protects_accounts()) change.image_file = std::move(in.image_file);
    auto const user = co_await db->update_user(id, std::move(change), who.writer);
    if (!user) co_return user_write_failed(ctx, user.error(), what);
    co_return user->has_password ? answer<UserPrivate>(ctx, Status::ok, *user)
                                 : answer<UserResponse>(ctx, Status::ok, *user);
}

net::Reply delete_user(Context& ctx, Sender who, db::UserId id) {
    constexpr std::string_view what = "delete this user";
    if (auto refused = not_oneself(ctx, id, what)) co_return std::move(*refused);
    CO_TRY(db, co_await ctx.db());
    auto const done = co_await db->delete_user(id, who.writer);
    if (!done) co_return user_write_failed(ctx, done.error(), what);
    co_return deleted();
}

std::vector<Endpoint> table() {
    auto const open = schemas::answer_of<UserResponse>();
    auto const owner = schemas::answer_of<UserPrivate>();
    schemas::Refusal const taken{400, "The username or the e-mail address is taken"};
    schemas::Refusal const missing{404, "There is no such user"};
    schemas::Refusal const others{403, "It is somebody else's account"};
    return {
        post<"/api/users", &create_user>(
            {.name = "create_user",
             .tag = "users",
             .description = "Without `password`: an open account, where those are allowed.",
             .status = Status::created,
             .answers = {owner, open},
             .refusals = {taken, {403, "Registration is closed"}}}),
        public_get<"/api/users/{user_id}", &get_user>(
            {.name = "get_user",
             .tag = "users",
             .answers = {schemas::answer_of<UserPublic>(), open},
             .refusals = {missing}}),
        patch<"/api/users/{user_id}", &update_user>(
            {.name = "update_user",
             .tag = "users",
             .description = "Only the fields that are sent change; null counts as not sent.",
             .answers = {owner, open},
             .refusals = {taken, others, missing}}),
        del<"/api/users/{user_id}", &delete_user>(
            {.name = "delete_user",
             .tag = "users",
             .description = "Everything of the user goes too.",
             .status = Status::no_content,
             .refusals = {others, missing}}),
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
