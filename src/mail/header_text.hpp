#pragma once
#include "clock.hpp"

#include <string>
#include <string_view>

// Text as it may stand in a header of a mail: ASCII without line breaks of its own, whatever the
// text is (RFC 5322, RFC 2047). UTF-8 in; control characters become blanks.
namespace blog::mail {

// For a Subject. Long ones are folded.
std::string header_text(std::string_view text);

// For the name before an address: a quoted string, or encoded words.
std::string header_phrase(std::string_view name);

// "Mon, 08 Jun 2026 12:00:00 +0000"
std::string header_date(SysTime time);

// The text with every control character, a line break too, turned into a blank.
std::string without_controls(std::string_view text);

}  // namespace blog::mail
