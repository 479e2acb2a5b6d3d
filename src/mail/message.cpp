#include "mail/message.hpp"

#include "mail/header_text.hpp"

#include <array>
#include <cstdint>
#include <cstdio>
#include <random>

namespace blog::mail {
namespace {

std::string written(Mailbox const& box, std::string const& address) {
    if (box.name.empty()) return '<' + address + '>';
    // The fold keeps the line short, however long the two are.
    return header_phrase(box.name) + "\r\n <" + address + '>';
}

}  // namespace

std::optional<Head> make_head(Message const& message, std::string const& message_id) {
    auto const from = wire_address(message.from.address);
    auto const to = wire_address(message.to.address);
    if (!from || !to) return std::nullopt;
    auto const domain = from->substr(from->rfind('@') + 1);
    Head head;
    head.from = *from;
    head.to = *to;
    head.lines = {
        "From: " + written(message.from, *from),
        "To: " + written(message.to, *to),
        "Subject: " + header_text(message.subject),
        "Date: " + header_date(message.date),
        "Message-ID: <" + message_id + '@' + domain + '>',
        // No holiday note and no other robot answers (RFC 3834).
        "Auto-Submitted: auto-generated",
    };
    return head;
}

std::string new_message_id() {
    std::random_device device;
    std::string out;
    for (int i = 0; i < 4; ++i) {
        std::array<char, 9> digits{};
        std::snprintf(digits.data(), digits.size(), "%08x", device());
        out += digits.data();
    }
    return out;
}

}  // namespace blog::mail
