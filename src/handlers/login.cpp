#include "handlers/login.hpp"

#include "auth/token.hpp"
#include "handlers/limits.hpp"
#include "handlers/reply.hpp"
#include "net/cookie.hpp"
#include "net/text.hpp"
#include "views/escape.hpp"

#include <chrono>

namespace blog::handlers {
namespace {

// Browsers keep a __Host- cookie to one origin: no subdomain and no plain-text page can set it
// (RFC 6265bis 4.1.3.2). Where the client does not speak https they would not keep it at all.
constexpr std::string_view secure_cookie = "__Host-blogd-login";
constexpr std::string_view plain_cookie = "blogd-login";

// A login's last use is written down at most so often: a read should not cost a commit each time.
constexpr std::chrono::minutes touch_interval{5};

bool is_write(net::Method m) noexcept {
    return m != net::Method::get && m != net::Method::head;
}

// "Bearer abc", the scheme in any case (RFC 9110 11.1); nullopt: another scheme, or none.
std::optional<std::string_view> bearer_token(net::Request const& req) noexcept {
    constexpr std::string_view scheme = "bearer";
    auto value = req.header("Authorization");
    auto const space = value.find(' ');
    if (space == value.npos || !net::iequals(value.substr(0, space), scheme)) return std::nullopt;
    value.remove_prefix(space + 1);
    return value;
}

Awaitable<Result<db::LoggedIn>> find_login(Context& ctx, std::string_view token) {
    auto const hash = auth::token_hash(token);
    auto const now = ctx.app.clock.wall();
    CO_TRY(db, co_await ctx.db());
    CO_TRY(login, co_await db->find_login(hash, now, unused_since(ctx)));
    if (now - login.login.last_used > touch_interval) {
        auto const touched = co_await db->touch_login(login.login.id, now);
        static_cast<void>(touched);  // the next request does it
    }
    co_return std::move(login);
}

net::Response ask_to_log_in(Context& ctx) {
    if (is_api(ctx.req.path())) return unauthorized(ctx, "Not authenticated");
    std::string target = "/login";
    if (!is_write(ctx.req.method())) {  // a redirect cannot send a form again
        std::string here(ctx.req.path());
        if (!ctx.req.query().empty()) here.append("?").append(ctx.req.query());
        views::append_url_part(target += "?next=", here);
    }
    return redirect(target);
}

}  // namespace

bool speaks_https(net::Request const& req, Config const& config) noexcept {
    return req.secure() || config.base_url.starts_with("https://");
}

SysTime unused_since(Context const& ctx) {
    return ctx.app.clock.wall() - ctx.app.config.login_idle;
}

std::string_view sent_token(net::Request const& req, Config const& config) noexcept {
    auto const name = speaks_https(req, config) ? secure_cookie : plain_cookie;
    return net::find_cookie(req, name).value_or("");
}

bool has_login_cookie(net::Request const& req, Config const& config) noexcept {
    return !sent_token(req, config).empty();
}

std::string login_cookie(Context const& ctx, std::string_view token) {
    bool const secure = speaks_https(ctx.req, ctx.app.config);
    auto const age = std::chrono::floor<std::chrono::seconds>(ctx.app.config.login_lifetime);
    return net::set_cookie({.name = secure ? secure_cookie : plain_cookie,
                            .value = token,
                            .max_age = age,
                            .secure = secure});
}

std::string no_login_cookie(Context const& ctx) {
    bool const secure = speaks_https(ctx.req, ctx.app.config);
    return net::set_cookie({.name = secure ? secure_cookie : plain_cookie,
                            .value = "",
                            .max_age = std::chrono::seconds(0),
                            .secure = secure});
}

Awaitable<Result<void>> recognise(Context& ctx) {
    auto const token = sent_token(ctx.req, ctx.app.config);
    if (token.empty()) co_return Result<void>();
    auto login = co_await find_login(ctx, token);
    if (login)
        ctx.set_login(std::move(*login));
    else if (login.error().code != Errc::login_not_found)
        co_return login.error();
    co_return Result<void>();
}

namespace {

// login_not_found: the token that was sent is none.
Awaitable<Result<void>> identify(Context& ctx) {
    if (ctx.login()) co_return Result<void>();
    if (!is_api(ctx.req.path())) co_return co_await recognise(ctx);
    auto const token = bearer_token(ctx.req);
    if (!token) co_return Result<void>();
    CO_TRY(login, co_await find_login(ctx, *token));
    ctx.set_login(std::move(login));
    co_return Result<void>();
}

}  // namespace

Awaitable<std::optional<net::Response>> admit(Context& ctx, Need need) {
    if (!is_api(ctx.req.path())) ctx.answer_visitor_alone();
    auto const identified = co_await identify(ctx);
    if (!identified && identified.error().code == Errc::login_not_found)
        co_return unauthorized(ctx, "Invalid or expired token");
    if (!identified) co_return problem(ctx, identified.error());
    bool const must = need == Need::member || (need == Need::sender && ctx.protects_accounts());
    if (must && !ctx.login()) co_return ask_to_log_in(ctx);
    if (is_write(ctx.req.method()) && need != Need::visitor)
        if (auto const error = one_write_more(ctx)) co_return problem(ctx, *error);
    co_return std::nullopt;
}

std::string_view cross_site_refusal(net::Request const& req, Config const& config) noexcept {
    constexpr std::string_view refusal =
        "Writes that a page of another site sends are refused; send them from a page of this one.";
    if (auto const site = req.header("Sec-Fetch-Site"); !site.empty())
        return site == "cross-site" || site == "same-site" ? refusal : std::string_view();
    auto const origin = req.header("Origin");
    if (origin.empty()) return {};
    if (!config.base_url.empty() && net::iequals(origin, config.base_url)) return {};
    auto const end_of_scheme = origin.find("://");
    if (end_of_scheme == origin.npos) return refusal;  // "null": a sandbox, a file
    bool const downgraded = req.secure() && !origin.starts_with("https://");
    bool const same_host = net::iequals(origin.substr(end_of_scheme + 3), req.header("Host"));
    return same_host && !downgraded ? std::string_view() : refusal;
}

}  // namespace blog::handlers
