#include "handlers/accounts.hpp"

#include "auth/equal_time.hpp"
#include "auth/secret.hpp"
#include "handlers/limits.hpp"
#include "net/text.hpp"
#include "schemas/utf8.hpp"

#include <algorithm>
#include <utility>

namespace blog::handlers {
namespace {

constexpr std::size_t device_bytes_max = 200;

// Accounts are found without case, so their attempts are counted without it.
std::string lower_case(std::string text) {
    std::ranges::transform(text, text.begin(), net::to_lower);
    return text;
}

// What a client calls itself, for people: no control characters, not endless.
std::string device_of(net::Request const& req) {
    std::string device(req.header("User-Agent").substr(0, device_bytes_max));
    std::ranges::replace_if(
        device, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, ' ');
    return schemas::with_replacements(device);
}

Awaitable<Result<db::Account>> find_account(Context& ctx, std::string email) {
    CO_TRY(db, co_await ctx.db());
    co_return co_await db->find_account(std::move(email));
}

Awaitable<Result<db::Account>> find_account(Context& ctx, db::UserId id) {
    CO_TRY(db, co_await ctx.db());
    co_return co_await db->find_account_by_id(id);
}

Awaitable<Result<void>> check_new_user(Context& ctx, db::NewUser user) {
    CO_TRY(db, co_await ctx.db());
    co_return co_await db->check_new_user(std::move(user));
}

Awaitable<Result<void>> put_reset_mail(Context& ctx, std::string email) {
    CO_TRY(db, co_await ctx.db());
    co_return co_await db->request_reset(std::move(email), ctx.app.clock.wall());
}

// A hash of another cost than today's is made anew while the password is at hand.
Awaitable<Result<std::string>> upgrade_hash(Context& ctx, db::Account const& account,
                                            std::string password) {
    CO_TRY(hash, co_await ctx.app.hasher.hash(std::move(password)));
    CO_TRY(db, co_await ctx.db());
    auto const replaced = co_await db->replace_hash(account.user.id, account.password_hash, hash);
    if (!replaced) co_return replaced.error();
    co_return std::move(hash);
}

// A new token each time, so that nobody can make somebody else log in with one that they know; the
// one that the browser had ends.
Awaitable<Result<auth::Token>> open_login(Context& ctx, db::UserId user, std::string password_hash,
                                          db::LoginKind kind) {
    auto const& config = ctx.app.config;
    auto const now = ctx.app.clock.wall();
    auto token = auth::new_token();
    CO_TRY(db, co_await ctx.db());
    db::NewLogin login{.user = user,
                       .token_hash = token.hash,
                       .password_hash = std::move(password_hash),
                       .kind = kind,
                       .device = device_of(ctx.req),
                       .created = now,
                       .expires = now + config.login_lifetime,
                       .logins_max = config.logins_max};
    auto const opened = co_await db->open_login(std::move(login));
    if (!opened) co_return opened.error();
    if (kind == db::LoginKind::browser && ctx.login()) {
        auto const& old = *ctx.login();
        auto const ended = co_await db->end_login(old.user.id, old.login.id);
        static_cast<void>(ended);
    }
    co_return token;
}

// The attempts of one account and of one address.
std::optional<Error> take_login(Context& ctx, std::string_view account) {
    auto const address = address_key(ctx.req.client());
    if (auto error = take_attempt(ctx, Limit::login_address, address)) return error;
    return take_attempt(ctx, Limit::login_account, account);
}

void give_login_back(Context& ctx, std::string_view account) {
    give_back_attempt(ctx, Limit::login_address, address_key(ctx.req.client()));
    give_back_attempt(ctx, Limit::login_account, account);
}

}  // namespace

Awaitable<Result<db::User>> register_account(Context& ctx, schemas::UserCreate in) {
    if (ctx.app.config.registration == "closed") co_return Error{Errc::registration_closed};
    bool const on_own_machine = !in.password && ctx.req.client().is_loopback();
    if (!on_own_machine) {
        auto const address = address_key(ctx.req.client());
        if (auto const error = take_attempt(ctx, Limit::registration_address, address))
            co_return *error;
    }
    db::NewUser user{std::move(in.username), std::move(in.email)};
    if (in.password) {
        // What can be said at once is said before anything expensive; the store has the last word.
        user.password_hash = "to come";
        if (auto const free = co_await check_new_user(ctx, user); !free) co_return free.error();
        if (auth::too_common(*in.password)) co_return Error{Errc::password_too_common};
        CO_TRY(hash, co_await ctx.app.hasher.hash(std::move(*in.password)));
        user.password_hash = std::move(hash);
    }
    CO_TRY(db, co_await ctx.db());
    co_return co_await db->create_user(std::move(user));
}

Awaitable<Result<NewlyLoggedIn>> log_in(Context& ctx, std::string email, std::string password,
                                        db::LoginKind kind) {
    auth::EqualTime const equal_time;
    auto const key = lower_case(email);
    if (auto const error = take_login(ctx, key)) co_return *error;
    if (auto const error = co_await take_shared_login(ctx, key)) co_return *error;
    auto const account = co_await find_account(ctx, std::move(email));
    if (!account && account.error().code != Errc::user_not_found) co_return account.error();
    bool const may = account && !account->disabled;
    auto hash = may ? account->password_hash : std::string();
    auto const verified = co_await ctx.app.hasher.verify(password, hash);
    if (verified && verified->needs_rehash) {
        auto upgraded = co_await upgrade_hash(ctx, *account, password);
        if (upgraded) hash = std::move(*upgraded);  // else the next log in does it
    }
    auth::wipe(password);
    if (!verified) co_return verified.error();
    if (!verified->matches) {
        co_await equal_time.wait();
        co_return Error{Errc::bad_credentials};
    }
    give_login_back(ctx, key);
    auto token = co_await open_login(ctx, account->user.id, std::move(hash), kind);
    if (!token)
        co_return token.error().code == Errc::user_not_found ? Error{Errc::bad_credentials}
                                                             : token.error();
    co_return NewlyLoggedIn{account->user, std::move(*token)};
}

Awaitable<Result<std::string>> confirm_password(Context& ctx, Member const& me,
                                                std::string password) {
    auto const key = lower_case(me.login.user.email);
    if (auto const error = take_attempt(ctx, Limit::login_account, key)) co_return *error;
    auto const account = co_await find_account(ctx, me.id());
    if (!account) co_return account.error();
    auto hash = account->password_hash;
    auto const verified = co_await ctx.app.hasher.verify(std::move(password), hash);
    if (!verified) co_return verified.error();
    if (!verified->matches) co_return Error{Errc::wrong_password};
    give_back_attempt(ctx, Limit::login_account, key);
    co_return std::move(hash);
}

Awaitable<Result<void>> change_password(Context& ctx, Member const& me, std::string current,
                                        std::string next) {
    auto confirmed = co_await confirm_password(ctx, me, std::move(current));
    if (!confirmed) co_return confirmed.error();
    if (auth::too_common(next)) co_return Error{Errc::password_too_common};
    CO_TRY(hash, co_await ctx.app.hasher.hash(std::move(next)));
    CO_TRY(db, co_await ctx.db());
    // Not when somebody has set another one meanwhile: it may be the owner, with a mail's link.
    db::PasswordChange change{
        .old_hash = std::move(*confirmed), .new_hash = std::move(hash), .keep = me.login.login.id};
    co_return co_await db->change_password(me.id(), std::move(change));
}

Awaitable<Result<void>> request_reset(Context& ctx, std::string email) {
    auth::EqualTime const equal_time;
    auto const address = address_key(ctx.req.client());
    if (auto const error = take_attempt(ctx, Limit::reset_address, address)) co_return *error;
    if (auto const error = take_attempt(ctx, Limit::reset_account, lower_case(email)))
        co_return *error;
    auto const requested = co_await put_reset_mail(ctx, std::move(email));
    if (requested)
        ctx.app.mail_waits();
    else if (requested.error().code != Errc::user_not_found)
        co_return requested;
    co_await equal_time.wait();
    co_return Result<void>();
}

Awaitable<Result<void>> reset_password(Context& ctx, std::string token, std::string next) {
    auto const address = address_key(ctx.req.client());
    if (auto const error = take_attempt(ctx, Limit::login_address, address)) co_return *error;
    auto const token_hash = auth::token_hash(token);
    {
        CO_TRY(db, co_await ctx.db());
        auto const owner = co_await db->find_reset(token_hash, ctx.app.clock.wall());
        if (!owner) co_return owner.error();
    }
    if (auth::too_common(next)) co_return Error{Errc::password_too_common};
    CO_TRY(hash, co_await ctx.app.hasher.hash(std::move(next)));
    CO_TRY(db, co_await ctx.db());
    auto const reset = co_await db->use_reset(token_hash, std::move(hash), ctx.app.clock.wall());
    if (!reset) co_return reset.error();
    give_back_attempt(ctx, Limit::login_address, address);
    // Whoever has the mail is the owner: what others have guessed does not count any more.
    auto const account = co_await db->find_account_by_id(*reset);
    if (account) forgive_attempts(ctx, Limit::login_account, lower_case(account->user.email));
    co_return Result<void>();
}

}  // namespace blog::handlers
