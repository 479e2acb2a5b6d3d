#include "handlers/endpoint.hpp"
#include "handlers/reply.hpp"
#include "handlers/routes.hpp"

// Files: the blog's own look, uploaded pictures, and what the documentation pages load.
namespace blog::handlers {
namespace {

Result<net::Response> file(Context& ctx, net::StaticFiles const& files, std::string_view rest) {
    auto found = files.serve(ctx.req, rest);
    if (!found) return found.error();
    if (!*found)
        return problem(ctx.app, ctx.views, ctx.req.path(), net::Status::not_found, "Not Found");
    if ((*found)->status() == net::Status::precondition_failed)
        return problem(ctx.app, ctx.views, ctx.req.path(), net::Status::precondition_failed,
                       "The file is not in the state that the request names.");
    return std::move(**found);
}

net::Reply static_file(Context& ctx, std::string_view rest) {
    co_return file(ctx, ctx.app.static_files, rest);
}

net::Reply media_file(Context& ctx, std::string_view rest) {
    co_return file(ctx, ctx.app.media, rest);
}

net::Reply docs_asset(Context& ctx, std::string_view rest) {
    co_return file(ctx, ctx.app.docs_assets, rest);
}

}  // namespace

std::span<Endpoint const> file_endpoints() {
    static Endpoint const table[] = {
        get<"/static/{path...}", &static_file>,
        get<"/media/{path...}", &media_file>,
        get<"/docs/assets/{path...}", &docs_asset>,
    };
    return table;
}

}  // namespace blog::handlers
