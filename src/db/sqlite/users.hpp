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
Result<User> create_user(Connection& writer, NewUser const& user, Touched& touched);
Result<User> update_user(Connection& writer, UserId id, UserChange const& change, Touched& touched);
Result<void> delete_user(Connection& writer, UserId id, Touched& touched);

// The user in the columns from `first` on: id, username, email, image_file.
User read_user(Rows const& row, int first);

// Every read, for preparing at start and for the test that pins the plans.
std::span<Query const* const> user_reads() noexcept;

}  // namespace blog::db
