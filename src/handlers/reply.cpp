#include "handlers/reply.hpp"

#include "schemas/json_write.hpp"

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

}  // namespace

bool is_api(std::string_view path) noexcept {
    return path.starts_with("/api");
}

net::Response problem(App const& app, views::Library const& views, std::string_view path,
                      net::Status status, std::string_view detail, std::string buffer) {
    if (is_api(path)) {
        buffer += R"({"detail":)";
        schemas::append_json(buffer, detail);
        buffer += '}';
        return json(status, std::move(buffer));
    }
    views::ErrorPage const page{.site = {app.config.site_name},
                                .status = static_cast<int>(status),
                                .reason = net::reason(status),
                                .message = detail};
    views.render(page, buffer);
    return {status, std::move(buffer), html_type};
}

net::Response problem(App const& app, views::Library const& views, std::string_view path,
                      Error const& error) {
    auto const [status, detail] = told(error.code);
    auto response = problem(app, views, path, status, detail);
    if (status == net::Status::unavailable) response.header("Retry-After", "1");
    return response;
}

}  // namespace blog::handlers
