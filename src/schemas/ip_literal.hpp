#pragma once
#include <string>
#include <string_view>

// IP addresses as text (RFC 4291, section 2.2). Only what is wrong with one is of interest here:
// no e-mail address with one is taken. The messages are those of Python 3.13's `ipaddress`.
namespace blog::schemas {

// Empty when the text is an address.
std::string ipv4_error(std::u32string_view text);
std::string ipv6_error(std::u32string_view text);

}  // namespace blog::schemas
