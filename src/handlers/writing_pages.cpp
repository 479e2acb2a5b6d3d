#include "handlers/limits.hpp"
#include "handlers/notices.hpp"
#include "handlers/page_forms.hpp"
#include "handlers/reply.hpp"
#include "handlers/routes.hpp"
#include "schemas/forms.hpp"

#include <optional>
#include <string>
#include <utility>

// The pages on which posts are written, changed and deleted.
namespace blog::handlers {
namespace {

using net::Status;

FieldSpecs post_fields() {
    static FieldSpec const fields[] = {{.name = "title",
                                        .label = "Title",
                                        .missing = "Please give your post a title.",
                                        .min = schemas::title_rule.min,
                                        .max = schemas::title_rule.max},
                                       {.name = "content",
                                        .label = "Text",
                                        .type = "textarea",
                                        .hint = "Line breaks and blank lines stay as you type "
                                                "them.",
                                        .missing = "Please write something first."}};
    return fields;
}

std::string address_of(db::PostId id) {
    return "/posts/" + std::to_string(static_cast<std::int64_t>(id));
}

// Browsers send CR LF wherever the text has a line end (HTML, "constructing the entry list").
std::string with_line_feeds(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i)
        if (text[i] != '\r' || i + 1 == text.size() || text[i + 1] != '\n') out += text[i];
    return out;
}

// Whoever has been logged out since the page was opened keeps what they wrote.
net::Response writing_page(Context& ctx, views::Form form, std::optional<db::PostId> id,
                           Status if_faulty = Status::unprocessable) {
    bool const logged_out = !ctx.login();
    auto const status = logged_out ? Status::forbidden : form.faulty ? if_faulty : Status::ok;
    return page(ctx,
                views::WritingPage{.site = site_of(ctx),
                                   .form = std::move(form),
                                   .post_id = static_cast<std::int64_t>(id.value_or(db::PostId{})),
                                   .logged_out = logged_out},
                status);
}

// What is not taken now is shown again with the reason: a text is never lost.
net::Response not_stored(Context& ctx, views::Form form, std::optional<db::PostId> id,
                         Error const& error) {
    blame(form, "", detail_of(error.code));
    auto response = writing_page(ctx, std::move(form), id, status_of(error.code));
    add_retry_after(response, error);
    return response;
}

bool is_about_post(Error const& error) noexcept {
    return error.code == Errc::post_not_found || error.code == Errc::forbidden;
}

net::Reply show_new_post(Context& ctx, Member) {
    co_return writing_page(ctx, blank_form(post_fields()), std::nullopt);
}

net::Reply publish(Context& ctx, Visitor, Form<schemas::PostForm> in) {
    auto form = form_as_sent(post_fields(), in);
    if (form.faulty || !ctx.login()) co_return writing_page(ctx, std::move(form), std::nullopt);
    if (auto const limit = one_write_more(ctx))
        co_return not_stored(ctx, std::move(form), std::nullopt, *limit);
    db::NewPost row{std::move(in.value.title), with_line_feeds(in.value.content),
                    ctx.login()->user.id, ctx.app.clock.wall()};
    CO_TRY(db, co_await ctx.db());
    auto const post = co_await db->create_post(std::move(row), ctx.writer());
    if (!post) co_return not_stored(ctx, std::move(form), std::nullopt, post.error());
    co_return redirect_with(ctx, address_of(post->id), Notice::published);
}

// The post, if it is the one's who asks.
Awaitable<Result<db::Post>> find_own(Context& ctx, db::UserId me, db::PostId id) {
    CO_TRY(db, co_await ctx.db());
    CO_TRY(post, co_await db->find_post(id));
    if (post.author.id != me) co_return Error{Errc::forbidden};
    co_return std::move(post);
}

net::Reply show_post_form(Context& ctx, Member me, db::PostId id) {
    auto const post = co_await find_own(ctx, me.id(), id);
    if (!post) co_return write_failed(ctx, post.error(), "update this post");
    auto form = blank_form(post_fields());
    fill(form, "title", post->title);
    fill(form, "content", post->content);
    co_return writing_page(ctx, std::move(form), id);
}

net::Reply save_post(Context& ctx, Visitor, db::PostId id, Form<schemas::PostForm> in) {
    auto form = form_as_sent(post_fields(), in);
    if (form.faulty || !ctx.login()) co_return writing_page(ctx, std::move(form), id);
    if (auto const limit = one_write_more(ctx))
        co_return not_stored(ctx, std::move(form), id, *limit);
    db::PostChange change{std::move(in.value.title), with_line_feeds(in.value.content),
                          std::nullopt};
    CO_TRY(db, co_await ctx.db());
    auto const post = co_await db->update_post(id, std::move(change), ctx.writer());
    if (!post && is_about_post(post.error()))
        co_return write_failed(ctx, post.error(), "update this post");
    if (!post) co_return not_stored(ctx, std::move(form), id, post.error());
    co_return redirect_with(ctx, address_of(id), Notice::post_saved);
}

net::Reply ask_before_delete(Context& ctx, Member me, db::PostId id) {
    auto const post = co_await find_own(ctx, me.id(), id);
    if (!post) co_return write_failed(ctx, post.error(), "delete this post");
    co_return page(ctx, views::DeletePostPage{.site = site_of(ctx),
                                              .post_id = static_cast<std::int64_t>(id),
                                              .title = post->title});
}

net::Reply delete_post(Context& ctx, Member me, db::PostId id) {
    auto const list = "/users/" + std::to_string(static_cast<std::int64_t>(me.id())) + "/posts";
    CO_TRY(db, co_await ctx.db());
    auto const done = co_await db->delete_post(id, ctx.writer());
    if (!done) co_return write_failed(ctx, done.error(), "delete this post");
    co_return redirect_with(ctx, list, Notice::post_deleted);
}

}  // namespace

std::span<Endpoint const> writing_pages() {
    static Endpoint const table[] = {
        get<"/posts/new", &show_new_post>,
        post<"/posts/new", &publish>,
        get<"/posts/{post_id}/edit", &show_post_form>,
        post<"/posts/{post_id}/edit", &save_post>,
        get<"/posts/{post_id}/delete", &ask_before_delete>,
        post<"/posts/{post_id}/delete", &delete_post>,
    };
    return table;
}

}  // namespace blog::handlers
