#include "handlers/service.hpp"

#include "db/database_error.hpp"
#include "handlers/reply.hpp"
#include "handlers/security.hpp"
#include "views/escape.hpp"

#include <new>
#include <optional>
#include <string>

namespace blog::handlers {
namespace {

using net::Method;
using net::Response;
using net::Status;

bool is_write(Method m) noexcept {
    return m == Method::post || m == Method::put || m == Method::patch || m == Method::del;
}

// "/posts/" <-> "/posts", as the original redirects between the two.
std::string other_slash(std::string_view path) {
    if (!path.ends_with('/')) return std::string(path) + '/';
    auto const end = path.find_last_not_of('/');
    return std::string(path.substr(0, end == path.npos ? 0 : end + 1));
}

constexpr std::string_view proxy_refusal =
    "Accounts here may have no passwords, so writes that came through a proxy are refused. The "
    "operator can allow them with the setting accounts = open, or protected, where every write "
    "needs a login.";

// Whether who is looking may change what a public page shows.
bool shows_visitor(std::string_view pattern) noexcept {
    return !is_api(pattern);
}

}  // namespace

std::optional<Response> BlogService::ready(net::Request const& req) noexcept {
    if (req.method() != Method::get && req.method() != Method::head) return std::nullopt;
    if (shows_visitor(req.path()) && has_login_cookie(req, app_.config)) return std::nullopt;
    return kept_.find(req, {req.path(), req.query()}, KeptAnswers::Look::first);
}

Awaitable<Response> BlogService::handle(net::Request const& req, std::string buffer) {
    net::PathParams params;
    auto const target = routes_.router.find(req.method(), req.path(), params);
    std::optional<Response> response;
    if (target.route == nullptr) {
        response = unrouted(req, target.allowed);
    } else if (auto const why = write_refusal(req); !why.empty()) {
        response = problem(app_, views_, req.path(), Status::forbidden, why);
    } else {
        if (buffer.capacity() <= std::string().capacity()) buffer = kept_.take_buffer();
        Context ctx(app_, *sessions_, views_, req, std::move(buffer));
        bool const is_public = target.route->cache_key != nullptr;
        if (is_public && shows_visitor(target.route->pattern) && has_login_cookie(req, app_.config))
            co_await recognise_visitor(ctx);
        auto const serve =
            is_public && !ctx.login() ? &BlogService::serve_public : &BlogService::call;
        response = co_await (this->*serve)(*target.route, ctx, params);
        tell_seen(*response, ctx.sources().version(), ctx.seen(), app_.generations, seen_age_);
    }
    response->set_route(target.route == nullptr ? "-" : target.route->pattern);
    bool const has_lines = std::holds_alternative<net::FinishedPtr>(response->body()) ||
                           !response->fixed_lines().empty();
    if (!has_lines) response->set_fixed_lines(security_lines(Policy::strict, req.secure()));
    co_return std::move(*response);
}

// As long as another server may not know yet what this one told.
std::chrono::seconds BlogService::seen_age_of(Config const& config) noexcept {
    return std::chrono::ceil<std::chrono::seconds>(config.cache_lag + config.replica_lag) +
           std::chrono::seconds(1);
}

// The handler's answer, or the one that its failure deserves.
Awaitable<Response> BlogService::call(Route const& route, Context& ctx,
                                      net::PathParams const& params) {
    std::optional<Response> response;
    try {
        auto result = co_await route.call(ctx, params);
        response = result ? std::move(*result) : problem(ctx, result.error());
    } catch (db::DatabaseError const& e) {
        app_.log.error(std::string(route.pattern) + ": " + e.what());
        response = problem(ctx, Error{Errc::unavailable});
    } catch (std::bad_alloc const&) {
        app_.log.error(std::string(route.pattern) + ": out of memory");
        response = problem(ctx, Error{Errc::busy});
    } catch (std::exception const& e) {
        app_.log.error(std::string(route.pattern) + ": bug: " + e.what());
        response = problem(ctx, Status::internal, "Internal Server Error");
    }
    co_return std::move(*response);
}

// A kept answer, also to a request that spells its target in another way; or a new one, which is
// made once however many ask for it.
Awaitable<Response> BlogService::serve_public(Route const& route, Context& ctx,
                                              net::PathParams const& params) {
    std::string path, query;
    if (!route.cache_key(ctx, params, path, query)) co_return co_await call(route, ctx, params);
    net::CacheKey const key{path, query};
    if (!kept_.fills().empty()) co_await kept_.fills().wait(key, app_.config.session_timeout);
    // Also when the target is spelled like the key: nobody asks ready() about the last request of a
    // connection, or about one of a long queue.
    if (auto kept = kept_.find(ctx.req, key, KeptAnswers::Look::last)) co_return std::move(*kept);
    net::Fills::Fill const fill(kept_.fills(), key);
    auto made = co_await call(route, ctx, params);
    auto answer = kept_.keep(ctx.req, key, route.pattern, ctx.sources(), std::move(made));
    if (answer.status() == Status::precondition_failed)
        answer = problem(ctx, Status::precondition_failed,
                         "This is not in the state that the request names.");
    co_return answer;
}

Response BlogService::unrouted(net::Request const& req, net::Methods allowed) {
    auto const path = req.path();
    if (path == "*") {  // OPTIONS * asks about the server as a whole (RFC 9110 9.3.7)
        return Response(Status::no_content).header("Allow", net::allow_value(routes_.methods));
    }
    if (!allowed.empty()) {
        auto const allow = net::allow_value(allowed);
        if (req.method() == Method::options)
            return Response(Status::no_content).header("Allow", allow);
        return problem(app_, views_, path, Status::method_not_allowed, "Method Not Allowed")
            .header("Allow", allow);
    }
    net::PathParams ignored;
    auto const other = other_slash(path);
    if (!routes_.router.find(req.method(), other, ignored).allowed.empty()) {
        auto location = app_.config.base_url;
        views::append_path(location, other);
        if (!req.query().empty()) location.append("?").append(req.query());
        return Response(Status::temporary_redirect).header("Location", location);
    }
    return problem(app_, views_, path, Status::not_found, "Not Found");
}

// An open account has no secret, so whoever can reach the server can write as it. Unless the
// operator said that this is meant, only the machine's own users may; and never the page of another
// site that one of them happens to look at (browsers say so in Sec-Fetch-Site).
std::string_view BlogService::write_refusal(net::Request const& req) const noexcept {
    if (!is_write(req.method())) return {};
    if (auto const why = cross_site_refusal(req, app_.config); !why.empty()) return why;
    bool const proxied = req.has_header("X-Forwarded-For") || req.has_header("Forwarded");
    return proxied && app_.config.accounts.empty() ? proxy_refusal : std::string_view();
}

// A page is shown to nobody in particular when the database does not say who it is.
Awaitable<void> BlogService::recognise_visitor(Context& ctx) {
    try {
        auto const recognised = co_await recognise(ctx);
        static_cast<void>(recognised);
    } catch (db::DatabaseError const& e) {
        app_.log.error(std::string("log in: ") + e.what());
    }
}

std::optional<std::size_t> BlogService::large_body_max(Method method,
                                                       std::string_view path) const noexcept {
    if (!is_upload(method, path)) return std::nullopt;
    return app_.config.upload_bytes_max.value + form_bytes_max;
}

// Whoever may not upload is told so before the upload is read.
Awaitable<net::Admission> BlogService::admit_body(net::Request const& req) {
    net::Admission admission;
    std::optional<Error> error;
    Context ctx(app_, *sessions_, views_, req, {});
    try {
        admission.refusal = co_await admit(ctx, Need::member);
        if (!admission.refusal) admission.permit = uploads_.begin(ctx.login()->user.id);
        if (!admission.refusal && !admission.permit) error = Errc::busy;
    } catch (db::DatabaseError const& e) {
        app_.log.error(std::string("upload: ") + e.what());
        error = Errc::unavailable;
    } catch (std::exception const& e) {
        app_.log.error(std::string("upload: ") + e.what());
        error = Errc::busy;
    }
    if (error) admission.refusal = problem(ctx, *error);
    if (admission.refusal)
        admission.refusal->set_fixed_lines(security_lines(Policy::strict, req.secure()));
    co_return admission;
}

Response BlogService::refuse(Status status, std::string_view detail, std::string_view path) {
    bool const upload = status == Status::too_large &&
                        (is_upload(Method::patch, path) || is_upload(Method::post, path));
    auto response =
        upload ? problem(app_, views_, path, Status::bad_request, too_large_text(app_.config))
               : problem(app_, views_, path, status, detail);
    response.set_fixed_lines(security_lines(Policy::strict, false));
    return response;
}

void BlogService::log(net::AccessRecord const& r) noexcept {
    metrics_.answered(r.status, r.body_bytes);
    if (!app_.log.logs_access()) return;
    auto const took = std::chrono::steady_clock::now() - r.started;
    app_.log.access({r.method, r.route, static_cast<unsigned>(r.status), r.body_bytes,
                     std::chrono::duration_cast<std::chrono::microseconds>(took)});
}

void BlogService::reload_templates() {
    kept_.clear();
    if (auto const fault = views_.reload())
        app_.log.error("templates: " + *fault + "; the pages stay as they were");
    else
        app_.log.info("templates: read again");
}

}  // namespace blog::handlers
