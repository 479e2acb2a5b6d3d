#include "handlers/endpoint.hpp"
#include "handlers/reply.hpp"
#include "handlers/routes.hpp"

#include <string>
#include <utility>

// Files: the blog's own look, uploaded pictures, and what the documentation pages load.
namespace blog::handlers {
namespace {

Result<net::Response> file(Context& ctx, net::StaticFiles const& files, std::string_view rest) {
    auto found = files.serve(ctx.req, rest);
    if (!found) return found.error();
    if (!*found) return problem(ctx, net::Status::not_found, "Not Found");
    if ((*found)->status() == net::Status::precondition_failed)
        return problem(ctx, net::Status::precondition_failed,
                       "The file is not in the state that the request names.");
    return std::move(**found);
}

net::Reply static_file(Context& ctx, std::string_view rest) {
    co_return file(ctx, ctx.app.static_files, rest);
}

// As pictures in files are given out.
net::Response picture(std::string bytes) {
    auto response = net::Response(net::Status::ok, std::move(bytes), "image/jpeg");
    response.header("Cache-Control", "public, max-age=3600");
    return response;
}

// A file, or else a picture that the database keeps.
net::Reply media_file(Context& ctx, std::string_view rest) {
    constexpr std::string_view folder = "profile_pics/";
    auto found = file(ctx, ctx.app.media, rest);
    bool const missing = found && found->status() == net::Status::not_found;
    if (!missing || !rest.starts_with(folder)) co_return found;
    CO_TRY(db, co_await ctx.db());
    std::string name(rest.substr(folder.size()));
    CO_TRY(bytes, co_await db->find_picture(std::move(name)));
    if (bytes) co_return picture(std::move(*bytes));
    co_return found;
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
