#pragma once
#include <string>
#include <string_view>

namespace blog::schemas {

// The part after the @-sign as a mail server sees it and as a reader does; or why it is none.
struct DomainReport {
    std::u32string ascii;  // A-labels: RFC 5890, section 2.3.2.1
    std::u32string shown;  // U-labels
    std::string reason;
};

DomainReport check_domain(std::u32string_view domain);

// `[127.0.0.1]` or `[IPv6:::1]`, given without the brackets: never accepted, so there is always a
// reason.
std::string domain_literal_reason(std::u32string_view literal);

}  // namespace blog::schemas
