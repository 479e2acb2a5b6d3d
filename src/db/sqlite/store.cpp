#include "db/sqlite/store.hpp"

#include "db/owner_lock.hpp"
#include "db/sqlite/accounts.hpp"
#include "db/sqlite/change_watch.hpp"
#include "db/sqlite/checkpointer.hpp"
#include "db/sqlite/connection.hpp"
#include "db/sqlite/derived.hpp"
#include "db/sqlite/marks.hpp"
#include "db/sqlite/migrations.hpp"
#include "db/sqlite/outbox.hpp"
#include "db/sqlite/pictures.hpp"
#include "db/sqlite/posts.hpp"
#include "db/sqlite/reader.hpp"
#include "db/sqlite/schema.hpp"
#include "db/sqlite/session.hpp"
#include "db/sqlite/sqlite_error.hpp"
#include "db/sqlite/users.hpp"
#include "db/sqlite/write_queue.hpp"
#include "unique_fd.hpp"

#include <sqlite3.h>

#include <fcntl.h>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

namespace blog::db {

namespace {

namespace fs = std::filesystem;

// blog.db: one writing connection on a thread of its own, one reading connection a loop. In memory
// there is one connection in all, and its mutex makes everybody take turns.
class SqliteStore final : public Store {
public:
    SqliteStore(StoreOptions const& options, Clock const& clock, Log& log,
                Generations& generations);
    ~SqliteStore() override { close(); }

    std::unique_ptr<SessionPool> open_sessions(asio::any_io_executor loop) override;
    void close() override;
    std::string name() const override { return options_.path; }
    StoreMetrics metrics() const override { return queue_->metrics(); }

private:
    void prepare_file(Clock const& clock);
    void sweep_all_pictures();
    void use_write_ahead_log();
    std::shared_ptr<Reader> open_reader(asio::any_io_executor loop);

