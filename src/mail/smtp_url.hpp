#pragma once
#include <string>

namespace blog::mail {

// smtp://host:587 (plain, then STARTTLS) or smtps://host:465 (TLS at once). A path is the name that
// we give ourselves in EHLO. Throws ConfigError.
void check_smtp_url(std::string const& url);

}  // namespace blog::mail
