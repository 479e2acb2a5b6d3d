#pragma once
#include "db/accounts.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace blog::admin {

enum class UserVerb : std::uint8_t {
    list,
    add,
    set_password,
    reset_link,
    disable,
    enable,
    remove,
    sessions,
};

// One `blogd user` command.
struct UserCommand {
    UserVerb verb{};
    std::string user;                  // whom it is about; of add: the new username
    std::string email;                 // of add
    bool json = false;                 // list, sessions
    bool password_stdin = false;       // add, set-password
    bool link = false;                 // add: print a reset link instead of taking a password
    bool no_password = false;          // add: an open account
    bool yes = false;                  // delete; without: only say what would go
    bool end_all = false;              // sessions
    std::optional<db::LoginId> end{};  // sessions

    bool takes_password() const noexcept {
        return verb == UserVerb::set_password || (verb == UserVerb::add && !link && !no_password);
    }
};

// The words behind `blogd user`, sorted out: the command's own, in order, and settings.
struct UserWords {
    std::vector<std::string> command;
    std::vector<char const*> settings;  // as Config::load takes them; they point into `args`
};
UserWords sort_words(std::span<char const* const> args);

// Throws ConfigError, whose sentence repeats no word that may be a password.
UserCommand parse_user_command(std::span<std::string const> words);

// One line for each command.
std::string user_commands_help();

}  // namespace blog::admin
