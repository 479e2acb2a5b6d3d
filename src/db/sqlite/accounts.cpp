#include "db/sqlite/accounts.hpp"

#include "db/sqlite/outbox.hpp"
#include "db/sqlite/users.hpp"

namespace blog::db {

namespace {

#define ACCOUNT_COLUMNS \
    BLOG_USER_COLUMNS ", coalesce(u.password_hash, ''), u.disabled_at IS NOT NULL"

#define WITH_ADDRESS(also) \
    "(SELECT id FROM users WHERE lower(email) = lower(?1)" also " ORDER BY id LIMIT 1)"
constexpr Query by_email{"SELECT " ACCOUNT_COLUMNS
                         " FROM users u WHERE u.id = coalesce(" WITH_ADDRESS(
                             " AND coalesce(password_hash, '') <> ''") ", " WITH_ADDRESS("") ")"};
#undef WITH_ADDRESS
constexpr Query by_id{"SELECT " ACCOUNT_COLUMNS " FROM users u WHERE u.id = ?1"};
constexpr Query after_id{"SELECT " ACCOUNT_COLUMNS
                         " FROM users u WHERE u.id > ?1 ORDER BY u.id LIMIT ?2"};

// An open account becomes a protected one, whose address is in lower case, unless that is the
// address of somebody else.
constexpr Query set_hash{
    "UPDATE users SET password_hash = ?2, email = CASE WHEN EXISTS (SELECT 1 FROM users o"
    " WHERE o.email = lower(users.email) AND o.id <> users.id) THEN email ELSE lower(email) END"
    " WHERE id = ?1"};
constexpr Query replace{"UPDATE users SET password_hash = ?3 WHERE id = ?1 AND password_hash = ?2"};
constexpr Query disable{"UPDATE users SET disabled_at = ?2 WHERE id = ?1"};

#define LOGIN_COLUMNS "l.id, l.kind, l.device, l.created_at, l.last_used_at, l.expires_at"
#define LOGIN_IS_VALID(now, unused) "l.expires_at > " now " AND l.last_used_at > " unused

constexpr Query by_token{
    "SELECT " LOGIN_COLUMNS ", " BLOG_USER_COLUMNS
    " FROM blogd_logins l CROSS JOIN users u ON u.id = l.user_id"
    " WHERE l.token_hash = ?1 AND " LOGIN_IS_VALID("?2", "?3") " AND u.disabled_at IS NULL"};
constexpr Query of_user{
    "SELECT " LOGIN_COLUMNS
    " FROM blogd_logins l WHERE l.user_id = ?1"
    " AND " LOGIN_IS_VALID("?2", "?3") " ORDER BY l.last_used_at DESC, l.id DESC"};

constexpr Query insert_login{
    "INSERT INTO blogd_logins (user_id, token_hash, kind, device, created_at, last_used_at,"
    " expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6) RETURNING id"};
constexpr Query end_oldest{
    "DELETE FROM blogd_logins WHERE user_id = ?1 AND id NOT IN (SELECT id FROM blogd_logins"
    " WHERE user_id = ?1 ORDER BY last_used_at DESC, id DESC LIMIT ?2)"};
constexpr Query touch{"UPDATE blogd_logins SET last_used_at = max(last_used_at, ?2) WHERE id = ?1"};
constexpr Query end_one{"DELETE FROM blogd_logins WHERE user_id = ?1 AND id = ?2"};
constexpr Query end_others{"DELETE FROM blogd_logins WHERE user_id = ?1 AND id IS NOT ?2"};
constexpr Query end_expired{
    "DELETE FROM blogd_logins WHERE expires_at <= ?1 OR last_used_at <= ?2"};

constexpr Query const* reads[] = {&by_email, &by_id, &after_id, &by_token, &of_user};

#undef LOGIN_IS_VALID
#undef ACCOUNT_COLUMNS

Account read_account(Rows const& row) {
    return {.user = read_user(row, 0),
            .password_hash = std::string(row.text(user_columns)),
            .disabled = row.integer(user_columns + 1) != 0};
}

constexpr int login_columns = 6;
Login read_login(Rows const& row) {
    return {.id = LoginId{row.integer(0)},
            .kind = row.integer(1) == 0 ? LoginKind::browser : LoginKind::api,
            .device = std::string(row.text(2)),
            .created = read_date(row.text(3)),
            .last_used = read_date(row.text(4)),
            .expires = read_date(row.text(5))};
}

std::int64_t number(LoginId id) noexcept {
    return static_cast<std::int64_t>(id);
}

Result<Account> read_one(Rows rows) {
    if (!rows.next()) return Error{Errc::user_not_found};
    return read_account(rows);
}

}  // namespace

std::span<Query const* const> account_reads() noexcept {
    return reads;
}

Result<Account> find_account(Connection& db, std::string const& email) {
    return read_one(db.rows(by_email, email));
}

Result<Account> find_account(Connection& db, UserId id) {
    return read_one(db.rows(by_id, id));
}

std::vector<Account> list_accounts(Connection& db, UserId after, std::int64_t limit) {
    std::vector<Account> accounts;
    auto rows = db.rows(after_id, after, limit);
    while (rows.next())
        accounts.push_back(read_account(rows));
    return accounts;
}

Result<void> change_password(Connection& writer, UserId id, PasswordChange const& change,
                             Touched& touched) {
    auto const account = find_account(writer, id);
    if (!account) return account.error();
    if (change.old_hash && *change.old_hash != account->password_hash)
        return Error{Errc::password_changed};
    writer.run(set_hash, id, change.new_hash);
    drop_resets(writer, id);
    touched.user(id);
    std::optional<std::int64_t> keep;
    if (change.keep) keep = number(*change.keep);
    writer.run(end_others, id, keep);
    return {};
}

Result<void> replace_hash(Connection& writer, UserId id, std::string const& old_hash,
                          std::string const& new_hash, Touched& touched) {
    writer.run(replace, id, old_hash, new_hash);
    touched.add(topic::account(id));
    return {};
}

Result<void> set_disabled(Connection& writer, UserId id, std::optional<SysTime> since,
                          Touched& touched) {
    std::optional<DateText> text;
    if (since) text.emplace(*since);
    if (writer.run(disable, id, text) == 0) return Error{Errc::user_not_found};
    touched.add(topic::account(id));
    if (!since) return {};
    drop_resets(writer, id);
    writer.run(end_others, id, nullptr);
    return {};
}

Result<LoginId> open_login(Connection& writer, NewLogin const& login, Touched& touched) {
    auto const account = find_account(writer, login.user);
    if (!account) return account.error();
    if (account->disabled || account->password_hash != login.password_hash)
        return Error{Errc::user_not_found};
    LoginId id{};
    {
        auto rows = writer.rows(insert_login, login.user, login.token_hash,
                                std::int64_t{login.kind == LoginKind::api}, login.device,
                                DateText(login.created), DateText(login.expires));
        if (rows.next()) id = LoginId{rows.integer(0)};
    }
    writer.run(end_oldest, login.user, static_cast<std::int64_t>(login.logins_max));
    touched.add(topic::account(login.user));
    return id;
}

Result<LoggedIn> find_login(Connection& db, std::string const& token_hash, SysTime now,
                            SysTime unused_since) {
    auto rows = db.rows(by_token, token_hash, DateText(now), DateText(unused_since));
    if (!rows.next()) return Error{Errc::login_not_found};
    return LoggedIn{.user = read_user(rows, login_columns), .login = read_login(rows)};
}

Result<void> touch_login(Connection& writer, LoginId id, SysTime now) {
    writer.run(touch, number(id), DateText(now));
    return {};
}

std::vector<Login> list_logins(Connection& db, UserId user, SysTime now, SysTime unused_since) {
    std::vector<Login> logins;
    auto rows = db.rows(of_user, user, DateText(now), DateText(unused_since));
    while (rows.next())
        logins.push_back(read_login(rows));
    return logins;
}

Result<void> end_login(Connection& writer, UserId user, LoginId id, Touched& touched) {
    if (writer.run(end_one, user, number(id)) == 0) return Error{Errc::login_not_found};
    touched.add(topic::account(user));
    return {};
}

Result<std::int64_t> end_logins(Connection& writer, UserId user, std::optional<LoginId> but,
                                Touched& touched) {
    std::optional<std::int64_t> keep;
    if (but) keep = number(*but);
    touched.add(topic::account(user));
    return writer.run(end_others, user, keep);
}

void end_expired_logins(Connection& writer, SysTime now, SysTime unused_since) {
    writer.run(end_expired, DateText(now), DateText(unused_since));
}

}  // namespace blog::db
