#pragma once
#include "mail/sender.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

namespace blog::mail {

// How to reach the mail server that takes our mails.
struct SmtpSettings {
    enum class Tls : std::uint8_t {
        required,       // STARTTLS, with a certificate that holds; smtps:// is always so
        opportunistic,  // STARTTLS where it is offered, whoever offers it
        off,
    };
    std::string url;  // check_smtp_url() has taken it
    Tls tls = Tls::required;
    std::string username, password;  // "": the server wants none
    std::string ca_file;             // "": the system's certificate authorities
    // Until the server has greeted us and let us in; for the whole mail.
    std::chrono::milliseconds connect_timeout{15'000}, timeout{30'000};
};

// Sends by SMTP, a connection a mail.
class Smtp final : public Sender {
public:
    // Throws std::runtime_error when the library for it does not start.
    explicit Smtp(SmtpSettings settings);

    // One thread at a time. Throws std::bad_alloc. A mail whose acceptance was lost on the way
    // counts as not delivered, so a recipient may get it twice.
    Outcome send(Message const& message) override;
    // A server that is silent is left within about two seconds.
    void stop() noexcept override { stopped_.store(true); }

private:
    SmtpSettings const settings_;
    std::atomic<bool> stopped_{false};
};

}  // namespace blog::mail
