#pragma once
#include "db/accounts.hpp"
#include "handlers/context.hpp"
#include "net/response.hpp"

#include <optional>
#include <string>
#include <string_view>

// Who sends a request: a bearer token below /api, a cookie elsewhere. A handler that must know
// takes one of these as its first argument after the Context (handlers/endpoint.hpp).
namespace blog::handlers {

// Somebody who has logged in. Others get 401, or are sent to the page for that.
struct Member {
    db::LoggedIn login;
    db::UserId id() const noexcept { return login.user.id; }
};
// Whoever sends a write: a member, or, where accounts may be open, anybody.
struct Sender {
    db::Writer writer;
};

// Whoever looks at a page, or sends a form, that is not for members only: ctx.login() says whether
// it is one. The answer is for that visitor alone. The handler asks one_write_more() itself where
// none of the stricter limits holds, so that a text that was typed can be shown again.
struct Visitor {};

// What a handler needs to know before it runs.
enum class Need : std::uint8_t { nobody, visitor, sender, member };

// Finds out who it is and whether the write is one too many; the answer to whoever may not go on.
Awaitable<std::optional<net::Response>> admit(Context& ctx, Need need);

// Of a page: whose name it shows. A cookie that says nothing any more counts as none. The errors of
// a database that is busy or away.
Awaitable<Result<void>> recognise(Context& ctx);
// Whether the visitor's browser talks to us, or to the proxy before us, over https.
bool speaks_https(net::Request const& req, Config const& config) noexcept;
bool has_login_cookie(net::Request const& req, Config const& config) noexcept;

// The Set-Cookie value that makes the browser keep, or forget, a token.
std::string login_cookie(Context const& ctx, std::string_view token);
std::string no_login_cookie(Context const& ctx);
// The token that the browser sent; "" for none.
std::string_view sent_token(net::Request const& req, Config const& config) noexcept;

// When a login that was not used since ends.
SysTime unused_since(Context const& ctx);

// Why a write is refused whoever sends it, because the page of another site sends it; "" when it is
// not. Browsers say so in Sec-Fetch-Site, older ones in Origin; other clients send neither.
std::string_view cross_site_refusal(net::Request const& req, Config const& config) noexcept;

}  // namespace blog::handlers
