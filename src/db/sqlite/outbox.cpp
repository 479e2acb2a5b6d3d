#include "db/sqlite/outbox.hpp"

#include "db/sqlite/accounts.hpp"

namespace blog::db {

namespace {

constexpr Query drop_tokens{"DELETE FROM password_reset_tokens WHERE user_id = ?1"};
constexpr Query drop_mail{"DELETE FROM blogd_outbox WHERE user_id = ?1"};
constexpr Query put_mail{"INSERT INTO blogd_outbox (user_id, due_at) VALUES (?1, ?2)"};
constexpr Query put_token{
    "INSERT INTO password_reset_tokens (user_id, token_hash, expires_at, created_at)"
    " VALUES (?1, ?2, ?3, ?4)"};
constexpr Query valid_token{
    "SELECT t.user_id FROM password_reset_tokens t CROSS JOIN users u ON u.id = t.user_id"
    " WHERE t.token_hash = ?1 AND t.expires_at > ?2 AND u.disabled_at IS NULL"};

#define NEXT_MAIL \
    "SELECT id FROM blogd_outbox WHERE due_at <= ?1 AND dead = 0 ORDER BY due_at, id LIMIT 1"
constexpr Query next_mail{NEXT_MAIL};
constexpr Query claim{
    "UPDATE blogd_outbox SET due_at = ?2, attempts = attempts + 1"
    " WHERE id = (" NEXT_MAIL ") RETURNING id, user_id, attempts"};
#undef NEXT_MAIL
constexpr Query finish{"DELETE FROM blogd_outbox WHERE id = ?1"};
constexpr Query postpone{"UPDATE blogd_outbox SET due_at = ?2, reason = ?3 WHERE id = ?1"};
constexpr Query bury{"UPDATE blogd_outbox SET dead = 1, reason = ?2 WHERE id = ?1"};

constexpr Query drop_expired{"DELETE FROM password_reset_tokens WHERE expires_at <= ?1"};
constexpr Query drop_dead{"DELETE FROM blogd_outbox WHERE dead = 1 AND due_at < ?1"};

constexpr Query const* reads[] = {&valid_token, &next_mail};

std::int64_t number(MailId id) noexcept {
    return static_cast<std::int64_t>(id);
}

}  // namespace

std::span<Query const* const> outbox_reads() noexcept {
    return reads;
}

void drop_resets(Connection& writer, UserId user) {
    writer.run(drop_tokens, user);
    writer.run(drop_mail, user);
}

// A new row, not the old one made due again: whoever sends that one right now will remove it.
Result<void> request_reset(Connection& writer, std::string const& email, SysTime now) {
    auto const account = find_account(writer, email);
    if (!account) return account.error();
    if (account->disabled) return Error{Errc::user_not_found};
    drop_resets(writer, account->user.id);
    writer.run(put_mail, account->user.id, DateText(now));
    return {};
}

Result<UserId> find_reset(Connection& db, std::string const& token_hash, SysTime now) {
    auto rows = db.rows(valid_token, token_hash, DateText(now));
    if (!rows.next()) return Error{Errc::reset_token_invalid};
    return UserId{rows.integer(0)};
}

Result<UserId> use_reset(Connection& writer, std::string const& token_hash,
                         std::string const& password_hash, SysTime now, Touched& touched) {
    auto const user = find_reset(writer, token_hash, now);
    if (!user) return user;
    PasswordChange const change{.new_hash = password_hash};
    if (auto const done = change_password(writer, *user, change, touched); !done)
        return done.error();
    return user;
}

bool mail_is_due(Connection& db, SysTime now) {
    return db.number_or(0, next_mail, DateText(now)) != 0;
}

std::optional<DueMail> claim_mail(Connection& writer, SysTime now, SysTime claimed_until) {
    DueMail mail;
    {
        auto rows = writer.rows(claim, DateText(now), DateText(claimed_until));
        if (!rows.next()) return std::nullopt;
        mail.id = MailId{rows.integer(0)};
        mail.user = UserId{rows.integer(1)};
        mail.attempts = static_cast<int>(rows.integer(2));
    }
    auto account = find_account(writer, mail.user);
    if (!account) return std::nullopt;  // a trigger removes the mails of those who are gone
    mail.username = std::move(account->user.username);
    mail.email = std::move(account->user.email);
    return mail;
}

Result<void> put_reset_token(Connection& writer, NewResetToken const& token) {
    if (auto const account = find_account(writer, token.user); !account) return account.error();
    writer.run(drop_tokens, token.user);
    writer.run(put_token, token.user, token.hash, DateText(token.expires), DateText(token.created));
    return {};
}

void finish_mail(Connection& writer, MailId id) {
    writer.run(finish, number(id));
}

void postpone_mail(Connection& writer, MailId id, SysTime due, std::string const& reason) {
    writer.run(postpone, number(id), DateText(due), reason);
}

void bury_mail(Connection& writer, MailId id, std::string const& reason) {
    writer.run(bury, number(id), reason);
}

void drop_old_resets(Connection& writer, SysTime now, SysTime dead_before) {
    writer.run(drop_expired, DateText(now));
    writer.run(drop_dead, DateText(dead_before));
}

}  // namespace blog::db
