#pragma once
#include "config.hpp"
#include "mail/delivery.hpp"
#include "mail/mailbox.hpp"
#include "mail/smtp.hpp"

#include <optional>
#include <string>

namespace blog::mail {

struct MailSettings {
    SmtpSettings smtp;
    Mailbox from;
};

// nullopt: no mail server is set, so links go to the log. Reads the password's file. Throws
// ConfigError.
std::optional<MailSettings> mail_settings(Config const& config);

// What mails say. `own_address`: where links lead when no --base-url is set, for the log.
Delivery::Options delivery_options(Config const& config,
                                   std::optional<MailSettings> const& settings,
                                   std::string const& own_address);

}  // namespace blog::mail
