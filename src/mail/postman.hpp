#pragma once
#include "clock.hpp"
#include "db/store.hpp"
#include "log.hpp"
#include "mail/delivery.hpp"
#include "mail/sender.hpp"

#include <memory>

namespace blog::mail {

// A dead letter stays in the outbox for so long after its last attempt.
constexpr std::chrono::days dead_letters_kept{30};

// Sends what is in the outbox, on a thread of its own: when it is nudged, and every 15 seconds,
// since another instance may have put it there or a mail is due again. Any number of instances may
// run; a mail is sent by whichever claims it. At the start and once an hour it also sweeps: see
// Outbox::sweep_accounts.
class Postman {
public:
    struct Options {
        Delivery::Options delivery;
        std::chrono::milliseconds login_idle;  // logins that were not used for so long are swept
    };
    // Starts. `sender`: null when no mail server is set. The store, the clock and the log outlive
    // this. Throws DatabaseError and std::system_error.
    Postman(Options options, std::unique_ptr<Sender> sender, MakeToken make_token, db::Store& store,
            Clock const& clock, Log& log);
    Postman(Postman const&) = delete;
    Postman& operator=(Postman const&) = delete;
    ~Postman();

    // There is a new mail. Any thread; cheap.
    void nudge() noexcept;

    // Ends the thread, within a few seconds even when a mail server or the database is silent; the
    // mail that is on its way is left to another start or another instance. Call it before the
    // store is closed. Further calls do nothing.
    void stop() noexcept;

private:
    struct Impl;
    std::unique_ptr<Impl> const impl_;
};

}  // namespace blog::mail
