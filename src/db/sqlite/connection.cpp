#include "db/sqlite/connection.hpp"

#include "db/sqlite/sqlite_error.hpp"

#include <sqlite3.h>

namespace blog::db {

namespace {

constexpr Query begin_read{"BEGIN"};
constexpr Query begin_write{"BEGIN IMMEDIATE"};
constexpr Query commit_it{"COMMIT"};
constexpr Query roll_back{"ROLLBACK"};

// SQLite's own count of the memory that it uses, which nobody asks for, takes a lock at each
// allocation. Said before it is first used; later it is not heard.
void configure_once() noexcept {
    static int const done = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    static_cast<void>(done);
}

// Ends a transaction where an exception cannot leave. A failed ROLLBACK leaves nothing behind that
// a failed step has not told already.
void end_quietly(Connection& db) noexcept {
    if (!db.in_transaction()) return;
    try {
        db.run(roll_back);
    } catch (...) {
    }
}

}  // namespace

Connection::Connection(std::string const& path, Options options) {
    configure_once();
    bool const writer = options.access == Access::read_write;
    // No mutex of SQLite's own: ours covers more (a run, a transaction).
    int const flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                      (writer ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY);
    int const code = sqlite3_open_v2(path.c_str(), &db_, flags, nullptr);
    if (code != SQLITE_OK) {
        std::string const what = db_ != nullptr ? sqlite3_errmsg(db_) : "out of memory";
        sqlite3_close(db_);
        throw SqliteError(code, what);
    }
    try {
        sqlite3_busy_timeout(db_, static_cast<int>(options.busy_max.count()));
        if (!writer) keep_log_at_close();
        script("PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF;");
        script("PRAGMA cache_size=-" + std::to_string(options.cache_bytes / 1024));
        if (!writer) script("PRAGMA query_only=ON");
    } catch (...) {
        sqlite3_close(db_);
        throw;
    }
}

Connection::~Connection() {
    statements_.clear();
    int const code = sqlite3_close(db_);
    BLOG_ASSERT(code == SQLITE_OK);  // anything else: a statement is still there
}

Statement& Connection::statement(Query const& query) {
    auto& slot = statements_[&query];
    if (!slot) slot = std::make_unique<Statement>(db_, query.sql);
    return *slot;
}

void Connection::prepare(std::span<Query const* const> queries) {
    for (Query const* const query : queries)
        statement(*query);
}

void Connection::script(std::string_view sql) {
    std::string const text(sql);
    char* message = nullptr;
    int const code = sqlite3_exec(db_, text.c_str(), nullptr, nullptr, &message);
    if (code == SQLITE_OK) return;
    std::string what = message != nullptr ? message : sqlite3_errstr(code);
    sqlite3_free(message);
    throw SqliteError(code, what);
}

std::int64_t Connection::changes() const noexcept {
    return sqlite3_changes64(db_);
}

bool Connection::in_transaction() const noexcept {
    return sqlite3_get_autocommit(db_) == 0;
}

bool Connection::writable() const noexcept {
    return sqlite3_db_readonly(db_, "main") == 0;
}

void Connection::keep_log_at_close(bool keep) noexcept {
    sqlite3_db_config(db_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep ? 1 : 0, nullptr);
}

Snapshot::Snapshot(Connection& db) : db_(db), joined_(db.in_transaction()) {
    if (!joined_) db_.run(begin_read);
}
Snapshot::~Snapshot() {
    if (!joined_) end_quietly(db_);
}

Transaction::Transaction(Connection& db) : db_(db) {
    db_.run(begin_write);
}
Transaction::~Transaction() {
    end_quietly(db_);
}
void Transaction::commit() {
    db_.run(commit_it);
}

}  // namespace blog::db
