#pragma once
#include <string>

namespace blog::admin {

// Whether a person sits at standard input.
bool at_terminal() noexcept;

// Asks twice, without showing what is typed. Throws std::runtime_error when the two differ, or
// when the person has had enough (Ctrl-C, Ctrl-D). Before other threads run.
std::string ask_password();

// The first line of standard input, without its end. Throws std::runtime_error when there is none,
// or it is longer than 32 KiB.
std::string read_password();

// False for everything but y and yes.
bool ask_yes(std::string const& question);

}  // namespace blog::admin
