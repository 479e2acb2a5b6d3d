#pragma once
#include <string>
#include <string_view>

// Internationalised domain names: the mapping of UTS #46 before, IDNA2008 (RFC 5890..5893) itself.
// The messages are those of the recorded contract.
namespace blog::schemas::idna {

// A name or label in another form, or why it has none. One of the two is empty.
struct Form {
    std::u32string text;
    std::string error;
};

// Lower case, NFC, plain dots: what people type made into what IDNA2008 accepts. UTS #46 without
// transitional processing; ASCII other than letters, digits and hyphens passes.
Form map(std::u32string_view domain);

// One label between dots, at most 63 characters of ASCII afterwards.
Form to_ascii(std::u32string_view label);
// One label of ASCII, decoded when it begins with "xn--".
Form to_unicode(std::u32string_view label);

}  // namespace blog::schemas::idna
