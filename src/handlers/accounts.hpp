#pragma once
#include "auth/token.hpp"
#include "db/accounts.hpp"
#include "handlers/context.hpp"
#include "handlers/login.hpp"
#include "schemas/users.hpp"

#include <string>

// What the API and the pages do with accounts, said once. Each takes the attempts that its limits
// allow, and hashes where hashing belongs.
namespace blog::handlers {

// registration_closed, too_many_attempts, username_taken, email_taken, password_too_common, busy
Awaitable<Result<db::User>> register_account(Context& ctx, schemas::UserCreate in);

struct NewlyLoggedIn {
    db::User user;
    auth::Token token;
};
// bad_credentials: an unknown address, an open or disabled account, a wrong password; the answer
// takes equally long for all of them. too_many_attempts, busy
Awaitable<Result<NewlyLoggedIn>> log_in(Context& ctx, std::string email, std::string password,
                                        db::LoginKind kind);

// Ends every other login. wrong_password, password_changed (meanwhile), password_too_common,
// too_many_attempts, busy
Awaitable<Result<void>> change_password(Context& ctx, Member const& me, std::string current,
                                        std::string next);
// Whether it is the password of the one who is logged in; gives the hash that it was compared with.
// wrong_password, too_many_attempts, busy
Awaitable<Result<std::string>> confirm_password(Context& ctx, Member const& me,
                                                std::string password);

// Puts a mail into the outbox if there is such an account, which nobody can tell from the answer.
// too_many_attempts
Awaitable<Result<void>> request_reset(Context& ctx, std::string email);
// reset_token_invalid, password_too_common, too_many_attempts, busy
Awaitable<Result<void>> reset_password(Context& ctx, std::string token, std::string next);

}  // namespace blog::handlers
