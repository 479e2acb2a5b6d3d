#pragma once
#include <span>
#include <string>

namespace blog {

// `blogd user ...`: accounts, by the operator. Does it on a database that nobody serves, or has
// the server that owns the file do it. Returns the exit code. Throws ConfigError when the words
// are wrong, and std::runtime_error with a sentence for the operator when it cannot be done.
int manage_users(std::span<char const* const> args, char const* const* environment);

std::string user_help();

}  // namespace blog
