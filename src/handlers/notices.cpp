#include "handlers/notices.hpp"

#include "handlers/login.hpp"
#include "handlers/reply.hpp"
#include "net/cookie.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace blog::handlers {
namespace {

constexpr std::string_view cookie_name = "blogd-notice";
constexpr std::chrono::seconds patience{30};  // for the page that comes next

struct Sentence {
    Notice notice;
    std::string_view code, text;
};
constexpr std::array<Sentence, 14> sentences{{
    {Notice::registered, "registered", "Welcome. Your account is ready, and you are logged in."},
    {Notice::logged_out, "logged-out", "You are logged out."},
    {Notice::reset_requested, "reset-requested",
     "If there is an account with this address, a mail is on its way to it. Its link holds for an "
     "hour."},
    {Notice::password_reset, "password-reset",
     "Your password was changed. You can now log in with the new one."},
    {Notice::details_saved, "details-saved", "Your name and e-mail address were saved."},
    {Notice::password_changed, "password-changed",
     "Your password was changed. You are logged out everywhere else."},
    {Notice::picture_saved, "picture-saved", "Your picture was saved."},
    {Notice::picture_removed, "picture-removed", "Your picture was removed."},
    {Notice::session_ended, "session-ended", "That session has ended."},
    {Notice::sessions_ended, "sessions-ended", "You are logged out everywhere else."},
    {Notice::account_deleted, "account-deleted",
     "Your account and everything that belonged to it were deleted."},
    {Notice::published, "published", "Your post was published."},
    {Notice::post_saved, "post-saved", "Your changes were saved."},
    {Notice::post_deleted, "post-deleted", "Your post was deleted."},
}};

std::string cookie(Context const& ctx, std::string_view value, std::chrono::seconds age) {
    return net::set_cookie({.name = cookie_name,
                            .value = value,
                            .max_age = age,
                            .secure = speaks_https(ctx.req, ctx.app.config)});
}

}  // namespace

net::Response redirect_with(Context& ctx, std::string_view path, Notice notice) {
    auto const* const said = std::ranges::find(sentences, notice, &Sentence::notice);
    return redirect(path).header("Set-Cookie", cookie(ctx, said->code, patience));
}

std::string_view notice_of(Context const& ctx) noexcept {
    auto const code = net::find_cookie(ctx.req, cookie_name).value_or("");
    auto const* const said = std::ranges::find(sentences, code, &Sentence::code);
    return said == sentences.end() ? std::string_view() : said->text;
}

void forget_notice(Context const& ctx, net::Response& response) {
    if (!net::find_cookie(ctx.req, cookie_name)) return;
    response.header("Set-Cookie", cookie(ctx, "", std::chrono::seconds(0)));
}

}  // namespace blog::handlers
