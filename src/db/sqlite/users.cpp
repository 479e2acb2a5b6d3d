#include "db/sqlite/users.hpp"

#include "db/sqlite/outbox.hpp"
#include "db/sqlite/sqlite_error.hpp"

#include <sqlite3.h>

namespace blog::db {

namespace {

constexpr Query by_id{"SELECT " BLOG_USER_COLUMNS " FROM users u WHERE id = ?1"};

// Whether somebody else has the name ?1, for an account that has a password (?2) or not: names of
// those that have one are compared without case. ?3: whose name it may be.
#define TAKEN(column)                         \
    "SELECT 1 FROM users WHERE lower(" column \
    ") = lower(?1) AND id <> ?3"              \
    " AND (?2 OR " column " = ?1 OR coalesce(password_hash, '') <> '') LIMIT 1"
constexpr Query username_taken{TAKEN("username")};
constexpr Query email_taken{TAKEN("email")};
#undef TAKEN

// An id above every one that was ever given out, also where the table has no AUTOINCREMENT.
constexpr Query next_id{
    "SELECT max(last_id, (SELECT coalesce(max(id), 0) FROM users)) + 1"
    " FROM blogd_totals WHERE name = 'users'"};
constexpr Query insert{
    "INSERT INTO users (id, username, email, password_hash)"
    " VALUES (?1, ?2, CASE WHEN ?4 = '' THEN ?3 ELSE lower(?3) END, ?4)"};
constexpr Query update{
    "UPDATE users SET username = coalesce(?2, username),"
    " email = coalesce(CASE WHEN coalesce(password_hash, '') = '' THEN ?3 ELSE lower(?3) END,"
    " email), image_file = coalesce(?4, image_file) WHERE id = ?1"};
constexpr Query delete_posts{"DELETE FROM posts WHERE user_id = ?1"};
constexpr Query delete_resets{"DELETE FROM password_reset_tokens WHERE user_id = ?1"};
// The trigger blogd_user_gone removes what only this program knows of.
constexpr Query delete_one{"DELETE FROM users WHERE id = ?1"};

constexpr UserId nobody{-1};

constexpr Query const* reads[] = {&by_id, &username_taken, &email_taken};

// Runs a statement that writes a user's names. The columns themselves may compare in another way
// than we do, in a table that somebody else made.
std::optional<Error> write_names(Rows rows) {
    try {
        rows.finish();
        return std::nullopt;
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
              .image_file = std::nullopt,
              .has_password = row.integer(first + 4) != 0};
    if (!row.is_null(first + 3)) user.image_file.emplace(row.text(first + 3));
    return user;
}

Result<User> find_user(Connection& db, UserId id) {
    auto rows = db.rows(by_id, id);
    if (!rows.next()) return Error{Errc::user_not_found};
    return read_user(rows, 0);
}

Result<User> find_user_to_write(Connection& writer, UserId id, Writer const& who) {
    auto user = find_user(writer, id);
    if (user && !who.may_write_as(*user)) return Error{Errc::forbidden};
    return user;
}

std::optional<Error> name_conflict(Connection& db, std::optional<std::string> const& username,
                                   std::optional<std::string> const& email, bool has_password,
                                   UserId self) {
    auto const taken = [&](Query const& query, std::optional<std::string> const& name) {
        return name && db.number_or(0, query, *name, std::int64_t{has_password}, self) != 0;
    };
    if (taken(username_taken, username)) return Error{Errc::username_taken};
    if (taken(email_taken, email)) return Error{Errc::email_taken};
    return std::nullopt;
}

Result<void> check_new_user(Connection& db, NewUser const& user) {
    bool const has_password = !user.password_hash.empty();
    if (auto error = name_conflict(db, user.username, user.email, has_password, nobody))
        return *error;
    return {};
}

Result<User> create_user(Connection& writer, NewUser const& user, Touched& touched) {
    if (auto const free = check_new_user(writer, user); !free) return free.error();
    UserId const id{writer.number_or(1, next_id)};
    if (auto error =
            write_names(writer.rows(insert, id, user.username, user.email, user.password_hash)))
        return *error;
    touched.user(id);
    return find_user(writer, id);
}

Result<User> update_user(Connection& writer, UserId id, UserChange const& change, Writer const& who,
                         Touched& touched) {
    auto const user = find_user_to_write(writer, id, who);
    if (!user || change.is_nothing()) return user;
    if (auto error = name_conflict(writer, change.username, change.email, user->has_password, id))
        return *error;
    if (auto error =
            write_names(writer.rows(update, id, change.username, change.email, change.image_file)))
        return *error;
    touched.user(id);
    auto changed = find_user(writer, id);
    if (changed && changed->email != user->email) drop_resets(writer, id);
    return changed;
}

Result<void> delete_user(Connection& writer, UserId id, Writer const& who, Touched& touched) {
    if (auto const user = find_user_to_write(writer, id, who); !user) return user.error();
    // The foreign keys of a file that the tutorial's app made do not cascade.
    writer.run(delete_posts, id);
    writer.run(delete_resets, id);
    writer.run(delete_one, id);
    touched.user(id);
    return {};
}

}  // namespace blog::db
