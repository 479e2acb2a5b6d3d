#include "db/sqlite/users.hpp"

#include "db/sqlite/sqlite_error.hpp"

#include <sqlite3.h>

namespace blog::db {

namespace {

constexpr Query by_id{"SELECT id, username, email, image_file FROM users WHERE id = ?1"};
constexpr Query id_of_username{"SELECT id FROM users WHERE username = ?1"};
constexpr Query id_of_email{"SELECT id FROM users WHERE email = ?1"};

// An id above every one that was ever given out, also where the table has no AUTOINCREMENT.
constexpr Query insert{
    "INSERT INTO users (id, username, email)"
    " SELECT max(last_id, (SELECT coalesce(max(id), 0) FROM users)) + 1, ?1, ?2"
    " FROM blogd_totals WHERE name = 'users'"
    " RETURNING id, username, email, image_file"};
constexpr Query update{
    "UPDATE users SET username = coalesce(?2, username), email = coalesce(?3, email),"
    " image_file = coalesce(?4, image_file) WHERE id = ?1"
    " RETURNING id, username, email, image_file"};
constexpr Query delete_posts{"DELETE FROM posts WHERE user_id = ?1"};
constexpr Query delete_one{"DELETE FROM users WHERE id = ?1"};

constexpr Query const* reads[] = {&by_id, &id_of_username, &id_of_email};

// Whether a user other than `self` has it. Compared byte by byte, as open accounts are.
bool taken(Connection& db, Query const& query, std::optional<std::string> const& value,
           UserId self) {
    if (!value) return false;
    auto const own = static_cast<std::int64_t>(self);
    return db.number_or(own, query, *value) != own;
}

std::optional<Error> conflict(Connection& db, std::optional<std::string> const& username,
                              std::optional<std::string> const& email, UserId self) {
    if (taken(db, id_of_username, username, self)) return Error{Errc::username_taken};
    if (taken(db, id_of_email, email, self)) return Error{Errc::email_taken};
    return std::nullopt;
}

// Runs a statement that returns the user it wrote. A table whose columns compare without case can
// still find a conflict that the exact comparison above did not.
Result<User> write_one(Rows rows, Touched& touched) {
    try {
        if (!rows.next()) return Error{Errc::user_not_found};
        User user = read_user(rows, 0);
        rows.finish();
        touched.user(user.id);
        return user;
    } catch (SqliteError const& e) {
        if (e.code() != SQLITE_CONSTRAINT_UNIQUE) throw;
        bool const email = std::string_view(e.what()).find("users.email") != std::string_view::npos;
        return Error{email ? Errc::email_taken : Errc::username_taken};
    }
}

}  // namespace

std::span<Query const* const> user_reads() noexcept {
    return reads;
}

User read_user(Rows const& row, int first) {
    User user{.id = UserId{row.integer(first)},
              .username = std::string(row.text(first + 1)),
              .email = std::string(row.text(first + 2)),
              .image_file = std::nullopt};
    if (!row.is_null(first + 3)) user.image_file.emplace(row.text(first + 3));
    return user;
}

Result<User> find_user(Connection& db, UserId id) {
    auto rows = db.rows(by_id, id);
    if (!rows.next()) return Error{Errc::user_not_found};
    return read_user(rows, 0);
}

Result<User> create_user(Connection& writer, NewUser const& user, Touched& touched) {
    constexpr UserId nobody{-1};
    if (auto error = conflict(writer, user.username, user.email, nobody)) return *error;
    return write_one(writer.rows(insert, user.username, user.email), touched);
}

Result<User> update_user(Connection& writer, UserId id, UserChange const& change,
                         Touched& touched) {
    if (auto const user = find_user(writer, id); !user) return user;
    if (auto error = conflict(writer, change.username, change.email, id)) return *error;
    return write_one(writer.rows(update, id, change.username, change.email, change.image_file),
                     touched);
}

Result<void> delete_user(Connection& writer, UserId id, Touched& touched) {
    // The foreign key of a file that the tutorial's app made does not cascade.
    writer.run(delete_posts, id);
    if (writer.run(delete_one, id) == 0) return Error{Errc::user_not_found};
    touched.user(id);
    return {};
}

}  // namespace blog::db
