#pragma once
#include "async.hpp"
#include "db/models.hpp"
#include "error.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace blog::db {

enum class MailId : std::int64_t {};

// A mail that is to be sent now. The outbox holds no secret: the token is made when it is sent.
struct DueMail {
    MailId id{};
    UserId user{};
    std::string username, email;
    int attempts = 0;  // this one included
};

struct NewResetToken {
    UserId user{};
    std::string hash;
    SysTime created, expires;
};

// Forgotten passwords, and the mails about them: a part of Session (db/store.hpp).
class Outbox {
public:
    virtual ~Outbox() = default;

    // Kills the reset tokens of the account with that address and puts a mail to it into the
    // outbox, in place of one that waits. user_not_found: also of a disabled account.
    virtual Awaitable<Result<void>> request_reset(std::string email, SysTime now) = 0;
    // Whose token it is. reset_token_invalid: unknown, used, or expired.
    virtual Awaitable<Result<UserId>> find_reset(std::string token_hash, SysTime now) = 0;
    // Sets the password; all logins and reset tokens of the user end. reset_token_invalid
    virtual Awaitable<Result<UserId>> use_reset(std::string token_hash, std::string password_hash,
                                                SysTime now) = 0;

    // The mail that has been due the longest, claimed until `claimed_until`: nobody else gets it
    // before. nullopt: none is due.
    virtual Awaitable<Result<std::optional<DueMail>>> claim_mail(SysTime now,
                                                                 SysTime claimed_until) = 0;
    // Kills the user's older ones. user_not_found
    virtual Awaitable<Result<void>> put_reset_token(NewResetToken) = 0;
    virtual Awaitable<Result<void>> finish_mail(MailId) = 0;
    virtual Awaitable<Result<void>> postpone_mail(MailId, SysTime due, std::string reason) = 0;
    // A dead letter: kept for the operator.
    virtual Awaitable<Result<void>> bury_mail(MailId, std::string reason) = 0;

    // Removes what has had its time: logins that expired or were not used since `unused_since`,
    // expired reset tokens, dead letters that were due before `dead_before`.
    virtual Awaitable<Result<void>> sweep_accounts(SysTime now, SysTime unused_since,
                                                   SysTime dead_before) = 0;
};

}  // namespace blog::db
