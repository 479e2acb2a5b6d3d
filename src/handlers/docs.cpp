#include "assets.hpp"
#include "handlers/endpoint.hpp"
#include "handlers/reply.hpp"
#include "handlers/routes.hpp"
#include "handlers/security.hpp"
#include "views/pages.hpp"

// The description of the API, and two programs that show it.
namespace blog::handlers {
namespace {

net::Reply openapi(Context& ctx) {
    net::SharedBytes body{nullptr, ctx.app.openapi};  // lives as long as the program
    co_return net::Response(net::Status::ok, body, json_type);
}

net::Response docs_page(Context& ctx, std::string_view kind) {
    auto response = page(
        ctx, views::DocsPage{.site = site_of(ctx), .kind = kind, .available = has_vendor_assets()});
    response.set_fixed_lines(security_lines(Policy::docs, ctx.req.secure()));
    return response;
}

net::Reply swagger_ui(Context& ctx) {
    co_return docs_page(ctx, "swagger");
}
net::Reply redoc(Context& ctx) {
    co_return docs_page(ctx, "redoc");
}

}  // namespace

std::span<Endpoint const> docs_endpoints() {
    static Endpoint const table[] = {
        get<"/openapi.json", &openapi>,
        get<"/docs", &swagger_ui>,
        get<"/redoc", &redoc>,
    };
    return table;
}

}  // namespace blog::handlers
