#pragma once
#include "handlers/context.hpp"
#include "net/response.hpp"
#include "schemas/schema.hpp"

#include <string>
#include <string_view>

namespace blog::handlers {

// The answers that handlers make. Everything below /api is JSON, everything else a page.

constexpr std::string_view json_type = "application/json";
constexpr std::string_view html_type = "text/html; charset=utf-8";

inline net::Response json(net::Status status, std::string body) {
    return {status, std::move(body), json_type};
}

// 204 of the API: it names JSON's type although nothing follows, as the original does.
inline net::Response deleted() {
    return {net::Status::no_content, std::string(), json_type};
}

// A model in the shape of T.
template <class T, class Model>
net::Response answer(Context& ctx, net::Status status, Model const& model) {
    auto body = ctx.buffer();
    schemas::append_json(body, T(model));
    return json(status, std::move(body));
}

// What the frame around every page shows. With a visitor who is known: their name, and what they
// have just done.
views::Site site_of(Context const& ctx);
// For the answers that know their visitor: no-store, and what was just done is not told again.
void finish_page(Context const& ctx, net::Response& response);

template <class Page>
net::Response page(Context& ctx, Page const& view, net::Status status = net::Status::ok) {
    auto body = ctx.buffer();
    ctx.views.render(view, body);
    net::Response response(status, std::move(body), html_type);
    finish_page(ctx, response);
    return response;
}

bool is_api(std::string_view path) noexcept;

// {"detail": ...} below /api, the error page elsewhere. `detail` is shown to the client.
net::Response problem(Context& ctx, net::Status status, std::string_view detail);
// The same where no handler was called.
net::Response problem(App const& app, views::Library const& views, std::string_view path,
                      net::Status status, std::string_view detail);

// The status and text of each expected failure: what the contract says.
net::Response problem(Context& ctx, Error const& error);
// Its parts, for answers that show more: Retry-After only of what passes.
net::Status status_of(Errc code) noexcept;
std::string_view detail_of(Errc code) noexcept;
void add_retry_after(net::Response& response, Error const& error);

// 401 with the challenge that RFC 6750 3 wants.
net::Response unauthorized(Context& ctx, std::string_view detail);
// The answer to a write that failed. `forbidden` becomes 401 for nobody in particular and 403 for
// somebody else, who reads "Not authorized to update this post" when `what` is the end of that.
Result<net::Response> write_failed(Context& ctx, Error const& error, std::string_view what);

// 403 "Not authorized to ..."
net::Response forbidden(Context& ctx, std::string_view what);
// The same of a user's account, where nobody else learns whether there is such a user.
Result<net::Response> user_write_failed(Context& ctx, Error const& error, std::string_view what);
// 422 in the form of all the others, for a password that everybody tries first.
net::Response common_password(std::string_view field, std::string_view password);

// 303: the browser asks for `path` with GET. `path` is one of ours.
net::Response redirect(std::string_view path);

}  // namespace blog::handlers
