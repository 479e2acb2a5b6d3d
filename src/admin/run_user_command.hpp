#pragma once
#include "admin/user_command.hpp"
#include "async.hpp"
#include "clock.hpp"
#include "config.hpp"
#include "db/store.hpp"

#include <optional>
#include <string>

namespace blog::admin {

// Where a command prints.
class Output {
public:
    virtual ~Output() = default;
    // Throws std::runtime_error when nobody reads any more.
    virtual Awaitable<void> print(std::string text) = 0;
};

// What a command works on. All of it outlives the command.
struct Workplace {
    db::SessionPool& sessions;
    Config const& config;  // accounts, base-url, lifetimes, the cost of a password
    Clock const& clock;
    Output& out;
};

// Does what the command says; `secret` is the password of one that takes_password(). Makes a
// password's hash on the calling thread, so not on a loop that serves requests. Throws ConfigError
// when the operator said something wrong, and std::runtime_error when it cannot be done, each with
// a sentence; nothing was changed then, unless the sentence says otherwise.
Awaitable<void> run_user_command(Workplace place, UserCommand command,
                                 std::optional<std::string> secret);

}  // namespace blog::admin
