#pragma once
#include "async.hpp"
#include "clock.hpp"
#include "db/outbox.hpp"
#include "log.hpp"
#include "mail/sender.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace blog::mail {

// A secret for one link, and what the database keeps of it.
struct ResetToken {
    std::string text, hash;
};
using MakeToken = std::function<ResetToken()>;

// Whoever has claimed a mail is alone with it for so long; then its process is taken for dead.
// Longer than any sending (`smtp-timeout` and the farewell).
constexpr std::chrono::minutes mail_lease{5};

// How long after the given attempt (1, 2, ...) the next one is due: 30 s, 2 min, 10 min, 30 min,
// then 1 h. `jitter` (0 to 1) moves it by up to a fifth either way, so that instances and mails
// part.
std::chrono::seconds back_off(int attempts, double jitter);

// Takes mails out of the outbox, one at a time, and settles what becomes of each. One thread.
class Delivery {
public:
    struct Options {
        std::string site_name;
        std::string base_url;  // of the links; no slash at its end
        Mailbox from;
        std::chrono::milliseconds reset_lifetime{std::chrono::hours(1)};
        int attempts_max = 8;
    };
    // `sender`: null when no mail server is set; links then go to the log. The others outlive this.
    Delivery(Options options, Sender* sender, MakeToken make_token, Clock const& clock, Log& log);

    // The mail that is due the longest: sent, postponed or buried. False when none is due. Blocks
    // while it sends. What could not be stored (the error says why) is tried again by the next
    // call. Throws DatabaseError.
    Awaitable<Result<bool>> step(db::Outbox& outbox);

private:
    // What is to be stored about a mail that was tried.
    struct Verdict {
        enum class Kind : std::uint8_t { finish, postpone, bury };
        db::MailId mail{};
        Kind kind = Kind::finish;
        SysTime due{};
        std::string reason{};
    };
    Awaitable<Result<void>> settle(db::Outbox& outbox);
    Verdict deliver(db::DueMail const& mail, std::string const& token);
    Verdict judge(db::DueMail const& mail, Outcome outcome);
    Verdict postponed(db::DueMail const& mail, std::string reason);

    Options const options_;
    Sender* const sender_;
    MakeToken const make_token_;
    Clock const& clock_;
    Log& log_;
    std::optional<Verdict> verdict_;  // not stored yet
};

}  // namespace blog::mail
