#pragma once
#include <string>
#include <string_view>

namespace blog::schemas {

// What is to be said of one e-mail address: `reason` is empty and `address` is its normal form, or
// `reason` is the sentence to show and `address` is empty.
struct EmailReport {
    std::string address;
    std::string reason;
};

// Decides and words as the recorded contract does (pydantic 2.10's EmailStr over email-validator
// 2.2.0, no look-up in the DNS). A bare address and `Name <address>` are both taken. The normal
// form: NFC before the @-sign, IDNA2008 U-labels in lower case after it (RFC 5321, 6531, 5891).
//
// `text` is UTF-8, of any length, and may hold NUL; more than 2048 characters are refused unread,
// so the work is bounded: some microseconds, 1.5 ms at worst. Safe from any thread; never throws
// for what a client sent.
EmailReport check_email(std::string_view text);

}  // namespace blog::schemas
