#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace blog::mail {

// Whom a mail is from or to.
struct Mailbox {
    std::string name;     // any text; "": none
    std::string address;  // local part and domain, UTF-8
};

// "noreply@example.org" or "The Blog <noreply@example.org>". nullopt: neither.
std::optional<Mailbox> parse_mailbox(std::string_view text);

// The address as mail servers want it: the domain in its ASCII form (IDNA). The local part stays;
// when it is not ASCII, the servers must know SMTPUTF8. nullopt: nothing that could be an address,
// so that whatever else it holds (line breaks, brackets) reaches no command and no header.
std::optional<std::string> wire_address(std::string_view address);

bool is_ascii(std::string_view text) noexcept;

}  // namespace blog::mail
