#include "db/postgres/accounts.hpp"
#include "db/postgres/outbox.hpp"
#include "db/postgres/pictures.hpp"
#include "db/postgres/session.hpp"
#include "db/postgres/users.hpp"

#include <utility>

// The session's part about accounts, mails and pictures.
namespace blog::db::postgres {

// Who may log in is asked of the primary: what was ended must not go on on a standby.
Awaitable<Result<ResultPtr>> PostgresSession::read_account_data(Statement const& statement,
                                                                Params const& params) {
    return read_from_primary(statement, params, topic::all_posts, deadline_);
}

Awaitable<Result<ResultPtr>> PostgresSession::write_quietly(Steps const& steps) {
    std::vector<ResultPtr> results;
    CO_TRY(version, co_await write(steps, results));
    static_cast<void>(version);
    co_return std::move(results.back());
}

Awaitable<Result<void>> PostgresSession::carry_out(Steps const& steps,
                                                   std::optional<Errc> if_no_row) {
    CO_TRY(result, co_await write_quietly(steps));
    if (if_no_row && Rows(result).size() == 0) co_return Error{*if_no_row};
    co_return Result<void>();
}

// --- accounts

Awaitable<Result<Account>> PostgresSession::find_account(std::string email) {
    Params const params(email);
    CO_TRY(result, co_await read_account_data(sql::account_by_email, params));
    co_return read_account(result);
}

Awaitable<Result<Account>> PostgresSession::find_account_by_id(UserId id) {
    Params const params(id);
    CO_TRY(result, co_await read_account_data(sql::account_by_id, params));
    co_return read_account(result);
}

Awaitable<Result<std::vector<Account>>> PostgresSession::list_accounts(UserId after,
                                                                       std::int64_t limit) {
    Params const params(after, limit);
    CO_TRY(result, co_await read_account_data(sql::accounts_after_id, params));
    co_return read_accounts(result);
}

Awaitable<Result<void>> PostgresSession::check_new_user(NewUser user) {
    Params const params(user.username, user.email, user.password_hash);
    CO_TRY(result, co_await read_account_data(sql::names_taken, params));
    co_return read_taken(result);
}

Awaitable<Result<void>> PostgresSession::change_password(UserId id, PasswordChange change) {
    Params const none, self(id), params(id, change.new_hash, change.old_hash, change.keep);
    Steps const steps{
        {sql::lock_names, none}, {sql::lock_user, self}, {sql::change_password, params}};
    std::vector<ResultPtr> results;
    CO_TRY(version, co_await write(steps, results));
    auto const changed = read_password_change(results.back());
    if (changed) published_user(id, version, results.back());
    co_return changed;
}

Awaitable<Result<void>> PostgresSession::replace_hash(UserId id, std::string old_hash,
                                                      std::string new_hash) {
    Params const params(id, old_hash, new_hash);
    Steps const steps{{sql::replace_hash, params}};
    co_return co_await carry_out(steps);
}

Awaitable<Result<void>> PostgresSession::set_disabled(UserId id, std::optional<SysTime> since) {
    Params const self(id), params(id, since);
    Steps const steps{{sql::lock_user, self}, {sql::set_disabled, params}};
    co_return co_await carry_out(steps, Errc::user_not_found);
}

// --- logins

Awaitable<Result<LoginId>> PostgresSession::open_login(NewLogin login) {
    Params const self(login.user);
    Params const params(login.user, login.token_hash, login.kind == LoginKind::api, login.device,
                        login.created, login.expires, login.password_hash);
    Params const trim(login.user, static_cast<std::int64_t>(login.logins_max));
    Steps const steps{
        {sql::lock_user, self}, {sql::insert_login, params}, {sql::trim_logins, trim}};
    std::vector<ResultPtr> results;
    CO_TRY(version, co_await write(steps, results));
    static_cast<void>(version);
    Rows rows(results[1]);
    if (!rows.next()) co_return Error{Errc::user_not_found};
    co_return LoginId{rows.integer(0)};
}

Awaitable<Result<LoggedIn>> PostgresSession::find_login(std::string token_hash, SysTime now,
                                                        SysTime unused_since) {
    Params const params(token_hash, now, unused_since);
    CO_TRY(result, co_await read_account_data(sql::login_by_token, params));
    co_return read_logged_in(result);
}

Awaitable<Result<void>> PostgresSession::touch_login(LoginId id, SysTime now) {
    Params const params(id, now);
    Steps const steps{{sql::touch_login, params}};
    co_return co_await carry_out(steps);
}

Awaitable<Result<std::vector<Login>>> PostgresSession::list_logins(UserId user, SysTime now,
                                                                   SysTime unused_since) {
    Params const params(user, now, unused_since);
    CO_TRY(result, co_await read_account_data(sql::logins_of_user, params));
    co_return read_logins(result);
}

Awaitable<Result<void>> PostgresSession::end_login(UserId user, LoginId id) {
    Params const params(user, id);
    Steps const steps{{sql::end_login, params}};
    co_return co_await carry_out(steps, Errc::login_not_found);
}

Awaitable<Result<std::int64_t>> PostgresSession::end_logins(UserId user,
                                                            std::optional<LoginId> but) {
    Params const params(user, but);
    Steps const steps{{sql::end_logins, params}};
    CO_TRY(result, co_await write_quietly(steps));
    co_return std::int64_t{Rows(result).size()};
}

// By the server's clock, which all instances share.
Awaitable<Result<std::chrono::milliseconds>> PostgresSession::take_attempt(
    std::vector<Bucket> buckets, SysTime) {
    if (buckets.empty()) co_return std::chrono::milliseconds(0);
    BucketTexts const texts(buckets);
    Params const keys(texts.keys), params(texts.keys, texts.bursts, texts.intervals);
    Steps const steps{{sql::lock_buckets, keys}, {sql::take_attempt, params}};
    CO_TRY(result, co_await write_quietly(steps));
    co_return read_wait(result);
}

// --- forgotten passwords and their mails

Awaitable<Result<void>> PostgresSession::request_reset(std::string email, SysTime now) {
    Params const address(email), params(email, now);
    Steps const steps{{sql::lock_accounts, address}, {sql::request_reset, params}};
    co_return co_await carry_out(steps, Errc::user_not_found);
}

Awaitable<Result<UserId>> PostgresSession::find_reset(std::string token_hash, SysTime now) {
    Params const params(token_hash, now);
    CO_TRY(result, co_await read_account_data(sql::reset_by_token, params));
    co_return read_reset(result);
}

Awaitable<Result<UserId>> PostgresSession::use_reset(std::string token_hash,
                                                     std::string password_hash, SysTime now) {
    Params const none, token(token_hash), params(token_hash, password_hash, now);
    Steps const steps{
        {sql::lock_names, none}, {sql::lock_user_of_token, token}, {sql::use_reset, params}};
    std::vector<ResultPtr> results;
    CO_TRY(version, co_await write(steps, results));
    auto const user = read_reset(results.back());
    if (user) published_user(*user, version, results.back());
    co_return user;
}

// The outbox is looked into often and is mostly empty: no transaction for that.
Awaitable<Result<std::optional<DueMail>>> PostgresSession::claim_mail(SysTime now,
                                                                      SysTime claimed_until) {
    Params const when(now), params(now, claimed_until);
    CO_TRY(due, co_await read_account_data(sql::next_mail, when));
    if (Rows(due).size() == 0) co_return std::optional<DueMail>();
    Steps const steps{{sql::claim_mail, params}};
    CO_TRY(claimed, co_await write_quietly(steps));
    co_return read_mail(claimed);
}

Awaitable<Result<void>> PostgresSession::put_reset_token(NewResetToken token) {
    Params const self(token.user), params(token.user, token.hash, token.expires, token.created);
    Steps const steps{{sql::lock_user, self}, {sql::drop_tokens, self}, {sql::put_token, params}};
    co_return co_await carry_out(steps, Errc::user_not_found);
}

Awaitable<Result<void>> PostgresSession::finish_mail(MailId id) {
    Params const params(id);
    Steps const steps{{sql::finish_mail, params}};
    co_return co_await carry_out(steps);
}

Awaitable<Result<void>> PostgresSession::postpone_mail(MailId id, SysTime due, std::string reason) {
    Params const params(id, due, reason);
    Steps const steps{{sql::postpone_mail, params}};
    co_return co_await carry_out(steps);
}

Awaitable<Result<void>> PostgresSession::bury_mail(MailId id, std::string reason) {
    Params const params(id, reason);
    Steps const steps{{sql::bury_mail, params}};
    co_return co_await carry_out(steps);
}

Awaitable<Result<void>> PostgresSession::sweep_accounts(SysTime now, SysTime unused_since,
                                                        SysTime dead_before) {
    Params const none, logins(now, unused_since), resets(now, dead_before);
    Steps const steps{{sql::end_expired_logins, logins},
                      {sql::drop_old_resets, resets},
                      {sql::drop_full_buckets, none}};
    co_return co_await carry_out(steps);
}

// --- pictures

Awaitable<Result<std::optional<std::string>>> PostgresSession::find_picture(std::string name) {
    Params const params(name);
    CO_TRY(result, co_await read(sql::picture_by_name, params, topic::all_posts));
    co_return read_picture(result);
}

Awaitable<Result<User>> PostgresSession::write_picture(UserId id, Steps const& steps) {
    std::vector<ResultPtr> results;
    CO_TRY(version, co_await write(steps, results));
    auto user = read_pictured(results.back());
    if (user) published_user(id, version, results.back());
    co_return user;
}

Awaitable<Result<User>> PostgresSession::set_picture(UserId id, NewPicture picture, Writer who) {
    Params const self(id);
    Params const params(id, picture.name, Blob{picture.bytes}, who.user, who.as_open_accounts);
    Steps const steps{{sql::lock_user, self}, {sql::set_picture, params}};
    co_return co_await write_picture(id, steps);
}

Awaitable<Result<User>> PostgresSession::remove_picture(UserId id, Writer who) {
    Params const self(id), params(id, who.user, who.as_open_accounts);
    Steps const steps{{sql::lock_user, self}, {sql::remove_picture, params}};
    co_return co_await write_picture(id, steps);
}

}  // namespace blog::db::postgres
