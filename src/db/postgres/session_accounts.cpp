#include "db/postgres/session.hpp"

// The session's part about accounts, mails and pictures.
namespace blog::db::postgres {

Awaitable<Result<Account>> PostgresSession::find_account(std::string) {
    co_return Error{Errc::unavailable};
}

Awaitable<Result<Account>> PostgresSession::find_account_by_id(UserId) {
    co_return Error{Errc::unavailable};
}

Awaitable<Result<std::vector<Account>>> PostgresSession::list_accounts(UserId, std::int64_t) {
    co_return Error{Errc::unavailable};
}

Awaitable<Result<void>> PostgresSession::check_new_user(NewUser) {
    co_return Error{Errc::unavailable};
}

Awaitable<Result<void>> PostgresSession::change_password(UserId, PasswordChange) {
    co_return Error{Errc::unavailable};
}

Awaitable<Result<void>> PostgresSession::replace_hash(UserId, std::string, std::string) {
    co_return Error{Errc::unavailable};
}

Awaitable<Result<void>> PostgresSession::set_disabled(UserId, std::optional<SysTime>) {
    co_return Error{Errc::unavailable};
}

Awaitable<Result<LoginId>> PostgresSession::open_login(NewLogin) {
    co_return Error{Errc::unavailable};
}

Awaitable<Result<LoggedIn>> PostgresSession::find_login(std::string, SysTime, SysTime) {
    co_return Error{Errc::unavailable};
}

Awaitable<Result<void>> PostgresSession::touch_login(LoginId, SysTime) {
    co_return Error{Errc::unavailable};
}

Awaitable<Result<std::vector<Login>>> PostgresSession::list_logins(UserId, SysTime, SysTime) {
    co_return Error{Errc::unavailable};
}

Awaitable<Result<void>> PostgresSession::end_login(UserId, LoginId) {
    co_return Error{Errc::unavailable};
}

Awaitable<Result<std::int64_t>> PostgresSession::end_logins(UserId, std::optional<LoginId>) {
    co_return Error{Errc::unavailable};
}

Awaitable<Result<std::chrono::milliseconds>> PostgresSession::take_attempt(std::vector<Bucket>,
                                                                           SysTime) {
    co_return Error{Errc::unavailable};
}

Awaitable<Result<void>> PostgresSession::request_reset(std::string, SysTime) {
    co_return Error{Errc::unavailable};
}

Awaitable<Result<UserId>> PostgresSession::find_reset(std::string, SysTime) {
    co_return Error{Errc::unavailable};
}

Awaitable<Result<UserId>> PostgresSession::use_reset(std::string, std::string, SysTime) {
    co_return Error{Errc::unavailable};
}

Awaitable<Result<std::optional<DueMail>>> PostgresSession::claim_mail(SysTime, SysTime) {
    co_return Error{Errc::unavailable};
}

Awaitable<Result<void>> PostgresSession::put_reset_token(NewResetToken) {
    co_return Error{Errc::unavailable};
}

Awaitable<Result<void>> PostgresSession::finish_mail(MailId) {
    co_return Error{Errc::unavailable};
}

Awaitable<Result<void>> PostgresSession::postpone_mail(MailId, SysTime, std::string) {
    co_return Error{Errc::unavailable};
}

Awaitable<Result<void>> PostgresSession::bury_mail(MailId, std::string) {
    co_return Error{Errc::unavailable};
}

Awaitable<Result<void>> PostgresSession::sweep_accounts(SysTime, SysTime, SysTime) {
    co_return Error{Errc::unavailable};
}

Awaitable<Result<std::optional<std::string>>> PostgresSession::find_picture(std::string) {
    co_return Error{Errc::unavailable};
}

Awaitable<Result<User>> PostgresSession::set_picture(UserId, NewPicture, Writer) {
    co_return Error{Errc::unavailable};
}

Awaitable<Result<User>> PostgresSession::remove_picture(UserId, Writer) {
    co_return Error{Errc::unavailable};
}

}  // namespace blog::db::postgres
