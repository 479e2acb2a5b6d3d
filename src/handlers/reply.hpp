#pragma once
#include "handlers/context.hpp"
#include "net/response.hpp"

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

template <class Page>
net::Response page(Context& ctx, Page const& view) {
    auto body = ctx.buffer();
    ctx.views.render(view, body);
    return {net::Status::ok, std::move(body), html_type};
}

bool is_api(std::string_view path) noexcept;

// {"detail": ...} below /api, the error page elsewhere. `detail` is shown to the client.
net::Response problem(App const& app, views::Library const& views, std::string_view path,
                      net::Status status, std::string_view detail, std::string buffer = {});

// The status and text of each expected failure: what the contract says.
net::Response problem(App const& app, views::Library const& views, std::string_view path,
                      Error const& error);

}  // namespace blog::handlers
