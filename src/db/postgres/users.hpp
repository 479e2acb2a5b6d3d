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
extern Statement const insert_user;  // username, email, hash
// id, username, email, image_file (null: as it was), writer
extern Statement const update_user;
extern Statement const names_taken;  // username, email, hash
// Before a user is looked at and changed: id. What the next statements see of it stays so.
extern Statement const lock_user;
// The rest of a removal, in this order. id, writer; the posts take the tokens with them.
extern Statement const delete_posts_of_user;
extern Statement const delete_user;
}  // namespace sql

// What read_user() reads, in its order, of the table `u`.
#define BLOG_USER_COLUMNS \
    "u.id::int8, u.username, u.email, u.image_file, coalesce(u.password_hash, '') <> ''"
inline constexpr int user_columns = 5;
User read_user(Rows const& row, int first);

// Whether a Writer, given in two parameters, may write as the user of the table `u`.
#define BLOG_MAY_WRITE(who, as_open)             \
    "coalesce(u.id = " who "::int8 OR (" as_open \
    "::bool AND coalesce(u.password_hash, '') = ''), false)"

// Without case, which is that of ASCII on every server.
#define BLOG_LOWER(text) "lower(" text " COLLATE \"C\")"

Result<User> read_found(ResultPtr const& result);
// What insert_user, update_user, and others whose names are free, give.
Result<User> read_written(ResultPtr const& result);
Result<void> read_taken(ResultPtr const& result);
// What delete_user gives.
Result<void> read_deleted(ResultPtr const& result);

}  // namespace blog::db::postgres
