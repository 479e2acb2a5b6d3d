#include "db/postgres/accounts.hpp"

#include "db/postgres/users.hpp"

namespace blog::db::postgres {

namespace {

#define ACCOUNT_COLUMNS \
    BLOG_USER_COLUMNS ", coalesce(u.password_hash, ''), u.disabled_at IS NOT NULL"
#define LOGIN_COLUMNS "l.id::int8, l.for_api, l.device, l.created_at, l.last_used_at, l.expires_at"
constexpr int login_columns = 6;
#define LOGIN_IS_VALID "l.expires_at > $2::timestamptz AND l.last_used_at > $3::timestamptz"

}  // namespace

namespace sql {

constexpr Statement account_by_email{
    "blogd_account_by_email",
    "SELECT " ACCOUNT_COLUMNS " FROM users u WHERE " BLOG_LOWER("u.email") " = " BLOG_LOWER(
        "$1::text") " ORDER BY coalesce(u.password_hash, '') = '', u.id LIMIT 1"};
constexpr Statement account_by_id{"blogd_account",
                                  "SELECT " ACCOUNT_COLUMNS " FROM users u WHERE u.id = $1::int8"};
constexpr Statement accounts_after_id{"blogd_accounts_after",
                                      "SELECT " ACCOUNT_COLUMNS
                                      " FROM users u WHERE u.id > $1::int8 ORDER BY u.id"
                                      " LIMIT $2::int8"};

// An open account becomes a protected one, whose address is in lower case, unless that is the
// address of somebody else.
constexpr Statement change_password{
    "blogd_change_password",
    "WITH who AS (SELECT id FROM users WHERE id = $1::int8"
    " AND ($3::text IS NULL OR coalesce(password_hash, '') = $3)),"
    BLOG_SET_PASSWORD("who", "$2", "$4")
    " SELECT EXISTS (SELECT 1 FROM users WHERE id = $1), EXISTS (SELECT 1 FROM written),"
    " pg_current_xact_id()"};
constexpr Statement replace_hash{"blogd_replace_hash",
                                 "UPDATE users SET password_hash = $3::text"
                                 " WHERE id = $1::int8 AND password_hash = $2::text"};
constexpr Statement set_disabled{
    "blogd_set_disabled",
    "WITH who AS (SELECT $1::int8 AS id WHERE $2::timestamptz IS NOT NULL),"
    " tokens AS (DELETE FROM password_reset_tokens t USING who w WHERE t.user_id = w.id),"
    " mails AS (DELETE FROM blogd_outbox m USING who w WHERE m.user_id = w.id),"
    " logins AS (DELETE FROM blogd_logins l USING who w WHERE l.user_id = w.id)"
    " UPDATE users SET disabled_at = $2 WHERE id = $1 RETURNING id::int8"};

constexpr Statement insert_login{
    "blogd_insert_login",
    "INSERT INTO blogd_logins (user_id, token_hash, for_api, device, created_at, last_used_at,"
    " expires_at) SELECT id, $2::text, $3::bool, $4::text, $5::timestamptz, $5, $6::timestamptz"
    " FROM users WHERE id = $1::int8 AND disabled_at IS NULL"
    " AND coalesce(password_hash, '') = $7::text RETURNING id::int8"};
constexpr Statement trim_logins{
    "blogd_trim_logins",
    "DELETE FROM blogd_logins WHERE id = ANY (ARRAY(SELECT id FROM blogd_logins"
    " WHERE user_id = $1::int8 ORDER BY last_used_at DESC, id DESC OFFSET $2::int8))"};
constexpr Statement login_by_token{"blogd_login",
                                   "SELECT " LOGIN_COLUMNS ", " BLOG_USER_COLUMNS
                                   " FROM blogd_logins l JOIN users u ON u.id = l.user_id"
                                   " WHERE l.token_hash = $1::text AND " LOGIN_IS_VALID
                                   " AND u.disabled_at IS NULL"};
constexpr Statement logins_of_user{"blogd_logins", "SELECT " LOGIN_COLUMNS
                                                   " FROM blogd_logins l WHERE l.user_id = $1::int8"
                                                   " AND " LOGIN_IS_VALID
                                                   " ORDER BY l.last_used_at DESC, l.id DESC"};
constexpr Statement touch_login{
    "blogd_touch_login",
    "UPDATE blogd_logins SET last_used_at = greatest(last_used_at, $2::timestamptz)"
    " WHERE id = $1::int8"};
constexpr Statement end_login{
    "blogd_end_login",
    "DELETE FROM blogd_logins WHERE user_id = $1::int8 AND id = $2::int8 RETURNING id::int8"};
constexpr Statement end_logins{"blogd_end_logins",
                               "DELETE FROM blogd_logins WHERE user_id = $1::int8"
                               " AND id IS DISTINCT FROM $2::int8 RETURNING id::int8"};
constexpr Statement end_expired_logins{
    "blogd_end_expired_logins",
    "DELETE FROM blogd_logins WHERE expires_at <= $1::timestamptz"
    " OR last_used_at <= $2::timestamptz"};

// One at a time for each bucket, also for one that is not there yet; in an order that is the same
// for all, so that nobody waits in a circle.
constexpr Statement lock_buckets{
    "blogd_lock_buckets",
    "SELECT 1::int8 FROM (SELECT DISTINCT hashtextextended(key, 0) AS key"
    " FROM unnest(string_to_array($1::text, E'\\n')) AS key ORDER BY 1) AS k,"
    " LATERAL pg_advisory_xact_lock(k.key)"};
// A bucket is the time at which it will be full again, by the server's clock: each attempt moves it
// one interval on (GCRA). Full ones need no row.
#define CLOCK "(extract(epoch FROM clock_timestamp()) * 1000000)::int8"
constexpr Statement take_attempt{
    "blogd_take_attempt",
    "WITH clock AS MATERIALIZED (SELECT " CLOCK
    " AS now),"
    " bucket AS MATERIALIZED (SELECT w.key, w.pause, greatest(b.full_at, clock.now) AS full_at,"
    " greatest(b.full_at, clock.now) - clock.now - (w.burst - 1) * w.pause AS wait"
    " FROM unnest(string_to_array($1::text, E'\\n'), string_to_array($2::text, E'\\n')::int8[],"
    " string_to_array($3::text, E'\\n')::int8[]) AS w (key, burst, pause) CROSS JOIN clock"
    " LEFT JOIN blogd_buckets b ON b.key = w.key),"
    " taken AS (INSERT INTO blogd_buckets SELECT key, full_at + pause FROM bucket"
    " WHERE (SELECT max(wait) FROM bucket) <= 0"
    " ON CONFLICT (key) DO UPDATE SET full_at = excluded.full_at)"
    " SELECT coalesce(max(wait), 0)::int8 FROM bucket"};
constexpr Statement drop_full_buckets{"blogd_drop_full_buckets",
                                      "DELETE FROM blogd_buckets WHERE full_at <= " CLOCK};
#undef CLOCK

}  // namespace sql

namespace {

#undef LOGIN_IS_VALID
#undef LOGIN_COLUMNS
#undef ACCOUNT_COLUMNS

constexpr Statement const* reads[] = {&sql::account_by_email, &sql::account_by_id,
                                      &sql::accounts_after_id, &sql::login_by_token,
                                      &sql::logins_of_user};
constexpr Statement const* writes[] = {
    &sql::change_password, &sql::replace_hash, &sql::set_disabled,       &sql::insert_login,
    &sql::trim_logins,     &sql::touch_login,  &sql::end_login,          &sql::end_logins,
    &sql::lock_buckets,    &sql::take_attempt, &sql::end_expired_logins, &sql::drop_full_buckets};

Account account_of(Rows const& row) {
    return {.user = read_user(row, 0),
            .password_hash = row.text(user_columns),
            .disabled = row.boolean(user_columns + 1)};
}

Login login_of(Rows const& row) {
    return {.id = LoginId{row.integer(0)},
            .kind = row.boolean(1) ? LoginKind::api : LoginKind::browser,
            .device = row.text(2),
            .created = row.time(3),
            .last_used = row.time(4),
            .expires = row.time(5)};
}

}  // namespace

std::span<Statement const* const> account_reads() noexcept {
    return reads;
}

std::span<Statement const* const> account_writes() noexcept {
    return writes;
}

Result<Account> read_account(ResultPtr const& result) {
    Rows rows(result);
    if (!rows.next()) return Error{Errc::user_not_found};
    return account_of(rows);
}

std::vector<Account> read_accounts(ResultPtr const& result) {
    std::vector<Account> accounts;
    Rows rows(result);
    while (rows.next())
        accounts.push_back(account_of(rows));
    return accounts;
}

Result<void> read_password_change(ResultPtr const& result) {
    Rows rows(result);
    rows.next();
    if (!rows.boolean(0)) return Error{Errc::user_not_found};
    if (!rows.boolean(1)) return Error{Errc::password_changed};
    return {};
}

Result<LoggedIn> read_logged_in(ResultPtr const& result) {
    Rows rows(result);
    if (!rows.next()) return Error{Errc::login_not_found};
    return LoggedIn{.user = read_user(rows, login_columns), .login = login_of(rows)};
}

std::vector<Login> read_logins(ResultPtr const& result) {
    std::vector<Login> logins;
    Rows rows(result);
    while (rows.next())
        logins.push_back(login_of(rows));
    return logins;
}

std::chrono::milliseconds read_wait(ResultPtr const& result) {
    using namespace std::chrono;
    Rows rows(result);
    rows.next();
    return ceil<milliseconds>(microseconds(std::max<std::int64_t>(rows.integer(0), 0)));
}

BucketTexts::BucketTexts(std::vector<Accounts::Bucket> const& buckets) {
    auto const add = [](std::string& text, std::string const& more) {
        text.append(text.empty() ? "" : "\n").append(more);
    };
    for (auto const& bucket : buckets) {
        add(keys, bucket.key);
        add(bursts, std::to_string(bucket.burst));
        add(intervals, std::to_string(std::chrono::microseconds(bucket.interval).count()));
    }
}

}  // namespace blog::db::postgres
