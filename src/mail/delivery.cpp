#include "mail/delivery.hpp"

#include "mail/reset_mail.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <random>
#include <utility>

namespace blog::mail {
namespace {

double random_fraction() {
    std::random_device device;
    return std::uniform_real_distribution<double>(0, 1)(device);
}

std::string name_of(db::DueMail const& mail) {
    return "reset mail " + std::to_string(static_cast<std::int64_t>(mail.id));
}

}  // namespace

std::chrono::seconds back_off(int attempts, double jitter) {
    using std::chrono::seconds;
    static constexpr std::array<int, 5> table{30, 120, 600, 1800, 3600};
    auto const last = static_cast<int>(table.size());
    auto const base = table[static_cast<std::size_t>(std::clamp(attempts, 1, last) - 1)];
    return seconds(static_cast<seconds::rep>(base * (0.8 + 0.4 * jitter)));
}

Delivery::Delivery(Options options, Sender* sender, MakeToken make_token, Clock const& clock,
                   Log& log)
    : options_(std::move(options)),
      sender_(sender),
      make_token_(std::move(make_token)),
      clock_(clock),
      log_(log) {}

Awaitable<Result<bool>> Delivery::step(db::Outbox& outbox) {
    auto const settled = co_await settle(outbox);
    if (!settled) co_return settled.error();

    auto const now = clock_.wall();
    SysTime const claimed_until = now + mail_lease;
    auto const claimed = co_await outbox.claim_mail(now, claimed_until);
    if (!claimed) co_return claimed.error();
    if (!*claimed) co_return false;
    auto const& mail = **claimed;

    // Its last attempt ended with its process, perhaps because of it.
    if (mail.attempts > options_.attempts_max) {
        verdict_ = judge(mail, {Outcome::Kind::temporary, "its sending never came to an end"});
    } else {
        auto token = make_token_();
        db::NewResetToken row{mail.user, std::move(token.hash), now, now + options_.reset_lifetime};
        auto const kept = co_await outbox.put_reset_token(std::move(row));
        if (kept) {
            verdict_ = deliver(mail, token.text);
        } else if (kept.error().code == Errc::user_not_found) {
            verdict_ = Verdict{mail.id};
        } else {
            verdict_ = postponed(mail, "the database did not take the token");
            co_return kept.error();
        }
    }
    auto const stored = co_await settle(outbox);
    if (!stored) co_return stored.error();
    co_return true;
}

Awaitable<Result<void>> Delivery::settle(db::Outbox& outbox) {
    if (!verdict_) co_return Result<void>();
    auto verdict = *verdict_;
    Result<void> stored;
    switch (verdict.kind) {
        case Verdict::Kind::finish:
            stored = co_await outbox.finish_mail(verdict.mail);
            break;
        case Verdict::Kind::postpone:
            stored =
                co_await outbox.postpone_mail(verdict.mail, verdict.due, std::move(verdict.reason));
            break;
        case Verdict::Kind::bury:
            stored = co_await outbox.bury_mail(verdict.mail, std::move(verdict.reason));
            break;
    }
    if (stored) verdict_.reset();
    co_return stored;
}

Delivery::Verdict Delivery::deliver(db::DueMail const& mail, std::string const& token) {
    auto const link = reset_link(options_.base_url, token);
    if (sender_ == nullptr) {
        auto const user = std::to_string(static_cast<std::int64_t>(mail.user));
        log_.info("password reset link for user " + user + ": " + link);
        return {mail.id};
    }
    ResetMail const content{options_.site_name,          options_.from,
                            {mail.username, mail.email}, link,
                            options_.reset_lifetime,     clock_.wall()};
    Outcome outcome;
    try {
        outcome = sender_->send(reset_mail(content));
    } catch (std::exception const& e) {
        outcome.reason = e.what();
    }
    return judge(mail, std::move(outcome));
}

Delivery::Verdict Delivery::judge(db::DueMail const& mail, Outcome outcome) {
    auto const attempt =
        "attempt " + std::to_string(mail.attempts) + " of " + std::to_string(options_.attempts_max);
    if (outcome.kind == Outcome::Kind::delivered) {
        log_.info(name_of(mail) + " was taken by the mail server, " + attempt);
        return {mail.id};
    }
    if (outcome.kind == Outcome::Kind::stopped)  // at once, by another start or instance
        return {mail.id, Verdict::Kind::postpone, clock_.wall(), std::move(outcome.reason)};
    if (outcome.kind == Outcome::Kind::temporary && mail.attempts < options_.attempts_max) {
        log_.warning(name_of(mail) + " waits for another try, " + attempt +
                     " failed: " + outcome.reason);
        return postponed(mail, std::move(outcome.reason));
    }
    log_.error(name_of(mail) + " is given up, " + attempt + " failed: " + outcome.reason);
    return {mail.id, Verdict::Kind::bury, {}, std::move(outcome.reason)};
}

Delivery::Verdict Delivery::postponed(db::DueMail const& mail, std::string reason) {
    SysTime const due = clock_.wall() + back_off(mail.attempts, random_fraction());
    return {mail.id, Verdict::Kind::postpone, due, std::move(reason)};
}

}  // namespace blog::mail
