#pragma once
#include "net/http_date.hpp"
#include "net/request.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace blog::net {

// What identifies the current state of a file or an answer. The tag is strong and quoted:
// "\"abc\"". Conditions on a date that is not known are not there (RFC 9110 13.1.3).
struct Validators {
    std::string_view etag;
    std::optional<Seconds> last_modified{};
};

enum class Precondition : std::uint8_t {
    met,           // answer as if there were no condition
    not_modified,  // 304: the client's copy is current
    failed,        // 412
};

// If-Match, If-Unmodified-Since, If-None-Match and If-Modified-Since of a GET or HEAD request, in
// the order of RFC 9110 13.2.2. A date that is none is as good as absent. `now` is for
// parse_http_date.
Precondition check_preconditions(Request const&, Validators const&, Seconds now) noexcept;

// Whether the Range field of a GET request counts: it has no If-Range, or one that names the
// current state (RFC 9110 13.1.5): the strong tag, or exactly the Last-Modified date.
bool range_is_current(Request const&, Validators const&, Seconds now) noexcept;

}  // namespace blog::net
