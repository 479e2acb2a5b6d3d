#pragma once
#include "db/accounts.hpp"
#include "db/sqlite/connection.hpp"
#include "db/topics.hpp"
#include "error.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace blog::db {

// The questions about accounts and logins, as plain functions on a connection. Those that change
// something run on the writer, inside its transaction, and say what they touched; an error means
// that nothing was changed. db/accounts.hpp says what each promises.

Result<Account> find_account(Connection& db, std::string const& email);
Result<Account> find_account(Connection& db, UserId id);
std::vector<Account> list_accounts(Connection& db, UserId after, std::int64_t limit);

Result<void> change_password(Connection& writer, UserId id, PasswordChange const& change,
                             Touched& touched);
Result<void> replace_hash(Connection& writer, UserId id, std::string const& old_hash,
                          std::string const& new_hash, Touched& touched);
Result<void> set_disabled(Connection& writer, UserId id, std::optional<SysTime> since,
                          Touched& touched);

Result<LoginId> open_login(Connection& writer, NewLogin const& login, Touched& touched);
Result<LoggedIn> find_login(Connection& db, std::string const& token_hash, SysTime now,
                            SysTime unused_since);
Result<void> touch_login(Connection& writer, LoginId id, SysTime now);
std::vector<Login> list_logins(Connection& db, UserId user, SysTime now, SysTime unused_since);
Result<void> end_login(Connection& writer, UserId user, LoginId id, Touched& touched);
Result<std::int64_t> end_logins(Connection& writer, UserId user, std::optional<LoginId> but,
                                Touched& touched);
void end_expired_logins(Connection& writer, SysTime now, SysTime unused_since);

// Every read, for preparing at start and for the test that pins the plans.
std::span<Query const* const> account_reads() noexcept;

}  // namespace blog::db
