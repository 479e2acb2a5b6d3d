#include "handlers/accounts.hpp"
#include "handlers/limits.hpp"
#include "handlers/notices.hpp"
#include "handlers/page_forms.hpp"
#include "handlers/reply.hpp"
#include "handlers/routes.hpp"
#include "handlers/security.hpp"
#include "net/target.hpp"
#include "schemas/forms.hpp"

#include <utility>

// The pages of whoever has not logged in: register, log in, a forgotten password; and log out.
namespace blog::handlers {
namespace {

using net::Status;

FieldSpecs register_fields() {
    static FieldSpec const fields[] = {username_field, email_field,
                                       new_password_field("password", "Password")};
    return fields;
}
FieldSpecs login_fields() {
    static FieldSpec const fields[] = {{.name = "email",
                                        .label = "E-mail address",
                                        .type = "email",
                                        .autocomplete = "username",
                                        .missing = "Please enter your e-mail address."},
                                       current_password_field("password", "Password")};
    return fields;
}
FieldSpecs forgot_fields() {
    static FieldSpec const fields[] = {email_field};
    return fields;
}
FieldSpecs reset_fields() {
    static FieldSpec const fields[] = {new_password_field("new_password", "New password")};
    return fields;
}

std::string asked_next(Context const& ctx) {
    return net::query_value(ctx.req.query(), "next").value_or("/");
}

Status status_of(views::Form const& form) noexcept {
    return form.faulty ? Status::unprocessable : Status::ok;
}

net::Response register_page(Context& ctx, views::Form form, std::string_view next) {
    auto const status = status_of(form);
    return page(ctx,
                views::RegisterPage{
                    .site = site_of(ctx), .form = std::move(form), .next = local_path(next)},
                status);
}

net::Response login_page(Context& ctx, views::Form form, std::string_view next) {
    auto const status = status_of(form);
    return page(
        ctx,
        views::LoginPage{.site = site_of(ctx), .form = std::move(form), .next = local_path(next)},
        status);
}

net::Response forgot_page(Context& ctx, views::Form form) {
    auto const status = status_of(form);
    return page(ctx, views::ForgotPage{.site = site_of(ctx), .form = std::move(form)}, status);
}

// Its address is a secret, so no link and no picture on it may tell that on.
net::Response reset_page(Context& ctx, views::Form form, std::string_view token) {
    auto const status = status_of(form);
    auto response =
        page(ctx, views::ResetPage{.site = site_of(ctx), .form = std::move(form), .token = token},
             status);
    response.set_fixed_lines(security_lines(Policy::secret_address, ctx.req.secure()));
    return response;
}

net::Response welcome(Context& ctx, std::string_view to, auth::Token const& token) {
    return redirect(to).header("Set-Cookie", login_cookie(ctx, token.text));
}

net::Reply show_register(Context& ctx, Visitor) {
    auto const next = asked_next(ctx);
    if (ctx.login()) co_return redirect(local_path(next));
    if (ctx.app.config.registration == "closed") co_return Error{Errc::registration_closed};
    co_return register_page(ctx, blank_form(register_fields()), next);
}

net::Reply register_visitor(Context& ctx, Visitor, Form<schemas::RegisterForm> in) {
    auto form = form_as_sent(register_fields(), in);
    auto const next = sent_value(in.fields, "next");
    if (form.faulty) co_return register_page(ctx, std::move(form), next);
    auto const email = in.value.email, password = in.value.password;
    schemas::UserCreate user{std::move(in.value.username), std::move(in.value.email), password};
    auto const made = co_await register_account(ctx, std::move(user));
    if (!made && !blame(form, made.error())) co_return made.error();
    if (!made) co_return register_page(ctx, std::move(form), next);
    auto const login = co_await log_in(ctx, email, password, db::LoginKind::browser);
    if (!login) co_return redirect("/login");  // the account is there: once more, by hand
    co_return redirect_with(ctx, local_path(next), Notice::registered)
        .header("Set-Cookie", login_cookie(ctx, login->token.text));
}

net::Reply show_login(Context& ctx, Visitor) {
    auto const next = asked_next(ctx);
    if (ctx.login()) co_return redirect(local_path(next));
    co_return login_page(ctx, blank_form(login_fields()), next);
}

net::Reply log_visitor_in(Context& ctx, Visitor, Form<schemas::LoginForm> in) {
    auto form = form_as_sent(login_fields(), in);
    auto const next = sent_value(in.fields, "next");
    if (form.faulty) co_return login_page(ctx, std::move(form), next);
    auto const made = co_await log_in(ctx, std::move(in.value.email), std::move(in.value.password),
                                      db::LoginKind::browser);
    if (!made && !blame(form, made.error())) co_return made.error();
    if (!made) co_return login_page(ctx, std::move(form), next);
    co_return welcome(ctx, local_path(next), made->token);
}

net::Reply log_visitor_out(Context& ctx, Visitor) {
    if (ctx.login()) {
        CO_TRY(db, co_await ctx.db());
        auto const ended = co_await db->end_login(ctx.login()->user.id, ctx.login()->login.id);
        if (!ended && ended.error().code != Errc::login_not_found) co_return ended.error();
    }
    co_return redirect_with(ctx, "/login", Notice::logged_out)
        .header("Set-Cookie", no_login_cookie(ctx));
}

net::Reply show_forgot(Context& ctx, Visitor) {
    co_return forgot_page(ctx, blank_form(forgot_fields()));
}

net::Reply send_reset(Context& ctx, Visitor, Form<schemas::ForgotPasswordRequest> in) {
    auto form = form_as_sent(forgot_fields(), in);
    if (form.faulty) co_return forgot_page(ctx, std::move(form));
    auto const asked = co_await request_reset(ctx, std::move(in.value.email));
    if (!asked) co_return asked.error();
    co_return redirect_with(ctx, "/forgot-password", Notice::reset_requested);
}

net::Reply show_reset(Context& ctx, Visitor) {
    auto const token = net::query_value(ctx.req.query(), "token").value_or("");
    auto form = blank_form(reset_fields());
    if (token.empty()) blame(form, Error{Errc::reset_token_invalid});
    co_return reset_page(ctx, std::move(form), token);
}

net::Reply reset_visitors_password(Context& ctx, Visitor, Form<schemas::ResetPasswordRequest> in) {
    auto form = form_as_sent(reset_fields(), in);
    auto const token = sent_value(in.fields, "token");
    if (token.empty()) blame(form, Error{Errc::reset_token_invalid});
    if (form.faulty) co_return reset_page(ctx, std::move(form), token);
    if (auto const limit = one_write_more(ctx)) co_return *limit;
    auto const done =
        co_await reset_password(ctx, std::move(in.value.token), std::move(in.value.new_password));
    if (!done && !blame(form, done.error())) co_return done.error();
    if (!done) co_return reset_page(ctx, std::move(form), token);
    co_return redirect_with(ctx, "/login", Notice::password_reset)
        .header("Set-Cookie", no_login_cookie(ctx));
}

}  // namespace

std::span<Endpoint const> login_pages() {
    static Endpoint const table[] = {
        get<"/register", &show_register>,
        post<"/register", &register_visitor>,
        get<"/login", &show_login>,
        post<"/login", &log_visitor_in>,
        post<"/logout", &log_visitor_out>,
        get<"/forgot-password", &show_forgot>,
        post<"/forgot-password", &send_reset>,
        get<"/reset-password", &show_reset>,
        post<"/reset-password", &reset_visitors_password>,
    };
    return table;
}

}  // namespace blog::handlers
