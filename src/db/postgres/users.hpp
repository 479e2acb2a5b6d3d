#pragma once
#include "db/models.hpp"
#include "db/postgres/result.hpp"
#include "error.hpp"

#include <span>

// What is asked of the users: the statements, and how their rows read.
namespace blog::db::postgres {

std::span<Statement const* const> user_reads() noexcept;
std::span<Statement const* const> user_writes() noexcept;

namespace sql {
extern Statement const user_by_id;  // id
// First in a transaction that gives names away: one at a time, so that each sees what the others
// have taken, and a refused one uses no id up.
extern Statement const lock_names;
extern Statement const insert_user;  // username, email
extern Statement const update_user;  // id, username, email, image_file; null: as it was
// The three of a removal, in this order: so that no post comes in between.
extern Statement const lock_user;             // id
extern Statement const delete_posts_of_user;  // id
extern Statement const delete_user;           // id
}  // namespace sql

// A user in the columns from `first` on: four of them.
User read_user(Rows const& row, int first);

Result<User> read_found(ResultPtr const& result);
// What insert_user and update_user give.
Result<User> read_written(ResultPtr const& result);

}  // namespace blog::db::postgres
