#include "handlers/endpoint.hpp"
#include "handlers/reply.hpp"
#include "handlers/routes.hpp"

#include "db/database_error.hpp"

// /health, for load balancers and monitors: healthy when the database answers.
namespace blog::handlers {
namespace {

Awaitable<bool> database_answers(Context& ctx) {
    try {
        auto db = co_await ctx.db();
        if (!db) co_return false;
        auto const pong = co_await (*db)->ping();
        co_return static_cast<bool>(pong);
    } catch (db::DatabaseError const& e) {
        ctx.app.log.error(std::string("health: ") + e.what());
        co_return false;
    }
}

net::Reply health(Context& ctx) {
    if (co_await database_answers(ctx))
        co_return json(net::Status::ok, R"({"status":"healthy"})");
    co_return json(net::Status::unavailable, R"({"detail":"Database unavailable"})")
        .header("Retry-After", "1");
}

}  // namespace

std::span<Endpoint const> health_endpoints() {
    static Endpoint const table[] = {get<"/health", &health>};
    return table;
}

}  // namespace blog::handlers
