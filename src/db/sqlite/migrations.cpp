#include "db/sqlite/migrations.hpp"

#include "db/sqlite/connection.hpp"

#include <string>

namespace blog::db {

namespace {

// 1. The tables of the blog, as everybody knows them: a file that has them is taken as it is. What
// differs in a new file is AUTOINCREMENT, so that SQLite itself never gives an id out twice.
constexpr std::string_view tables = R"sql(
CREATE TABLE IF NOT EXISTS users (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	username VARCHAR(50) NOT NULL,
	email VARCHAR(120) NOT NULL,
	image_file VARCHAR(200),
	UNIQUE (username),
	UNIQUE (email)
);
CREATE INDEX IF NOT EXISTS ix_users_id ON users (id);
CREATE TABLE IF NOT EXISTS posts (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	title VARCHAR(100) NOT NULL,
	content TEXT NOT NULL,
	user_id INTEGER NOT NULL,
	date_posted DATETIME NOT NULL,
	FOREIGN KEY(user_id) REFERENCES users (id)
);
CREATE INDEX IF NOT EXISTS ix_posts_id ON posts (id);
CREATE INDEX IF NOT EXISTS ix_posts_user_id ON posts (user_id);
)sql";

// 2. What the triggers of sqlite/derived.cpp keep: per table how many rows there are and the
// highest id that was ever given out, per author how many posts.
constexpr std::string_view bookkeeping = R"sql(
CREATE TABLE blogd_totals (
	name TEXT NOT NULL PRIMARY KEY,
	row_count INTEGER NOT NULL,
	last_id INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO blogd_totals VALUES ('users', 0, 0), ('posts', 0, 0);
CREATE TABLE blogd_authors (
	user_id INTEGER NOT NULL PRIMARY KEY,
	posts INTEGER NOT NULL
);
)sql";

// 3. Places in the lists of posts, for deep pages (sqlite/marks.hpp).
constexpr std::string_view marks = R"sql(
CREATE TABLE blogd_marks (
	scope INTEGER NOT NULL,
	date_posted DATETIME NOT NULL,
	id INTEGER NOT NULL,
	posts INTEGER,
	PRIMARY KEY (scope, date_posted, id)
) WITHOUT ROWID;
)sql";

// 4. Accounts: passwords, logins, mails about forgotten passwords, pictures. The tokens' table is
// the tutorial's own, in a file that has it.
constexpr std::string_view accounts = R"sql(
CREATE TABLE IF NOT EXISTS password_reset_tokens (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	user_id INTEGER NOT NULL,
	token_hash VARCHAR(64) NOT NULL,
	expires_at DATETIME NOT NULL,
	created_at DATETIME NOT NULL,
	FOREIGN KEY(user_id) REFERENCES users (id),
	UNIQUE (token_hash)
);
CREATE INDEX IF NOT EXISTS ix_password_reset_tokens_user_id ON password_reset_tokens (user_id);
CREATE TABLE blogd_logins (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	user_id INTEGER NOT NULL,
	token_hash TEXT NOT NULL UNIQUE,
	kind INTEGER NOT NULL,
	device TEXT NOT NULL,
	created_at DATETIME NOT NULL,
	last_used_at DATETIME NOT NULL,
	expires_at DATETIME NOT NULL
);
CREATE INDEX blogd_logins_of_user ON blogd_logins (user_id, last_used_at);
CREATE TABLE blogd_outbox (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	user_id INTEGER NOT NULL UNIQUE,
	due_at DATETIME NOT NULL,
	attempts INTEGER NOT NULL DEFAULT 0,
	dead INTEGER NOT NULL DEFAULT 0,
	reason TEXT NOT NULL DEFAULT ''
);
CREATE INDEX blogd_outbox_due ON blogd_outbox (due_at);
CREATE TABLE blogd_pictures (
	name TEXT NOT NULL PRIMARY KEY,
	user_id INTEGER NOT NULL,
	bytes BLOB
);
CREATE INDEX blogd_pictures_of_user ON blogd_pictures (user_id);
)sql";
constexpr AddedColumn account_columns[] = {{"users", "password_hash", "VARCHAR(200)"},
                                           {"users", "disabled_at", "DATETIME"}};

constexpr Migration steps_of_this_program[] = {
    {1, "users and posts", tables},
    {2, "totals and ids", bookkeeping},
    {3, "marks for deep pages", marks},
    {4, "accounts", accounts, account_columns},
};

constexpr std::string_view record_table = R"sql(
CREATE TABLE IF NOT EXISTS blogd_migrations (
	number INTEGER NOT NULL PRIMARY KEY,
	name TEXT NOT NULL,
	applied_at DATETIME NOT NULL
);
)sql";

constexpr Query has_records{
    "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'blogd_migrations'"};
constexpr Query last_record{"SELECT coalesce(max(number), 0) FROM blogd_migrations"};
constexpr Query has_column{"SELECT count(*) FROM pragma_table_info(?1) WHERE name = ?2"};
constexpr Query add_record{"INSERT INTO blogd_migrations VALUES (?1, ?2, ?3)"};

void add_column(Connection& db, AddedColumn const& column) {
    if (db.number_or(0, has_column, column.table, column.name) != 0) return;
    db.script("ALTER TABLE " + std::string(column.table) + " ADD COLUMN " +
              std::string(column.name) + " " + std::string(column.type));
}

}  // namespace

std::span<Migration const> migrations() noexcept {
    return steps_of_this_program;
}

std::int64_t migrated_to(Connection& db) {
    if (db.number_or(0, has_records) == 0) return 0;
    return db.number_or(0, last_record);
}

void migrate(Connection& db, std::span<Migration const> steps, Clock const& clock, Log& log) {
    std::int64_t const done = migrated_to(db);
    for (Migration const& step : steps) {
        if (step.number <= done) continue;
        Transaction transaction(db);
        db.script(record_table);
        db.script(step.sql);
        for (auto const& column : step.columns)
            add_column(db, column);
        db.run(add_record, step.number, step.name, DateText(clock.wall()));
        transaction.commit();
        log.info("database: migration " + std::to_string(step.number) + ", " +
                 std::string(step.name));
    }
}

}  // namespace blog::db
