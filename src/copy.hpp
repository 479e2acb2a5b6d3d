#pragma once
#include <span>

namespace blog {

// `blogd copy --from URL --to URL [--replace] [--strict]`: moves everything from one database to
// another. Returns the exit code. Throws ConfigError when the words are wrong, and
// std::runtime_error with a sentence for the operator when it cannot be done.
int copy(std::span<char const* const> args);

}  // namespace blog
