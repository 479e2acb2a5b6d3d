#include "db/postgres/copy_target.hpp"

#include "db/database_error.hpp"
#include "db/postgres/blocking.hpp"
#include "db/postgres/copy_pictures.hpp"
#include "db/postgres/copy_rows.hpp"
#include "db/postgres/copy_schema.hpp"
#include "db/postgres/copy_stream.hpp"
#include "db/postgres/migrations.hpp"

#include <algorithm>
#include <optional>

namespace blog::db::postgres {

namespace {

class PostgresCopyTarget final : public CopyTarget {
public:
    PostgresCopyTarget(std::string const& url, Log& log) : to_(url, "read-write") {
        migrate(connection(), log);
    }

    std::string const& place() const noexcept override { return to_.place; }
    void expect_pictures(std::span<PictureOwner const>) override {}  // all in the transaction
    void begin(std::span<CopyTable const> tables, bool replace) override;
    void begin_table(CopyTable const& table) override {
        stream_.emplace(connection(), table, types_of(table, columns_, place()));
    }
    void write(CopyRow row) override { stream_->add(row); }
    void end_table() override {
        stream_->end();
        stream_.reset();
    }
    PutPicture put_picture(std::int64_t user_id, std::string const& name,
                           std::string_view bytes) override {
        return postgres::put_picture(connection(), user_id, name, bytes);
    }
    std::int64_t count_pictures() override {
        return std::stoll(value(connection(), "SELECT count(*) FROM blogd_pictures"));
    }
    void finish(std::span<CopyTable const> tables, std::span<std::int64_t const> ids) override;
    CopyReader& reader() override { return reader_; }
    void commit() override;

private:
    PGconn* connection() const noexcept { return to_.connection.get(); }
    bool has(std::string_view table, std::string_view column = "id") const;
    void lock_tables();
    bool has_rows(std::string const& table) const;
    void remove_rows();
    void make_missing(CopyTable const& table);
    void set_aside();
    void switch_triggers(char const* how);
    void raise_last_id(CopyTable const& table, std::int64_t last_id);

    CopyConnection const to_;
    PostgresCopyReader reader_{to_.connection.get()};
    std::vector<StoredColumn> columns_;
    std::vector<std::string> put_aside_;  // how to make again what set_aside() dropped
    std::optional<CopyStream> stream_;
};

bool PostgresCopyTarget::has(std::string_view table, std::string_view column) const {
    return std::ranges::any_of(
        columns_, [&](StoredColumn const& c) { return c.table == table && c.name == column; });
}

void PostgresCopyTarget::begin(std::span<CopyTable const> tables, bool replace) {
    run(connection(), "BEGIN");
    columns_ = stored_columns(connection());
    lock_tables();
    // Tables of later parts as well, also when the source has none: their rows belong to users.
    bool empty = true;
    for (auto const& table : known_tables()) {
        if (!has(table.name) || !has_rows(std::string(table.name))) continue;
        empty = false;
        if (!replace)
            throw DatabaseError(place() + " has " + std::string(table.name) +
                                " already: say --replace to remove what is there, or copy to "
                                "another database");
    }
    switch_triggers("DISABLE");
    remove_rows();
    for (auto const& table : tables)
        make_missing(table);
    if (empty) set_aside();
    columns_ = stored_columns(connection());
    for (auto const& found : found_tables(columns_))
        for (auto const& table : tables)
            if (table.name == found.name) check_target_table(table, found, place());
}

// Others go on reading, but do not write.
void PostgresCopyTarget::lock_tables() {
    std::string names;
    for (auto const& table : known_tables())
        if (has(table.name)) names.append(names.empty() ? "" : ", ").append(table.name);
    run(connection(), "LOCK TABLE " + names + " IN SHARE ROW EXCLUSIVE MODE");
}

bool PostgresCopyTarget::has_rows(std::string const& table) const {
    return value(connection(), "SELECT EXISTS (SELECT FROM " + table + ")") == "t";
}

// The triggers that would remove what was the users' are off: whoever gets an id of theirs must not
// get their logins.
void PostgresCopyTarget::remove_rows() {
    for (std::string const table : {"blogd_logins", "blogd_outbox", "blogd_pictures"})
        run(connection(), "DELETE FROM " + table);
    auto const known = known_tables();
    for (auto table = known.rbegin(); table != known.rend(); ++table)
        if (has(table->name)) run(connection(), "DELETE FROM " + std::string(table->name));
}

// Indexes and foreign keys cost half the time when they are made once, from all rows. Others cannot
// even read meanwhile, so this is for a database in which there is nothing to read.
void PostgresCopyTarget::set_aside() {
    for (auto const& [drop, make] : droppable(connection())) {
        run(connection(), drop);
        put_aside_.push_back(make);
    }
}

void PostgresCopyTarget::make_missing(CopyTable const& table) {
    for (auto const& column : table.columns)
        if (!has(table.name, column.name))
            run(connection(),
                "ALTER TABLE " + std::string(table.name) + " ADD COLUMN " + column.definition());
}

// blogd's own: what they keep is made anew at the end.
void PostgresCopyTarget::switch_triggers(char const* how) {
    auto const triggers = rows(connection(),
                               "SELECT t.tgrelid::regclass, quote_ident(t.tgname)"
                               " FROM pg_catalog.pg_trigger t"
                               " WHERE t.tgrelid IN (to_regclass('users'), to_regclass('posts'))"
                               " AND NOT t.tgisinternal AND t.tgname LIKE 'blogd\\_%'");
    for (auto const& trigger : triggers)
        run(connection(), "ALTER TABLE " + trigger[0] + " " + how + " TRIGGER " + trigger[1]);
}

void PostgresCopyTarget::finish(std::span<CopyTable const> tables,
                                std::span<std::int64_t const> last_ids) {
    for (auto const& make : put_aside_)
        run(connection(), make);
    switch_triggers("ENABLE");
    rebuild_derived(connection());
    for (std::size_t i = 0; i < tables.size(); ++i) {
        raise_last_id(tables[i], last_ids[i]);
        run(connection(), "ANALYZE " + std::string(tables[i].name));
    }
}

// ALTER SEQUENCE, unlike setval(), is undone with the transaction.
void PostgresCopyTarget::raise_last_id(CopyTable const& table, std::int64_t last_id) {
    auto const sequence = id_sequence(connection(), table);
    if (sequence.empty()) return;
    last_id = std::max(last_id, reader_.last_id(table));
    run(connection(),
        "ALTER SEQUENCE " + sequence + " RESTART WITH " + std::to_string(last_id + 1));
}

void PostgresCopyTarget::commit() {
    try {
        run(connection(), "COMMIT");
    } catch (DatabaseError const& e) {
        if (PQstatus(connection()) == CONNECTION_OK) throw;
        throw DatabaseError("the connection was lost while all of it was committed (" +
                            std::string(e.what()) + "): look whether the posts are in " + place() +
                            ", and copy again when they are not");
    }
}

}  // namespace

std::unique_ptr<CopyTarget> open_copy_target(std::string const& url, Log& log) {
    return std::make_unique<PostgresCopyTarget>(url, log);
}

}  // namespace blog::db::postgres
