#include "handlers/accounts.hpp"
#include "handlers/endpoint.hpp"
#include "handlers/reply.hpp"
#include "handlers/routes.hpp"
#include "schemas/accounts.hpp"

// Log in through the API: tokens, the sessions that they stand for, passwords.
namespace blog::handlers {
namespace {

using net::Status;
using schemas::MessageResponse;
using schemas::SessionResponse;

// Answers that hold a secret, or are about one person, are nobody's to keep (RFC 6749 5.1).
net::Response personal(net::Response response) {
    response.header("Cache-Control", "no-store");
    return response;
}

net::Response message(Context& ctx, Status status, std::string_view text) {
    return answer<MessageResponse>(ctx, status, MessageResponse{text});
}

net::Reply create_token(Context& ctx, Form<schemas::TokenRequest> in) {
    CO_TRY(made, co_await log_in(ctx, std::move(in.value.username), std::move(in.value.password),
                                 db::LoginKind::api));
    co_return personal(answer<schemas::TokenResponse>(
        ctx, Status::ok, schemas::TokenResponse{.access_token = made.token.text}));
}

net::Reply end_token(Context& ctx, Member me) {
    CO_TRY(db, co_await ctx.db());
    auto const ended = co_await db->end_login(me.id(), me.login.login.id);
    if (!ended && ended.error().code != Errc::login_not_found) co_return ended.error();
    co_return deleted();
}

net::Reply get_me(Context& ctx, Member me) {
    co_return personal(answer<schemas::UserPrivate>(ctx, Status::ok, me.login.user));
}

net::Reply get_sessions(Context& ctx, Member me) {
    CO_TRY(db, co_await ctx.db());
    CO_TRY(logins, co_await db->list_logins(me.id(), ctx.app.clock.wall(), unused_since(ctx)));
    auto body = ctx.buffer();
    char separator = '[';
    for (auto const& login : logins) {
        body += std::exchange(separator, ',');
        schemas::append_json(body, SessionResponse(login, me.login.login.id));
    }
    body += separator == '[' ? "[]" : "]";
    co_return personal(json(Status::ok, std::move(body)));
}

net::Reply end_session(Context& ctx, Member me, db::LoginId id) {
    CO_TRY(db, co_await ctx.db());
    auto const ended = co_await db->end_login(me.id(), id);
    if (!ended) co_return ended.error();
    co_return deleted();
}

net::Reply end_other_sessions(Context& ctx, Member me) {
    CO_TRY(db, co_await ctx.db());
    auto const ended = co_await db->end_logins(me.id(), me.login.login.id);
    if (!ended) co_return ended.error();
    co_return deleted();
}

net::Reply change_own_password(Context& ctx, Member me, schemas::ChangePasswordRequest in) {
    auto const next = in.new_password;
    auto const done = co_await change_password(ctx, me, std::move(in.current_password), next);
    if (!done && done.error().code == Errc::password_too_common)
        co_return common_password("new_password", next);
    if (!done) co_return done.error();
    co_return message(ctx, Status::ok, "Password changed successfully");
}

net::Reply forgot_password(Context& ctx, schemas::ForgotPasswordRequest in) {
    auto const done = co_await request_reset(ctx, std::move(in.email));
    if (!done) co_return done.error();
    co_return message(ctx, Status::accepted,
                      "If an account exists with this email, you will receive password reset "
                      "instructions.");
}

net::Reply use_reset_token(Context& ctx, schemas::ResetPasswordRequest in) {
    auto const next = in.new_password;
    auto const done = co_await reset_password(ctx, std::move(in.token), next);
    if (!done && done.error().code == Errc::password_too_common)
        co_return common_password("new_password", next);
    if (!done) co_return done.error();
    co_return message(ctx, Status::ok,
                      "Password reset successfully. You can now log in with your new password.");
}

std::vector<Endpoint> table() {
    auto const said = schemas::answer_of<MessageResponse>();
    schemas::Refusal const often{429, "Too many attempts: Retry-After says when to try again"};
    return {
        post<"/api/users/token", &create_token>(
            {.name = "login_for_access_token",
             .tag = "users",
             .description = "The username is the e-mail address.",
             .answers = {schemas::answer_of<schemas::TokenResponse>()},
             .refusals = {{401, "Incorrect email or password"}, often}}),
        del<"/api/users/token", &end_token>({.name = "end_token",
                                             .tag = "users",
                                             .description = "Logs this token out.",
                                             .status = Status::no_content}),
        get<"/api/users/me", &get_me>({.name = "get_current_user",
                                       .tag = "users",
                                       .answers = {schemas::answer_of<schemas::UserPrivate>()}}),
        get<"/api/users/me/sessions", &get_sessions>(
            {.name = "get_sessions",
             .tag = "users",
             .description = "Where one is logged in, last used first.",
             .answers = {schemas::list_of<SessionResponse>()}}),
        del<"/api/users/me/sessions", &end_other_sessions>(
            {.name = "end_other_sessions",
             .tag = "users",
             .description = "All but the one that asks.",
             .status = Status::no_content}),
        del<"/api/users/me/sessions/{session_id}", &end_session>(
            {.name = "end_session",
             .tag = "users",
             .status = Status::no_content,
             .refusals = {{404, "There is no such session"}}}),
        patch<"/api/users/me/password", &change_own_password>(
            {.name = "change_password",
             .tag = "users",
             .description = "All other sessions end.",
             .answers = {said},
             .refusals = {{400, "The current password is incorrect"}, often}}),
        post<"/api/users/forgot-password", &forgot_password>({.name = "forgot_password",
                                                              .tag = "users",
                                                              .status = Status::accepted,
                                                              .answers = {said},
                                                              .refusals = {often}}),
        post<"/api/users/reset-password", &use_reset_token>(
            {.name = "reset_password",
             .tag = "users",
             .description = "All sessions end.",
             .answers = {said},
             .refusals = {{400, "The token is invalid or has expired"}, often}}),
    };
}

}  // namespace

std::span<Endpoint const> token_endpoints() {
    static auto const endpoints = table();
    return endpoints;
}

}  // namespace blog::handlers
