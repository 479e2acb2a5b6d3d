#include "db/sqlite/copy_source.hpp"

#include "db/database_error.hpp"
#include "db/owner_lock.hpp"
#include "db/sqlite/connection.hpp"
#include "db/sqlite/copy_folder.hpp"
#include "db/sqlite/copy_rows.hpp"
#include "db/sqlite/sqlite_error.hpp"

#include <filesystem>

namespace blog::db {

namespace {

constexpr auto busy_max = std::chrono::seconds(5);
constexpr std::size_t cache_bytes = 8u << 20;

std::string existing_file(std::string const& path) {
    std::error_code ec;
    auto const found = std::filesystem::canonical(path, ec);
    if (ec || std::filesystem::is_directory(found))
        throw DatabaseError("there is no database file " + path +
                            ": write the path of the one to copy from");
    return found;
}

// A writer, so that SQLite can end what a killed program began; it only ever reads.
std::unique_ptr<Connection> open(std::string const& path) {
    return explained("cannot read " + path, [&] {
        auto db = std::make_unique<Connection>(
            path, Connection::Options{.access = Connection::Access::read_write,
                                      .busy_max = busy_max,
                                      .cache_bytes = cache_bytes});
        db->script("PRAGMA query_only=ON");
        return db;
    });
}

class SqliteCopySource final : public CopySource {
public:
    SqliteCopySource(StoreOptions const& options, bool strict)
        : place_(existing_file(options.path)),
          folder_(options.media),
          lock_(place_),
          db_(open(place_)),
          snapshot_(*db_),
          reader_(*db_, place_, folder_, strict) {}

    std::string const& place() const noexcept override { return place_; }
    std::vector<FoundTable> find_tables() override {
        return explained("cannot read " + place_, [&] { return db::find_tables(*db_); });
    }
    void check_authors(CopyTable const& table) override {
        explained("cannot read " + place_, [&] { check_authors_of(table); });
    }
    CopyReader& reader() override { return reader_; }
    std::int64_t dates_respelled() const noexcept override { return reader_.dates_respelled(); }

private:
    void check_authors_of(CopyTable const& table);

    std::string const place_;
    CopyFolder const folder_;
    OwnerLock const lock_;
    std::unique_ptr<Connection> const db_;
    Snapshot const snapshot_;
    SqliteCopyReader reader_;
};

void SqliteCopySource::check_authors_of(CopyTable const& table) {
    if (table.find("user_id") == nullptr) return;
    Statement statement(db_->handle(),
                        "SELECT t.id, t.user_id FROM " + std::string(table.name) +
                            " t LEFT JOIN users u ON u.id = t.user_id WHERE u.id IS NULL"
                            " ORDER BY t.id LIMIT 1");
    Rows rows(statement);
    if (rows.next())
        refuse_row(table, rows.integer(0), "user_id",
                   "is " + std::string(rows.text(1)) + ", and there is no such user");
}

}  // namespace

std::unique_ptr<CopySource> open_sqlite_copy_source(StoreOptions const& options, bool strict) {
    return std::make_unique<SqliteCopySource>(options, strict);
}

}  // namespace blog::db
