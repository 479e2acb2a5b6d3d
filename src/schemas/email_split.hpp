#pragma once
#include <string>
#include <string_view>

// Where the parts of an address are. Nothing here decides whether a part is good.
namespace blog::schemas {

// What is between the brackets of `Name <...>` and `"Any text" <...>`; any other text as it is.
std::u32string_view without_display_name(std::u32string_view text);

struct AddressParts {
    std::u32string local_part;  // without its quotes and backslashes
    std::u32string domain;
    bool quoted = false;     // the local part was
    bool in_angles = false;  // `Name <...>`, the name perhaps empty
    std::string reason;      // not empty: there are no such parts
};

// RFC 5322, section 3.4, without comments: splits at the first @-sign outside quotes. `text` is
// what without_display_name() left, so brackets here are a second pair, or have a name before them
// that is no name; what is wrong with that name is said at once.
AddressParts split_address(std::u32string_view text);

}  // namespace blog::schemas
