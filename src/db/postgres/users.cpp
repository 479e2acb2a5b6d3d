#include "db/postgres/users.hpp"

namespace blog::db::postgres {

#define USER_FIELDS "id::int8, username, email, image_file"
// Columns: is there such a user, is the name taken, is the email taken, the user (null: not
// written).
#define SAY(found)                                                           \
    " SELECT " found                                                         \
    ", EXISTS (SELECT 1 FROM same_name), EXISTS (SELECT 1 FROM same_email)," \
    " w.*, pg_current_xact_id() FROM (SELECT 1) AS one LEFT JOIN written w ON true"

namespace sql {

constexpr Statement user_by_id{"blogd_user",
                               "SELECT " USER_FIELDS " FROM users WHERE id = $1::int8"};
constexpr Statement lock_names{"blogd_lock_names",
                               "SELECT 1::int8 FROM pg_advisory_xact_lock(422878636901)"};
constexpr Statement insert_user{
    "blogd_insert_user",
    "WITH same_name AS (SELECT 1 FROM users WHERE username = $1::text),"
    " same_email AS (SELECT 1 FROM users WHERE email = $2::text),"
    " written AS (INSERT INTO users (username, email) SELECT $1, $2"
    " WHERE NOT EXISTS (SELECT 1 FROM same_name) AND NOT EXISTS (SELECT 1 FROM same_email)"
    " RETURNING " USER_FIELDS ")" SAY("true")};
constexpr Statement update_user{
    "blogd_update_user",
    "WITH same_name AS (SELECT 1 FROM users WHERE username = $2::text AND id <> $1::int8),"
    " same_email AS (SELECT 1 FROM users WHERE email = $3::text AND id <> $1::int8),"
    " written AS (UPDATE users SET username = coalesce($2, username),"
    " email = coalesce($3, email), image_file = coalesce($4::text, image_file) WHERE id = $1"
    " AND NOT EXISTS (SELECT 1 FROM same_name) AND NOT EXISTS (SELECT 1 FROM same_email)"
    " RETURNING " USER_FIELDS ")" SAY("EXISTS (SELECT 1 FROM users WHERE id = $1)")};
constexpr Statement lock_user{"blogd_lock_user",
                              "SELECT id::int8 FROM users WHERE id = $1::int8 FOR UPDATE"};
constexpr Statement delete_posts_of_user{"blogd_delete_posts_of_user",
                                         "DELETE FROM posts WHERE user_id = $1::int8"};
constexpr Statement delete_user{"blogd_delete_user",
                                "DELETE FROM users WHERE id = $1::int8"
                                " RETURNING pg_current_xact_id()"};

#undef SAY
#undef USER_FIELDS

}  // namespace sql

namespace {
constexpr Statement const* reads[] = {&sql::user_by_id};
constexpr Statement const* writes[] = {&sql::lock_names,           &sql::insert_user,
                                       &sql::update_user,          &sql::lock_user,
                                       &sql::delete_posts_of_user, &sql::delete_user};
}  // namespace

std::span<Statement const* const> user_reads() noexcept {
    return reads;
}

std::span<Statement const* const> user_writes() noexcept {
    return writes;
}

User read_user(Rows const& row, int first) {
    User user{.id = UserId{row.integer(first)},
              .username = row.text(first + 1),
              .email = row.text(first + 2),
              .image_file = std::nullopt};
    if (!row.is_null(first + 3)) user.image_file = row.text(first + 3);
    return user;
}

Result<User> read_found(ResultPtr const& result) {
    Rows rows(result);
    if (!rows.next()) return Error{Errc::user_not_found};
    return read_user(rows, 0);
}

Result<User> read_written(ResultPtr const& result) {
    Rows rows(result);
    if (!rows.next() || !rows.boolean(0)) return Error{Errc::user_not_found};
    if (rows.boolean(1)) return Error{Errc::username_taken};
    if (rows.boolean(2)) return Error{Errc::email_taken};
    if (rows.is_null(3)) return Error{Errc::user_not_found};
    return read_user(rows, 3);
}

}  // namespace blog::db::postgres
