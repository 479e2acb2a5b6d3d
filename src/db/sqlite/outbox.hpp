#pragma once
#include "db/outbox.hpp"
#include "db/sqlite/connection.hpp"
#include "db/topics.hpp"
#include "error.hpp"

#include <optional>
#include <span>
#include <string>

namespace blog::db {

// Forgotten passwords and their mails, as plain functions on a connection; as
// db/sqlite/accounts.hpp says. db/outbox.hpp says what each promises.

Result<void> request_reset(Connection& writer, std::string const& email, SysTime now);
Result<UserId> find_reset(Connection& db, std::string const& token_hash, SysTime now);
Result<UserId> use_reset(Connection& writer, std::string const& token_hash,
                         std::string const& password_hash, SysTime now, Touched& touched);
// The user's tokens, and the mail that would make one.
void drop_resets(Connection& writer, UserId user);

bool mail_is_due(Connection& db, SysTime now);
std::optional<DueMail> claim_mail(Connection& writer, SysTime now, SysTime claimed_until);
Result<void> put_reset_token(Connection& writer, NewResetToken const& token);
void finish_mail(Connection& writer, MailId id);
void postpone_mail(Connection& writer, MailId id, SysTime due, std::string const& reason);
void bury_mail(Connection& writer, MailId id, std::string const& reason);

void drop_old_resets(Connection& writer, SysTime now, SysTime dead_before);

// Every read, for preparing at start and for the test that pins the plans.
std::span<Query const* const> outbox_reads() noexcept;

}  // namespace blog::db
