#pragma once
#include "db/models.hpp"
#include "db/sqlite/connection.hpp"
#include "db/topics.hpp"
#include "error.hpp"

#include <optional>
#include <span>

namespace blog::db {

// The questions about users, as plain functions on a connection. Those that change something run on
// the writer, inside its transaction, and say what they touched; an error means that nothing was
// changed. db/store.hpp says what each promises.

Result<User> find_user(Connection& db, UserId id);
Result<void> check_new_user(Connection& db, NewUser const& user);
Result<User> create_user(Connection& writer, NewUser const& user, Touched& touched);
Result<User> update_user(Connection& writer, UserId id, UserChange const& change, Writer const& who,
                         Touched& touched);
Result<void> delete_user(Connection& writer, UserId id, Writer const& who, Touched& touched);

// user_not_found, forbidden
Result<User> find_user_to_write(Connection& writer, UserId id, Writer const& who);

// What read_user() reads, in its order, of the table `u`.
#define BLOG_USER_COLUMNS "u.id, u.username, u.email, u.image_file, u.password_hash <> ''"
inline constexpr int user_columns = 5;
User read_user(Rows const& row, int first);

// Every read, for preparing at start and for the test that pins the plans.
std::span<Query const* const> user_reads() noexcept;

}  // namespace blog::db
