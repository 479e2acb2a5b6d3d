#pragma once
#include "clock.hpp"

#include <cstddef>
#include <string_view>

namespace blog::views {

// A short text with room of its own.
struct Stamp {
    char text[40]{};
    std::size_t size = 0;
    operator std::string_view() const { return {text, size}; }
};

// The calendar is the Gregorian one, the zone UTC. A time outside the years 1 to 9999, which are
// all that blog.db can hold, reads as the nearest inside.

// "June 08, 2026"
Stamp date_text(SysTime time);

// "2026-06-08T09:10:11Z"; six digits of a fraction when it is not zero.
Stamp iso_text(SysTime time);

struct Cut {
    std::string_view text;
    bool shortened = false;
};

// At most `length` characters of `text`, counted as code points. A text that is longer is cut at
// the end of a word where one ends not far before, never between a letter and its accents, and has
// no white space at its end. Looks no further than the cut, however long the text is.
Cut truncate(std::string_view text, std::size_t length);

// In code points; a byte that is not UTF-8 counts as one.
std::size_t character_count(std::string_view text);

}  // namespace blog::views
