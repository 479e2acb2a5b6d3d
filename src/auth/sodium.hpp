#pragma once
#include "assert.hpp"

#include <sodium.h>

namespace blog::auth {

// Every use of the library comes after this. Any thread, any number of times. Without a source of
// random bytes there is nothing to go on with.
inline void start_sodium() {
    static bool const started = sodium_init() >= 0;
    BLOG_ASSERT(started);
}

}  // namespace blog::auth
