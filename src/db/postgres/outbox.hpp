#pragma once
#include "db/outbox.hpp"
#include "db/postgres/result.hpp"
#include "error.hpp"

#include <optional>
#include <span>

// What is asked of forgotten passwords and their mails: the statements, and how their rows read.
namespace blog::db::postgres {

std::span<Statement const* const> outbox_reads() noexcept;
std::span<Statement const* const> outbox_writes() noexcept;

namespace sql {
// The two of a request.
extern Statement const lock_accounts;   // email
extern Statement const request_reset;   // email, now
extern Statement const reset_by_token;  // token, now
// The two of a reset, after lock_names.
extern Statement const lock_user_of_token;  // token
extern Statement const use_reset;           // token, new hash, now

extern Statement const next_mail;        // now
extern Statement const claim_mail;       // now, claimed until
extern Statement const drop_tokens;      // after lock_user: user
extern Statement const put_token;        // after both: user, token, expires, created
extern Statement const finish_mail;      // id
extern Statement const postpone_mail;    // id, due, reason
extern Statement const bury_mail;        // id, reason
extern Statement const drop_old_resets;  // now, dead before
}  // namespace sql

// Whose token it is: what reset_by_token and use_reset give.
Result<UserId> read_reset(ResultPtr const& result);
std::optional<DueMail> read_mail(ResultPtr const& result);

}  // namespace blog::db::postgres
