#include "db/postgres/users.hpp"

namespace blog::db::postgres {

// Who else has the name, for an account that has a password or not: names of those that have one
// are compared without case.
#define SAME(column, name, has_password)                                      \
    "(SELECT 1 FROM users o WHERE " BLOG_LOWER("o." column) " = " BLOG_LOWER( \
        name "::text") " AND (" has_password " OR o." column " = " name       \
                       " OR coalesce(o.password_hash, '') <> '')"
#define NAMES_ARE_FREE \
    " NOT EXISTS (SELECT 1 FROM same_name) AND NOT EXISTS (SELECT 1 FROM same_email)"
// Columns: is there such a user, may it be written, is the name taken, is the email taken, the user
// (null: not written).
#define SAY(found, may)                                                      \
    " SELECT " found ", " may                                                \
    ", EXISTS (SELECT 1 FROM same_name), EXISTS (SELECT 1 FROM same_email)," \
    " w.*, pg_current_xact_id() FROM (SELECT 1) AS one LEFT JOIN written w ON true"

namespace sql {

constexpr Statement user_by_id{"blogd_user",
                               "SELECT " BLOG_USER_COLUMNS " FROM users u WHERE u.id = $1::int8"};
constexpr Statement lock_names{"blogd_lock_names",
                               "SELECT 1::int8 FROM pg_advisory_xact_lock(422878636901)"};
constexpr Statement insert_user{
    "blogd_insert_user",
    "WITH same_name AS " SAME("username", "$1", "$3::text <> ''") "),"
    " same_email AS " SAME("email", "$2", "$3::text <> ''") "),"
    " written AS (INSERT INTO users AS u (username, email, password_hash)"
    " SELECT $1, CASE WHEN $3 = '' THEN $2 ELSE " BLOG_LOWER("$2") " END, $3 WHERE" NAMES_ARE_FREE
    " RETURNING " BLOG_USER_COLUMNS ")" SAY("true", "true")};
constexpr Statement names_taken{
    "blogd_names_taken",
    "SELECT EXISTS " SAME("username", "$1", "$3::text <> ''") "), EXISTS " SAME(
        "email", "$2", "$3::text <> ''") ")"};
#define OF_ANOTHER " AND o.id <> $1::int8)"
#define IS_PROTECTED "EXISTS (SELECT 1 FROM target WHERE has_password)"
constexpr Statement update_user{
    "blogd_update_user",
    "WITH target AS (SELECT u.id, u.email, coalesce(u.password_hash, '') <> '' AS has_password, "
    BLOG_MAY_WRITE("$5", "$6") " AS may FROM users u WHERE u.id = $1::int8),"
    " same_name AS " SAME("username", "$2", IS_PROTECTED) OF_ANOTHER ","
    " same_email AS " SAME("email", "$3", IS_PROTECTED) OF_ANOTHER ","
    " written AS (UPDATE users u SET username = coalesce($2, u.username),"
    " email = coalesce(CASE WHEN t.has_password THEN " BLOG_LOWER("$3") " ELSE $3 END, u.email),"
    " image_file = coalesce($4::text, u.image_file)"
    " FROM target t WHERE u.id = t.id AND t.may AND" NAMES_ARE_FREE
    " RETURNING " BLOG_USER_COLUMNS "),"
    " moved AS (SELECT w.id FROM written w JOIN target t ON t.id = w.id AND t.email <> w.email),"
    " tokens AS (DELETE FROM password_reset_tokens p USING moved m WHERE p.user_id = m.id),"
    " mails AS (DELETE FROM blogd_outbox o USING moved m WHERE o.user_id = m.id)"
    SAY("EXISTS (SELECT 1 FROM target)", "EXISTS (SELECT 1 FROM target WHERE may)")};
#undef IS_PROTECTED
#undef OF_ANOTHER
constexpr Statement lock_user{"blogd_lock_user",
                              "SELECT id::int8 FROM users WHERE id = $1::int8 FOR UPDATE"};
#define ALLOWED \
    "(SELECT u.id FROM users u WHERE u.id = $1::int8 AND " BLOG_MAY_WRITE("$2", "$3") ")"
// The tutorial's tokens do not go with their user. Ours do, and all else that is ours: by triggers.
constexpr Statement delete_posts_of_user{
    "blogd_delete_posts_of_user",
    "WITH tokens AS (DELETE FROM password_reset_tokens WHERE user_id = " ALLOWED
    ")"
    " DELETE FROM posts WHERE user_id = " ALLOWED};
constexpr Statement delete_user{
    "blogd_delete_user",
    "WITH gone AS (DELETE FROM users WHERE id = " ALLOWED
    " RETURNING id)"
    " SELECT EXISTS (SELECT 1 FROM users WHERE id = $1), EXISTS (SELECT 1 FROM gone),"
    " pg_current_xact_id()"};
#undef ALLOWED

}  // namespace sql

#undef SAY
#undef NAMES_ARE_FREE
#undef SAME

namespace {
constexpr Statement const* reads[] = {&sql::user_by_id, &sql::names_taken};
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
              .image_file = std::nullopt,
              .has_password = row.boolean(first + 4)};
    if (!row.is_null(first + 3)) user.image_file = row.text(first + 3);
    return user;
}

Result<User> read_found(ResultPtr const& result) {
    Rows rows(result);
    if (!rows.next()) return Error{Errc::user_not_found};
    return read_user(rows, 0);
}

Result<User> read_written(ResultPtr const& result) {
    constexpr int user = 4;
    Rows rows(result);
    if (!rows.next() || !rows.boolean(0)) return Error{Errc::user_not_found};
    if (!rows.boolean(1)) return Error{Errc::forbidden};
    if (rows.boolean(2)) return Error{Errc::username_taken};
    if (rows.boolean(3)) return Error{Errc::email_taken};
    if (rows.is_null(user)) return Error{Errc::user_not_found};
    return read_user(rows, user);
}

Result<void> read_taken(ResultPtr const& result) {
    Rows rows(result);
    rows.next();
    if (rows.boolean(0)) return Error{Errc::username_taken};
    if (rows.boolean(1)) return Error{Errc::email_taken};
    return {};
}

Result<void> read_deleted(ResultPtr const& result) {
    Rows rows(result);
    rows.next();
    if (!rows.boolean(0)) return Error{Errc::user_not_found};
    if (!rows.boolean(1)) return Error{Errc::forbidden};
    return {};
}

}  // namespace blog::db::postgres
