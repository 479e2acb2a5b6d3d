#pragma once
#include "mail/message.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace blog::mail {

struct ResetMail {
    std::string site_name;
    Mailbox from, to;  // the recipient's name is the username
    std::string link;
    std::chrono::milliseconds lifetime{};  // of the link
    SysTime date;
};

// The mail with the link to a new password.
Message reset_mail(ResetMail const& mail);

// Where the link of a token leads. `base_url` has no slash at its end.
std::string reset_link(std::string_view base_url, std::string_view token);

// "1 hour", "90 minutes", "2 days": in the largest unit that shows it without a fraction.
std::string in_words(std::chrono::milliseconds time);

}  // namespace blog::mail
