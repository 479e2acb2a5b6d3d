#pragma once
#include <cstdio>
#include <cstdlib>

namespace blog {
[[noreturn]] inline void assert_failed(char const* what, char const* file, int line) {
    std::fprintf(stderr, "blogd: bug: %s is false at %s:%d\n", what, file, line);
    std::abort();
}
}  // namespace blog

// A bug, never an input. Stays on in release builds: a wrong answer is worse than no answer.
#define BLOG_ASSERT(...)                     \
    (static_cast<bool>(__VA_ARGS__) ? void() \
                                    : ::blog::assert_failed(#__VA_ARGS__, __FILE__, __LINE__))
