#include "handlers/endpoint.hpp"
#include "handlers/forms.hpp"
#include "handlers/reply.hpp"
#include "handlers/routes.hpp"
#include "handlers/uploads.hpp"
#include "schemas/accounts.hpp"

// /api/users/{user_id}/picture: the portrait beside one's posts.
namespace blog::handlers {
namespace {

using net::Status;
using schemas::UserPrivate;

// What FastAPI says when the part `file` is not there, or is text.
net::Response file_missing(std::optional<net::FormPart> const& part) {
    schemas::Issues issues;
    schemas::FieldReport report(issues, schemas::Place::body, "file");
    if (!part) {
        report.add_json("missing", "Field required", "null");
    } else {
        std::string input;
        schemas::append_json(input, part->content);
        report.add_json("value_error", "Value error, Expected UploadFile, received: <class 'str'>",
                        std::move(input), R"({"error":{}})");
    }
    return json(Status::unprocessable, schemas::to_json(issues));
}

net::Reply update_picture(Context& ctx, Member me, db::UserId id) {
    constexpr std::string_view what = "update this user's picture";
    if (me.id() != id) co_return forbidden(ctx, what);
    auto const read = form_part(ctx.req, "file");
    if (auto const* unreadable = std::get_if<schemas::Unreadable>(&read))
        co_return problem(ctx, Status::bad_request,
                          unreadable->detail);
    auto const& part = std::get<std::optional<net::FormPart>>(read);
    if (!part || !part->filename) co_return file_missing(part);
    if (part->content.size() > ctx.app.config.upload_bytes_max.value)
        co_return problem(ctx, Status::bad_request,
                          too_large_text(ctx.app.config));
    auto const user = co_await store_picture(ctx, id, std::string(part->content));
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
             .description = "A form (multipart/form-data) whose part `file` is a JPEG, PNG, GIF or "
                            "WebP of at most 5 MiB.",
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
