#pragma once
#include "clock.hpp"
#include "mail/mailbox.hpp"

#include <optional>
#include <string>
#include <vector>

namespace blog::mail {

// A mail that a program writes to one person: the same words as text and as HTML.
struct Message {
    Mailbox from, to;
    std::string subject;     // any text
    std::string text, html;  // UTF-8, lines end with \n
    SysTime date;
};

// What goes around the words: the envelope's addresses, and the header lines without their line
// ends (but for the folds within). No content of the message can make a further line.
struct Head {
    std::string from, to;  // as mail servers want them
    std::vector<std::string> lines;
};

// nullopt: the recipient's or the sender's address is none. `message_id`: random, of letters and
// digits.
std::optional<Head> make_head(Message const& message, std::string const& message_id);

// 128 random bits, in hex.
std::string new_message_id();

}  // namespace blog::mail
