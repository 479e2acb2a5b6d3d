#include "db/postgres/outbox.hpp"

#include "db/postgres/accounts.hpp"
#include "db/postgres/users.hpp"

namespace blog::db::postgres {

namespace sql {

#define HAS_ADDRESS " FROM users WHERE " BLOG_LOWER("email") " = " BLOG_LOWER("$1::text")
constexpr Statement lock_accounts{"blogd_lock_accounts",
                                  "SELECT id::int8" HAS_ADDRESS " ORDER BY id FOR UPDATE"};
// A mail that waited, or is being sent, gets a new id: whoever sends it will find it gone.
constexpr Statement request_reset{
    "blogd_request_reset",
    "WITH account AS (SELECT id, disabled_at" HAS_ADDRESS
    " ORDER BY coalesce(password_hash, '') = '', id LIMIT 1),"
    " who AS (SELECT id FROM account WHERE disabled_at IS NULL),"
    " tokens AS (DELETE FROM password_reset_tokens t USING who w WHERE t.user_id = w.id)"
    " INSERT INTO blogd_outbox AS m (user_id, due_at) SELECT id, $2::timestamptz FROM who"
    " ON CONFLICT (user_id) DO UPDATE SET id = excluded.id, due_at = excluded.due_at,"
    " attempts = 0, dead = false, reason = '' RETURNING m.id::int8"};
#undef HAS_ADDRESS
#define VALID_TOKEN(now)                                             \
    " FROM password_reset_tokens t JOIN users u ON u.id = t.user_id" \
    " WHERE t.token_hash = $1::text AND t.expires_at > " now         \
    "::timestamptz"                                                  \
    " AND u.disabled_at IS NULL"
constexpr Statement reset_by_token{"blogd_reset", "SELECT u.id::int8" VALID_TOKEN("$2")};
constexpr Statement lock_user_of_token{
    "blogd_lock_user_of_token",
    "SELECT u.id::int8 FROM password_reset_tokens t JOIN users u ON u.id = t.user_id"
    " WHERE t.token_hash = $1::text FOR UPDATE OF u"};
constexpr Statement use_reset{
    "blogd_use_reset",
    "WITH who AS (SELECT u.id" VALID_TOKEN("$3") ")," BLOG_SET_PASSWORD(
        "who", "$2", "NULL") " SELECT id::int8, pg_current_xact_id() FROM written"};
#undef VALID_TOKEN

#define NEXT_MAIL                                                       \
    "SELECT id::int8 FROM blogd_outbox WHERE due_at <= $1::timestamptz" \
    " AND NOT dead ORDER BY due_at, id LIMIT 1"
constexpr Statement next_mail{"blogd_next_mail", NEXT_MAIL};
constexpr Statement claim_mail{
    "blogd_claim_mail",
    "WITH mine AS (UPDATE blogd_outbox SET due_at = $2::timestamptz, attempts = attempts + 1"
    " WHERE id = (" NEXT_MAIL
    " FOR UPDATE SKIP LOCKED) RETURNING id, user_id, attempts)"
    " SELECT m.id::int8, u.id::int8, u.username, u.email, m.attempts::int8"
    " FROM mine m JOIN users u ON u.id = m.user_id"};
#undef NEXT_MAIL
constexpr Statement drop_tokens{"blogd_drop_tokens",
                                "DELETE FROM password_reset_tokens WHERE user_id = $1::int8"};
constexpr Statement put_token{
    "blogd_put_token",
    "INSERT INTO password_reset_tokens (user_id, token_hash, expires_at, created_at)"
    " SELECT id, $2::text, $3::timestamptz, $4::timestamptz FROM users WHERE id = $1::int8"
    " RETURNING id::int8"};
constexpr Statement finish_mail{"blogd_finish_mail",
                                "DELETE FROM blogd_outbox WHERE id = $1::int8"};
constexpr Statement postpone_mail{"blogd_postpone_mail",
                                  "UPDATE blogd_outbox SET due_at = $2::timestamptz,"
                                  " reason = $3::text WHERE id = $1::int8"};
constexpr Statement bury_mail{"blogd_bury_mail",
                              "UPDATE blogd_outbox SET dead = true, reason = $2::text"
                              " WHERE id = $1::int8"};
constexpr Statement drop_old_resets{
    "blogd_drop_old_resets",
    "WITH tokens AS (DELETE FROM password_reset_tokens WHERE expires_at <= $1::timestamptz)"
    " DELETE FROM blogd_outbox WHERE dead AND due_at < $2::timestamptz"};

}  // namespace sql

namespace {
constexpr Statement const* reads[] = {&sql::reset_by_token, &sql::next_mail};
constexpr Statement const* writes[] = {
    &sql::lock_accounts, &sql::request_reset, &sql::lock_user_of_token, &sql::use_reset,
    &sql::claim_mail,    &sql::drop_tokens,   &sql::put_token,          &sql::finish_mail,
    &sql::postpone_mail, &sql::bury_mail,     &sql::drop_old_resets};
}  // namespace

std::span<Statement const* const> outbox_reads() noexcept {
    return reads;
}

std::span<Statement const* const> outbox_writes() noexcept {
    return writes;
}

Result<UserId> read_reset(ResultPtr const& result) {
    Rows rows(result);
    if (!rows.next()) return Error{Errc::reset_token_invalid};
    return UserId{rows.integer(0)};
}

std::optional<DueMail> read_mail(ResultPtr const& result) {
    Rows rows(result);
    if (!rows.next()) return std::nullopt;
    return DueMail{.id = MailId{rows.integer(0)},
                   .user = UserId{rows.integer(1)},
                   .username = rows.text(2),
                   .email = rows.text(3),
                   .attempts = static_cast<int>(rows.integer(4))};
}

}  // namespace blog::db::postgres
