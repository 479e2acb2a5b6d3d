#include "db/sqlite/derived.hpp"

#include "db/sqlite/connection.hpp"
#include "db/sqlite/marks.hpp"

#include <string>

namespace blog::db {

namespace {

struct Derived {
    std::string_view type, name;
    std::string_view sql;  // as SQLite keeps it in its schema table, letter by letter
};

// One post more or less behind the mark of its place, in one list (sqlite/marks.hpp).
#define COUNT_IN_LIST(change, scope_is, post)                                                   \
    "	UPDATE blogd_marks SET posts = posts" change                                            \
    " WHERE posts IS NOT NULL AND scope = " scope_is                                            \
    " AND (date_posted, id) = (SELECT date_posted, id FROM blogd_marks WHERE scope = " scope_is \
    " AND (date_posted, id) <= (" post ".date_posted, " post                                    \
    ".id) ORDER BY date_posted DESC, id DESC LIMIT 1);\n"
#define COUNT_IN_LISTS(change, post) \
    COUNT_IN_LIST(change, "0", post) COUNT_IN_LIST(change, post ".user_id", post)

// The triggers hold plain statements without conflict clauses: inside a trigger the outer
// statement's clause (INSERT OR REPLACE) would override them. DO UPDATE is not overridden.
constexpr Derived declared[] = {
    // Newest first: of all, of one author. Both also cover the ids, so that counting over them
    // touches no post. (posts of an author in id order: the tutorial's own ix_posts_user_id.)
    {"INDEX", "blogd_posts_newest",
     "CREATE INDEX blogd_posts_newest ON posts (date_posted DESC, id DESC)"},
    {"INDEX", "blogd_posts_of_author_newest",
     "CREATE INDEX blogd_posts_of_author_newest ON posts (user_id, date_posted DESC, id DESC)"},

    // Names and addresses without their case.
    {"INDEX", "blogd_users_name", "CREATE INDEX blogd_users_name ON users (lower(username))"},
    {"INDEX", "blogd_users_email", "CREATE INDEX blogd_users_email ON users (lower(email))"},

    {"TRIGGER", "blogd_user_added", R"sql(CREATE TRIGGER blogd_user_added AFTER INSERT ON users
BEGIN
	UPDATE blogd_totals SET row_count = row_count + 1, last_id = max(last_id, new.id)
	WHERE name = 'users';
END)sql"},
    {"TRIGGER", "blogd_user_gone", R"sql(CREATE TRIGGER blogd_user_gone AFTER DELETE ON users
BEGIN
	UPDATE blogd_totals SET row_count = row_count - 1, last_id = max(last_id, old.id)
	WHERE name = 'users';
	DELETE FROM blogd_authors WHERE user_id = old.id AND posts = 0;
	DELETE FROM blogd_logins WHERE user_id = old.id;
	DELETE FROM blogd_outbox WHERE user_id = old.id;
END)sql"},
    {"TRIGGER", "blogd_post_added", R"sql(CREATE TRIGGER blogd_post_added AFTER INSERT ON posts
BEGIN
	UPDATE blogd_totals SET row_count = row_count + 1, last_id = max(last_id, new.id)
	WHERE name = 'posts';
	INSERT INTO blogd_authors VALUES (new.user_id, 1)
	ON CONFLICT (user_id) DO UPDATE SET posts = posts + 1;
)sql" COUNT_IN_LISTS(" + 1", "new") "END"},
    {"TRIGGER", "blogd_post_gone", R"sql(CREATE TRIGGER blogd_post_gone AFTER DELETE ON posts
BEGIN
	UPDATE blogd_totals SET row_count = row_count - 1, last_id = max(last_id, old.id)
	WHERE name = 'posts';
	UPDATE blogd_authors SET posts = posts - 1 WHERE user_id = old.user_id;
)sql" COUNT_IN_LISTS(" - 1", "old") "END"},
    {"TRIGGER", "blogd_post_moved",
     R"sql(CREATE TRIGGER blogd_post_moved AFTER UPDATE OF user_id ON posts
WHEN old.user_id IS NOT new.user_id
BEGIN
	UPDATE blogd_authors SET posts = posts - 1 WHERE user_id = old.user_id;
	INSERT INTO blogd_authors VALUES (new.user_id, 1)
	ON CONFLICT (user_id) DO UPDATE SET posts = posts + 1;
END)sql"},
    {"TRIGGER", "blogd_post_placed",
     R"sql(CREATE TRIGGER blogd_post_placed AFTER UPDATE OF user_id, date_posted, id ON posts
WHEN (old.user_id, old.date_posted, old.id) IS NOT (new.user_id, new.date_posted, new.id)
BEGIN
)sql" COUNT_IN_LISTS(" - 1", "old") COUNT_IN_LISTS(" + 1", "new") "END"},
};

#undef COUNT_IN_LISTS
#undef COUNT_IN_LIST

constexpr Query is_as_declared{"SELECT 1 FROM sqlite_schema WHERE name = ?1 AND sql = ?2"};

constexpr Query totals_are_right{
    "SELECT (SELECT count(*) FROM posts) ="
    " (SELECT row_count FROM blogd_totals WHERE name = 'posts')"
    " AND (SELECT count(*) FROM users) ="
    " (SELECT row_count FROM blogd_totals WHERE name = 'users')"};

constexpr std::string_view count_again = R"sql(
INSERT OR IGNORE INTO blogd_totals VALUES ('users', 0, 0), ('posts', 0, 0);
UPDATE blogd_totals SET row_count = (SELECT count(*) FROM users),
	last_id = max(last_id, (SELECT coalesce(max(id), 0) FROM users))
WHERE name = 'users';
UPDATE blogd_totals SET row_count = (SELECT count(*) FROM posts),
	last_id = max(last_id, (SELECT coalesce(max(id), 0) FROM posts))
WHERE name = 'posts';
DELETE FROM blogd_authors;
INSERT INTO blogd_authors SELECT user_id, count(*) FROM posts GROUP BY user_id;
)sql";

constexpr Query posts_without_author{
    "SELECT coalesce(sum(posts), 0) FROM blogd_authors"
    " WHERE posts > 0 AND user_id NOT IN (SELECT id FROM users)"};

void drop(Connection& db, Derived const& one) {
    db.script("DROP " + std::string(one.type) + " IF EXISTS " + std::string(one.name));
}

bool make_as_declared(Connection& db, Derived const& one) {
    if (db.number_or(0, is_as_declared, one.name, one.sql) == 1) return false;
    drop(db, one);
    db.script(one.sql);
    return true;
}

void count_all_again(Connection& db) {
    db.script(count_again);
    set_marks_again(db);
}

}  // namespace

void drop_derived(Connection& db) {
    for (Derived const& one : declared)
        drop(db, one);
}

void make_derived_again(Connection& db) {
    for (Derived const& one : declared)
        make_as_declared(db, one);
    count_all_again(db);
}

void ensure_derived(Connection& db, Log& log) {
    {
        Transaction transaction(db);
        bool changed = false;
        for (Derived const& one : declared)
            changed |= make_as_declared(db, one);
        if (changed || db.number_or(0, totals_are_right) != 1) {
            log.info("database: indexes and totals made anew");
            count_all_again(db);
        } else {
            set_marks(db);  // others may have written many posts
        }
        transaction.commit();
    }
    if (auto const lost = db.number_or(0, posts_without_author); lost > 0)
        log.warning("database: " + std::to_string(lost) +
                    " posts belong to no user and are not shown");
}

}  // namespace blog::db
