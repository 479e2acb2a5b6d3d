#include "db/postgres/pictures.hpp"

#include "db/postgres/users.hpp"

namespace blog::db::postgres {

namespace sql {

constexpr Statement picture_by_name{"blogd_picture",
                                    "SELECT bytes FROM blogd_pictures WHERE name = $1::text"};
#define TARGET(who, as_open) \
    "WITH target AS (SELECT u.id, u.image_file, " BLOG_MAY_WRITE(who, as_open) " AS may"         \
    " FROM users u WHERE u.id = $1::int8), "
// The new one is not among those that this statement sees.
#define DROP_OLD \
    " old AS (DELETE FROM blogd_pictures p USING target t WHERE p.user_id = t.id AND t.may), "
#define SHOW(name, condition)                              \
    " written AS (UPDATE users u SET image_file = " name   \
    " FROM target t WHERE u.id = t.id"                     \
    " AND t.may" condition " RETURNING " BLOG_USER_COLUMNS \
    ")"                                                    \
    " SELECT t.may, w.*, pg_current_xact_id() FROM target t LEFT JOIN written w ON true"
constexpr Statement set_picture{
    "blogd_set_picture", TARGET("$4", "$5") DROP_OLD
    " new AS (INSERT INTO blogd_pictures (name, user_id, bytes)"
    " SELECT $2::text, id, $3::bytea FROM target WHERE may)," SHOW("$2", "")};
constexpr Statement remove_picture{
    "blogd_remove_picture", TARGET("$2", "$3") DROP_OLD SHOW("NULL", " AND t.image_file <> ''")};
#undef SHOW
#undef DROP_OLD
#undef TARGET

}  // namespace sql

namespace {
constexpr Statement const* reads[] = {&sql::picture_by_name};
constexpr Statement const* writes[] = {&sql::set_picture, &sql::remove_picture};
}  // namespace

std::span<Statement const* const> picture_reads() noexcept {
    return reads;
}

std::span<Statement const* const> picture_writes() noexcept {
    return writes;
}

std::optional<std::string> read_picture(ResultPtr const& result) {
    Rows rows(result);
    if (!rows.next()) return std::nullopt;
    return std::string(rows.raw(0));
}

Result<User> read_pictured(ResultPtr const& result) {
    Rows rows(result);
    if (!rows.next()) return Error{Errc::user_not_found};
    if (!rows.boolean(0)) return Error{Errc::forbidden};
    if (rows.is_null(1)) return Error{Errc::picture_not_found};
    return read_user(rows, 1);
}

}  // namespace blog::db::postgres