    StoreOptions const options_;
    Log& log_;
    Generations& generations_;
    bool const in_memory_;
    PictureFolder const pictures_;
    std::string path_;      // absolute, links followed
    bool writable_ = true;  // false: the tables want something that we cannot fill
    bool closed_ = false;
    std::optional<OwnerLock> lock_;
    std::unique_ptr<Connection> writer_;
    std::optional<Checkpointer> checkpointer_;
    std::optional<ChangeWatch> watch_;  // none in memory: nobody else is there
    std::optional<MarkKeeper> marks_;
    std::optional<WriteQueue> queue_;
};

constexpr Query write_ahead_log{"PRAGMA journal_mode=WAL"};

// Looks at the folder and the names only: opening the file here would drop SQLite's locks later.
std::string check_place(std::string const& given) {
    std::error_code ec;
    fs::path const path = fs::weakly_canonical(fs::absolute(given, ec), ec);
    if (given.empty() || ec) throw DatabaseError("cannot use the database path '" + given + "'");
    if (fs::is_directory(path, ec))
        throw DatabaseError(path.string() + " is a folder, not a database");
    if (!fs::is_directory(path.parent_path(), ec))
        throw DatabaseError("cannot open " + path.string() + ": there is no folder " +
                            path.parent_path().string());
    // SQLite would silently delete a log that has lost its database.
    bool const there = fs::exists(path, ec) && fs::file_size(path, ec) > 0;
    fs::path const log = path.string() + "-wal";
    if (!there && fs::exists(log, ec) && fs::file_size(log, ec) > 0)
        throw DatabaseError(log.string() + " is there without its database " + path.string() +
                            ": put the database back beside it, or move the log away as well");
    return path.string();
}

// A new file is for its owner alone: it will hold password hashes. SQLite's log has the same mode.
void make_private(std::string const& path) {
    UniqueFd const made(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
}

// What an operator can do about it, where we know.
std::string explain(std::string const& path, SqliteError const& e) {
    std::string const what = std::string(" (") + e.what() + ")";
    switch (e.primary_code()) {
        case SQLITE_NOTADB:
            return path + " is not a database: it is a file of another kind";
        case SQLITE_CORRUPT:
            return path + " is damaged: restore a backup" + what;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return path + " is in use by another program: close that one first" + what;
        case SQLITE_FULL:
            return "no space left on the disk for " + path;
        case SQLITE_CANTOPEN:
        case SQLITE_PERM:
        case SQLITE_READONLY:
            return "no permission to read and write " + path + " and to make files in its folder" +
                   what;
        case SQLITE_IOERR:
            return "the disk does not read or write " + path + what;
        default:
            return "cannot open " + path + ": " + e.what();
    }
}

// The bug that our single writer avoids: fixed in 3.51.3, and in 3.50.7 and 3.44.6 of the old
// lines.
bool has_wal_reset_bug(int version) noexcept {
    bool const repaired = version >= 3'051'003 || (version >= 3'050'007 && version < 3'051'000) ||
                          (version >= 3'044'006 && version < 3'045'000);
    return !repaired;
}

void prepare_reads(Connection& db) {
    for (auto const reads : {user_reads(), post_reads(), mark_reads(), account_reads(),
                             outbox_reads(), picture_reads()})
        db.prepare(reads);
}

SqliteStore::SqliteStore(StoreOptions const& options, Clock const& clock, Log& log,
                         Generations& generations)
    : options_(options),
      log_(log),
      generations_(generations),
      in_memory_(options.path == ":memory:"),
      pictures_(options.media),
      path_(options.path) {
    if (!in_memory_) {
        path_ = check_place(options.path);
        lock_.emplace(path_);
    }
    if (!in_memory_) make_private(path_);
    try {
        writer_ = std::make_unique<Connection>(
            path_, Connection::Options{.access = Connection::Access::read_write,
                                       .busy_max = options.writer_busy_max,
                                       .cache_bytes = options.writer_cache_bytes});
        prepare_file(clock);
    } catch (SqliteError const& e) {
        throw DatabaseError(explain(path_, e));
    }
    checkpointer_.emplace(*writer_,
                          Checkpointer::Limits{.pages_idle = options.checkpoint_pages_idle,
                                               .pages_busy = options.checkpoint_pages_busy});
    if (!in_memory_) watch_.emplace(*writer_, generations);
    marks_.emplace(*writer_);
    queue_.emplace(*writer_,
                   Upkeep{.checkpointer = *checkpointer_,
                          .watch = watch_ ? &*watch_ : nullptr,
                          .marks = &*marks_},
                   generations,
                   WriteLimits{.queue_max = options.write_queue_max,
                               .queue_bytes_max = options.write_queue_bytes_max,
                               .group_rows_max = options.group_rows_max,
                               .group_bytes_max = options.group_bytes_max},
                   log);
}

// Nothing in the file changes before it is known to be ours.
void SqliteStore::prepare_file(Clock const& clock) {
    if (!writer_->writable()) throw DatabaseError("no permission to write " + path_);
    writer_->keep_log_at_close();
    auto const report = check_schema(*writer_, path_);
    writer_->keep_log_at_close(false);
    if (!in_memory_) use_write_ahead_log();
    migrate(*writer_, migrations(), clock, log_);
    ensure_derived(*writer_, log_);
    sweep_all_pictures();
    prepare_reads(*writer_);
    if (report.empty) log_.info("database: new, " + path_);
    writable_ = report.unknown_column.empty();
    if (!writable_)
        log_.warning(
            "database: every write is refused, because this program does not know how to "
            "fill " +
            report.unknown_column + " of " + path_);
    if (!in_memory_ && has_wal_reset_bug(sqlite3_libversion_number()))
        log_.info(std::string("database: SQLite ") + sqlite3_libversion() +
                  " may lose commits when two connections write or checkpoint; blogd has only one "
                  "that does, so keep other programs off the file while it runs");
}

// What an end without warning left behind.
void SqliteStore::sweep_all_pictures() {
    Transaction transaction(*writer_);
    sweep_pictures(*writer_, pictures_, std::nullopt);
    transaction.commit();
}

void SqliteStore::use_write_ahead_log() {
    bool used = false;
    {
        auto mode = writer_->rows(write_ahead_log);
        used = mode.next() && mode.text(0) == "wal";
    }
    if (!used)
        throw DatabaseError("the file system of " + path_ +
                            " cannot share memory between connections: use a local disk");
    writer_->script(
        "PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0;"
        "PRAGMA journal_size_limit=" +
        std::to_string(options_.log_bytes_kept));
}

std::shared_ptr<Reader> SqliteStore::open_reader(asio::any_io_executor loop) {
    if (in_memory_) return std::make_shared<Reader>(*writer_, generations_, std::move(loop));
    try {
        auto own = std::make_unique<Connection>(
            path_, Connection::Options{.access = Connection::Access::read_only,
                                       .busy_max = options_.reader_busy_max,
                                       .cache_bytes = options_.reader_cache_bytes});
        prepare_reads(*own);
        return std::make_shared<Reader>(std::move(own), generations_, std::move(loop));
    } catch (SqliteError const& e) {
        throw DatabaseError(explain(path_, e));
    }
}

std::unique_ptr<SessionPool> SqliteStore::open_sessions(asio::any_io_executor loop) {
    auto reader = open_reader(loop);
    std::vector<std::unique_ptr<SqliteSession>> sessions;
    for (std::size_t i = 0; i < options_.sessions_per_loop; ++i)
        sessions.push_back(
            std::make_unique<SqliteSession>(*reader, writable_ ? &*queue_ : nullptr, pictures_));
    return std::make_unique<SqliteSessionPool>(std::move(reader), options_.session_wait_max,
                                               std::move(loop), std::move(sessions),
                                               options_.session_waiters_max);
}

// Sessions may outlive this: their writes are `unavailable`, their reads go on.
void SqliteStore::close() {
    if (!queue_ || std::exchange(closed_, true)) return;
    queue_->close();
    if (in_memory_) return;
    try {
        if (!queue_->broken()) checkpointer_->finish();
    } catch (SqliteError const& e) {
        log_.error("database: the log stays beside " + path_ + " for the next start: " + e.what());
        writer_->keep_log_at_close();
    }
    checkpointer_.reset();
    writer_.reset();
    lock_.reset();
}

}  // namespace

std::unique_ptr<Store> open_sqlite_store(StoreOptions const& options, Clock const& clock, Log& log,
                                         Generations& generations) {
    return std::make_unique<SqliteStore>(options, clock, log, generations);
}

}  // namespace blog::db
