#pragma once
#include <csetjmp>

namespace blog::pictures {

// Runs `call`; false when it came back by longjmp(where). libjpeg and libpng leave that way, so
// `call` calls nothing but them: no object with a destructor may live in the frames that are
// jumped over, and what the call changes lives outside of this function's frame.
template <class Call>
[[nodiscard]] bool guarded(std::jmp_buf& where, Call const& call) {
    if (setjmp(where) != 0) return false;
    call();
    return true;
}

}  // namespace blog::pictures
