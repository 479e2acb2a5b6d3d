#pragma once
#include "db/accounts.hpp"
#include "db/postgres/result.hpp"
#include "error.hpp"

#include <chrono>
#include <span>
#include <string>
#include <vector>

// What is asked of accounts and logins: the statements, and how their rows read.
namespace blog::db::postgres {

std::span<Statement const* const> account_reads() noexcept;
std::span<Statement const* const> account_writes() noexcept;

namespace sql {
extern Statement const account_by_email;   // email
extern Statement const account_by_id;      // id
extern Statement const accounts_after_id;  // id, limit
// After lock_names and lock_user, since the address may become another: id, new hash, old hash
// (null: any), login to keep (null: none)
extern Statement const change_password;
extern Statement const replace_hash;  // id, old hash, new hash
extern Statement const set_disabled;  // after lock_user: id, since

// The two of a log in, after lock_user.
extern Statement const insert_login;        // user, token, for the API, device, created, expires
extern Statement const trim_logins;         // user, how many stay
extern Statement const login_by_token;      // token, now, unused since
extern Statement const logins_of_user;      // user, now, unused since
extern Statement const touch_login;         // id, now
extern Statement const end_login;           // user, id
extern Statement const end_logins;          // user, but
extern Statement const end_expired_logins;  // now, unused since

// The two of an attempt: all keys, one a line; the same of numbers, and of microseconds.
extern Statement const lock_buckets;  // keys
extern Statement const take_attempt;  // keys, bursts, intervals
extern Statement const drop_full_buckets;
}  // namespace sql

// What is behind a user's new password, as CTEs of a statement. `who` is a
// table with the id of that user, or without a row.
#define BLOG_SET_PASSWORD(who, hash, keep) \
    " written AS (UPDATE users u SET password_hash = " hash "::text,"                           \
    " email = CASE WHEN EXISTS (SELECT 1 FROM users o WHERE o.id <> u.id AND " BLOG_LOWER(      \
        "o.email") " = " BLOG_LOWER("u.email") " AND o.email = " BLOG_LOWER("u.email")          \
    ") THEN u.email ELSE " BLOG_LOWER("u.email") " END"                                         \
    " FROM " who " w WHERE u.id = w.id RETURNING u.id),"                                        \
    " tokens AS (DELETE FROM password_reset_tokens t USING " who " w WHERE t.user_id = w.id),"  \
    " mails AS (DELETE FROM blogd_outbox m USING " who " w WHERE m.user_id = w.id),"            \
    " logins AS (DELETE FROM blogd_logins l USING " who " w WHERE l.user_id = w.id"             \
    " AND l.id IS DISTINCT FROM " keep "::int8)"

Result<Account> read_account(ResultPtr const& result);
std::vector<Account> read_accounts(ResultPtr const& result);
Result<void> read_password_change(ResultPtr const& result);
Result<LoggedIn> read_logged_in(ResultPtr const& result);
std::vector<Login> read_logins(ResultPtr const& result);
std::chrono::milliseconds read_wait(ResultPtr const& result);

// The parameters of take_attempt.
struct BucketTexts {
    explicit BucketTexts(std::vector<Accounts::Bucket> const& buckets);
    std::string keys, bursts, intervals;
};

}  // namespace blog::db::postgres
