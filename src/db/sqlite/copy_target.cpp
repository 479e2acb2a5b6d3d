#include "db/sqlite/copy_target.hpp"

#include "db/database_error.hpp"
#include "db/owner_lock.hpp"
#include "db/sqlite/connection.hpp"
#include "db/sqlite/copy_folder.hpp"
#include "db/sqlite/copy_pictures.hpp"
#include "db/sqlite/copy_rows.hpp"
#include "db/sqlite/copy_writer.hpp"
#include "db/sqlite/derived.hpp"
#include "db/sqlite/sqlite_error.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <utility>

namespace blog::db {

namespace {

namespace fs = std::filesystem;

constexpr auto busy_max = std::chrono::seconds(5);
// Dirty pages beyond this are written early, and may be written twice.
constexpr std::size_t cache_bytes = 32u << 20;

constexpr Query raise_total{"UPDATE blogd_totals SET last_id = max(last_id, ?2) WHERE name = ?1"};
constexpr Query raise_sequence{
    "UPDATE sqlite_sequence SET seq = max(seq, ?2) WHERE name = ?1 RETURNING 1"};
constexpr Query add_sequence{"INSERT INTO sqlite_sequence (name, seq) VALUES (?1, ?2)"};
constexpr Query has_autoincrement{
    "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1"
    " AND sql LIKE '%AUTOINCREMENT%'"};

// What the users have that are removed: whoever gets an id of theirs must not get their logins.
// Files of pictures that nobody has any more are swept at the next start.
constexpr char const* remove_logins = "DELETE FROM blogd_logins; DELETE FROM blogd_outbox";

class SqliteCopyTarget final : public CopyTarget {
public:
    SqliteCopyTarget(StoreOptions const& options, Clock const& clock, Log& log);
    ~SqliteCopyTarget() override;

    std::string const& place() const noexcept override { return place_; }
    void expect_pictures(std::span<PictureOwner const> owners) override {
        explained(writing(), [&] { db::expect_pictures(*db_, folder_, owners); });
    }
    void begin(std::span<CopyTable const> tables, bool replace) override;
    void begin_table(CopyTable const& table) override { writer_.emplace(*db_, table); }
    void write(CopyRow row) override { writer_->write(row); }
    void end_table() override { writer_.reset(); }
    PutPicture put_picture(std::int64_t user_id, std::string const& name,
                           std::string_view bytes) override {
        return explained(writing(),
                         [&] { return db::put_picture(*db_, folder_, user_id, name, bytes); });
    }
    std::int64_t count_pictures() override {
        return explained(writing(), [&] { return db::count_pictures(*db_); });
    }
    void finish(std::span<CopyTable const> tables, std::span<std::int64_t const> ids) override;
    CopyReader& reader() override { return *reader_; }
    void commit() override;

private:
    void make_empty(bool replace);
    void make_missing(CopyTable const& table);
    void raise_last_id(CopyTable const& table, std::int64_t last_id);
    std::string writing() const { return "cannot write " + place_; }

    bool const made_;
    bool committed_ = false;
    std::string place_;
    CopyFolder const folder_;
    std::optional<OwnerLock> lock_;
    std::unique_ptr<Connection> db_;
    std::optional<Transaction> transaction_;
    std::optional<SqliteCopyWriter> writer_;
    std::optional<SqliteCopyReader> reader_;
};

SqliteCopyTarget::SqliteCopyTarget(StoreOptions const& options, Clock const& clock, Log& log)
    : made_(!fs::exists(options.path)), folder_(options.media) {
    Generations generations;
    auto opening = options;
    if (!folder_.is_there()) opening.media.clear();  // it is made for a picture only
    open_store(opening, clock, log, generations)->close();
    place_ = fs::canonical(options.path);
    lock_.emplace(place_);
    explained(writing(), [&] {
        db_ = std::make_unique<Connection>(
            place_, Connection::Options{.access = Connection::Access::read_write,
                                        .busy_max = busy_max,
                                        .cache_bytes = cache_bytes});
        // What is added to a file is written once with a rollback journal, twice with a log. When
        // another program has the file open the log stays, and does as well.
        db_->script("PRAGMA journal_mode=DELETE; PRAGMA synchronous=EXTRA");
        reader_.emplace(*db_, place_, folder_, false);
    });
}

SqliteCopyTarget::~SqliteCopyTarget() {
    writer_.reset();
    transaction_.reset();
    if (!committed_) forget_expected(*db_, folder_);
    reader_.reset();
    db_.reset();
    if (!made_ || committed_) return;
    std::error_code ignored;
    for (auto const* const suffix : {"", "-wal", "-shm", "-journal"})
        fs::remove(place_ + suffix, ignored);
}

void SqliteCopyTarget::begin(std::span<CopyTable const> tables, bool replace) {
    explained(writing(), [&] {
        transaction_.emplace(*db_);
        drop_derived(*db_);
        make_empty(replace);
        for (auto const& table : tables)
            make_missing(table);
    });
}

// Tables of later parts as well, also when the source has none: their rows belong to users.
void SqliteCopyTarget::make_empty(bool replace) {
    db_->script(remove_logins);
    disown_pictures(*db_);
    auto const known = known_tables();
    for (auto table = known.rbegin(); table != known.rend(); ++table) {
        std::string const name(table->name);
        if (!has_table(*db_, name)) continue;
        if (replace) {
            run_once(*db_, "DELETE FROM " + name);
        } else if (number_once(*db_, "SELECT EXISTS (SELECT 1 FROM " + name + ")") != 0) {
            throw DatabaseError(place_ + " has " + name +
                                " already: say --replace to remove what is there, or copy to "
                                "another file");
        }
    }
}

void SqliteCopyTarget::make_missing(CopyTable const& table) {
    auto const found = find_tables(*db_);
    auto const there = std::ranges::find(found, table.name, &FoundTable::name);
    check_target_table(table, *there, place_);
    for (auto const& column : table.columns)
        if (std::ranges::find(there->columns, column.name, &FoundColumn::name) ==
            there->columns.end())
            db_->script("ALTER TABLE " + std::string(table.name) + " ADD COLUMN " +
                        column.definition());
}

void SqliteCopyTarget::finish(std::span<CopyTable const> tables,
                              std::span<std::int64_t const> last_ids) {
    explained(writing(), [&] {
        spare_missing(*db_);
        make_derived_again(*db_);
        for (std::size_t i = 0; i < tables.size(); ++i)
            raise_last_id(tables[i], last_ids[i]);
    });
}

void SqliteCopyTarget::raise_last_id(CopyTable const& table, std::int64_t last_id) {
    db_->run(raise_total, table.name, last_id);
    if (db_->number_or(0, has_autoincrement, table.name) != 1) return;
    if (db_->number_or(0, raise_sequence, table.name, last_id) == 1) return;
    db_->run(add_sequence, table.name, last_id);
}

void SqliteCopyTarget::commit() {
    explained(writing(), [&] {
        transaction_->commit();
        committed_ = true;
        db_->script("PRAGMA journal_mode=WAL");
    });
}

}  // namespace

std::unique_ptr<CopyTarget> open_sqlite_copy_target(StoreOptions const& options, Clock const& clock,
                                                    Log& log) {
    return std::make_unique<SqliteCopyTarget>(options, clock, log);
}

}  // namespace blog::db
