#include "schemas/health.hpp"

#include "db/database_error.hpp"
#include "handlers/endpoint.hpp"
#include "handlers/reply.hpp"
#include "handlers/routes.hpp"

// /health, for load balancers and monitors: healthy when the database answers.
namespace blog::handlers {
namespace {

net::Reply health(Context& ctx) {
    bool answered = false;
    try {
        auto const db = co_await ctx.db();
        if (db) {
            auto const pong = co_await (*db)->ping();
            answered = static_cast<bool>(pong);
        }
    } catch (db::DatabaseError const& e) {
        ctx.app.log.error(std::string("health: ") + e.what());
    }
    if (answered) {
        auto body = ctx.buffer();
        schemas::append_json(body, schemas::HealthResponse{"healthy"});
        co_return json(net::Status::ok, std::move(body));
    }
    auto unhealthy = json(net::Status::unavailable, R"({"detail":"Database unavailable"})");
    unhealthy.header("Retry-After", "1");
    co_return unhealthy;
}

}  // namespace

std::span<Endpoint const> health_endpoints() {
    static Endpoint const table[] = {
        get<"/health", &health>({.name = "health",
                                 .tag = "operations",
                                 .answers = {schemas::answer_of<schemas::HealthResponse>()},
                                 .refusals = {{503, "The database does not answer"}}}),
    };
    return table;
}

}  // namespace blog::handlers
