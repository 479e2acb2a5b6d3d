#include "handlers/endpoint.hpp"
#include "handlers/post_lists.hpp"
#include "handlers/reply.hpp"
#include "handlers/routes.hpp"
#include "schemas/page.hpp"
#include "schemas/posts.hpp"

// /api/posts: what they wrote.
namespace blog::handlers {
namespace {

using net::Status;
using schemas::PostCreate;
using schemas::PostResponse;
using schemas::PostUpdate;

net::Reply get_posts(Context& ctx, Query<schemas::PageQuery> query) {
    if (!query->asked() && !ctx.protects_accounts())
        co_return co_await stream_posts(ctx, std::nullopt);
    CO_TRY(db, co_await ctx.db());
    CO_TRY(page, co_await db->page_posts(query->skip_value(), query->limit_value(), std::nullopt));
    co_return posts_page(ctx, page, query.value);
}

// Who the post is said to be of: without a word, of whoever is logged in.
db::UserId author_of(PostCreate const& in, Sender const& who) noexcept {
    return in.user_id ? db::UserId{in.user_id->value} : who.writer.user.value_or(db::UserId{});
}

net::Reply create_post(Context& ctx, Sender who, PostCreate in) {
    auto const author = author_of(in, who);
    CO_TRY(db, co_await ctx.db());
    db::NewPost row{std::move(in.title), std::move(in.content), author, ctx.app.clock.wall()};
    auto const post = co_await db->create_post(std::move(row), who.writer);
    if (!post) co_return write_failed(ctx, post.error(), "write as this user");
    co_return answer<PostResponse>(ctx, Status::created, *post);
}

net::Reply get_post(Context& ctx, db::PostId id) {
    CO_TRY(db, co_await ctx.db());
    CO_TRY(post, co_await db->find_post(id));
    co_return answer<PostResponse>(ctx, Status::ok, post);
}

net::Reply update_post_full(Context& ctx, Sender who, db::PostId id, PostCreate in) {
    CO_TRY(db, co_await ctx.db());
    db::PostChange change{std::move(in.title), std::move(in.content), std::nullopt};
    if (in.user_id) change.author = db::UserId{in.user_id->value};
    auto const post = co_await db->update_post(id, std::move(change), who.writer);
    if (!post) co_return write_failed(ctx, post.error(), "update this post");
    co_return answer<PostResponse>(ctx, Status::ok, *post);
}

net::Reply update_post_partial(Context& ctx, Sender who, db::PostId id, PostUpdate in) {
    CO_TRY(db, co_await ctx.db());
    db::PostChange change{std::move(in.title), std::move(in.content), std::nullopt};
    auto const post = co_await db->update_post(id, std::move(change), who.writer);
    if (!post) co_return write_failed(ctx, post.error(), "update this post");
    co_return answer<PostResponse>(ctx, Status::ok, *post);
}

net::Reply delete_post(Context& ctx, Sender who, db::PostId id) {
    CO_TRY(db, co_await ctx.db());
    auto const done = co_await db->delete_post(id, who.writer);
    if (!done) co_return write_failed(ctx, done.error(), "delete this post");
    co_return deleted();
}

std::vector<Endpoint> table() {
    auto const post_answer = schemas::answer_of<PostResponse>();
    schemas::Refusal const no_user{404, "There is no such user"};
    schemas::Refusal const no_post{404, "There is no such post"};
    schemas::Refusal const neither{404, "There is no such post, or no such user"};
    schemas::Refusal const others{403, "It is somebody else's"};
    return {
        public_get<"/api/posts", &get_posts>({.name = "get_posts",
                                              .tag = "posts",
                                              .description = list_description,
                                              .answers = list_answers()}),
        post<"/api/posts", &create_post>({.name = "create_post",
                                          .tag = "posts",
                                          .status = Status::created,
                                          .answers = {post_answer},
                                          .refusals = {others, no_user}}),
        public_get<"/api/posts/{post_id}", &get_post>(
            {.name = "get_post", .tag = "posts", .answers = {post_answer}, .refusals = {no_post}}),
        put<"/api/posts/{post_id}", &update_post_full>({.name = "update_post_full",
                                                        .tag = "posts",
                                                        .answers = {post_answer},
                                                        .refusals = {others, neither}}),
        patch<"/api/posts/{post_id}", &update_post_partial>(
            {.name = "update_post_partial",
             .tag = "posts",
             .description = "Only the fields that are sent change.",
             .answers = {post_answer},
             .refusals = {others, no_post}}),
        del<"/api/posts/{post_id}", &delete_post>({.name = "delete_post",
                                                   .tag = "posts",
                                                   .status = Status::no_content,
                                                   .refusals = {others, no_post}}),
    };
}

}  // namespace

std::span<Endpoint const> post_endpoints() {
    static auto const endpoints = table();
    return endpoints;
}

}  // namespace blog::handlers
