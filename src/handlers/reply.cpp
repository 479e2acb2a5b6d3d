#include "handlers/reply.hpp"

#include "handlers/notices.hpp"
#include "schemas/issues.hpp"
#include "schemas/json_write.hpp"
#include "schemas/rules.hpp"

namespace blog::handlers {
namespace {

struct Told {
    net::Status status;
    std::string_view detail;
};

Told told(Errc code) noexcept {
    using enum net::Status;
    switch (code) {
        case Errc::post_not_found:
            return {not_found, "Post not found"};
        case Errc::user_not_found:
            return {not_found, "User not found"};
        case Errc::username_taken:
            return {bad_request, "Username already exists"};
        case Errc::email_taken:
            return {bad_request, "Email already registered"};
        case Errc::forbidden:
            return {net::Status::forbidden, "Not authorized"};
        case Errc::login_not_found:
            return {not_found, "Session not found"};
        case Errc::password_changed:
            return {conflict, "The password was changed meanwhile. Please try again."};
        case Errc::reset_token_invalid:
            return {bad_request, "Invalid or expired reset token"};
        case Errc::picture_not_found:
            return {bad_request, "No profile picture to delete"};
        case Errc::bad_credentials:
            return {net::Status::unauthorized, "Incorrect email or password"};
        case Errc::wrong_password:
            return {bad_request, "Current password is incorrect"};
        case Errc::too_many_attempts:
            return {too_many_requests, "Too many attempts. Please wait and try again later."};
        case Errc::registration_closed:
            return {net::Status::forbidden,
                    "Registration is closed. The operator of this blog makes the accounts."};
        case Errc::password_too_common:
            return {unprocessable, "This password is one of the most common ones. Choose another."};
        case Errc::picture_invalid:
            return {bad_request,
                    "Invalid image file. Please upload a valid image (JPEG, PNG, GIF, WebP)."};
        case Errc::busy:
            return {unavailable, "Too busy right now. Please try again."};
        case Errc::outcome_unknown:
            return {unavailable,
                    "The database went away while it stored this. Look whether it is there before "
                    "you send it again."};
        case Errc::text_not_storable:
            return {net::Status::unprocessable,
                    "The database cannot hold this text: it is too long, or has a character that "
                    "the database lacks."};
        case Errc::unavailable:
            return {unavailable, "The database does not take this right now. Nothing was stored."};
    }
    return {internal, "Internal Server Error"};
}

views::Site anybodys_site(Config const& config) {
    return {.name = config.site_name, .may_register = config.registration != "closed"};
}

views::ErrorPage error_page(views::Site site, net::Status status, std::string_view detail) {
    return {.site = site,
            .status = static_cast<int>(status),
            .reason = net::reason(status),
            .message = detail};
}

net::Response json_problem(std::string buffer, net::Status status, std::string_view detail) {
    buffer += R"({"detail":)";
    schemas::append_json(buffer, detail);
    buffer += '}';
    return json(status, std::move(buffer));
}

}  // namespace

bool is_api(std::string_view path) noexcept {
    return path.starts_with("/api");
}

views::Site site_of(Context const& ctx) {
    auto site = anybodys_site(ctx.app.config);
    if (ctx.login()) site.user = ctx.login()->user.username;
    if (ctx.for_visitor_alone()) site.notice = notice_of(ctx);
    return site;
}

void finish_page(Context const& ctx, net::Response& response) {
    if (!ctx.for_visitor_alone()) return;
    response.header("Cache-Control", "no-store");
    forget_notice(ctx, response);
}

net::Response problem(App const& app, views::Library const& views, std::string_view path,
                      net::Status status, std::string_view detail) {
    std::string body;
    if (is_api(path)) return json_problem(std::move(body), status, detail);
    views.render(error_page(anybodys_site(app.config), status, detail), body);
    return {status, std::move(body), html_type};
}

net::Response problem(Context& ctx, net::Status status, std::string_view detail) {
    if (is_api(ctx.req.path())) return json_problem(ctx.buffer(), status, detail);
    return page(ctx, error_page(site_of(ctx), status, detail), status);
}

net::Response problem(Context& ctx, Error const& error) {
    auto const [status, detail] = told(error.code);
    auto response = problem(ctx, status, detail);
    add_retry_after(response, error);
    if (error.code == Errc::bad_credentials) response.header("WWW-Authenticate", "Bearer");
    return response;
}

net::Status status_of(Errc code) noexcept {
    return told(code).status;
}

std::string_view detail_of(Errc code) noexcept {
    return told(code).detail;
}

void add_retry_after(net::Response& response, Error const& error) {
    auto const status = status_of(error.code);
    if (status == net::Status::unavailable || status == net::Status::too_many_requests)
        response.header("Retry-After", std::to_string(error.retry_after.count()));
}

net::Response unauthorized(Context& ctx, std::string_view detail) {
    return problem(ctx, net::Status::unauthorized, detail).header("WWW-Authenticate", "Bearer");
}

Result<net::Response> write_failed(Context& ctx, Error const& error, std::string_view what) {
    if (error.code != Errc::forbidden) return error;
    if (!ctx.login()) return unauthorized(ctx, "Not authenticated");
    return forbidden(ctx, what);
}

net::Response forbidden(Context& ctx, std::string_view what) {
    return problem(ctx, net::Status::forbidden, "Not authorized to " + std::string(what));
}

Result<net::Response> user_write_failed(Context& ctx, Error const& error, std::string_view what) {
    if (error.code == Errc::user_not_found && ctx.login()) return forbidden(ctx, what);
    return write_failed(ctx, error, what);
}

net::Response common_password(std::string_view field, std::string_view password) {
    schemas::Issues issues;
    std::string input;
    schemas::append_json(input, password);
    schemas::FieldReport report(issues, schemas::Place::body, field);
    report.add_json("value_error",
                    "Value error, " + std::string(detail_of(Errc::password_too_common)),
                    std::move(input), R"({"error":{}})");
    return json(net::Status::unprocessable, schemas::to_json(issues));
}

net::Response redirect(std::string_view path) {
    return net::Response(net::Status::see_other).header("Location", path);
}

}  // namespace blog::handlers
