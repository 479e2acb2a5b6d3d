#include "db/sqlite/copy_rows.hpp"

#include "db/sqlite/connection.hpp"
#include "db/sqlite/date_text.hpp"

#include <sqlite3.h>

#include <algorithm>

namespace blog::db {

namespace {

constexpr Query all_columns{
    "SELECT s.name, c.name, c.\"notnull\" AND c.dflt_value IS NULL AND NOT c.pk"
    " FROM sqlite_schema s, pragma_table_xinfo(s.name) c WHERE s.type = 'table'"
    " ORDER BY s.name, c.cid"};
constexpr Query table_named{"SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1"};
constexpr Query last_total{"SELECT last_id FROM blogd_totals WHERE name = ?1"};
constexpr Query last_sequence{"SELECT max(seq) FROM sqlite_sequence WHERE name = ?1"};

// For a message: short, and one line.
std::string excerpt(std::string_view text) {
    constexpr std::size_t size_max = 40;
    std::string out(text.substr(0, size_max));
    std::ranges::replace_if(
        out, [](unsigned char c) { return c < ' ' || c > '~'; }, '?');
    return "'" + out + (text.size() > size_max ? "...'" : "'");
}

char const* name_of_type(int type) noexcept {
    switch (type) {
        case SQLITE_INTEGER:
            return "an integer";
        case SQLITE_FLOAT:
            return "a real number";
        case SQLITE_BLOB:
            return "a blob";
        default:
            return "a text";
    }
}

// Reads the rows of one table into values, each of the kind that its column has everywhere.
class RowReader {
public:
    RowReader(CopyTable const& table, bool strict) : table_(table), strict_(strict) {
        row_.resize(table.columns.size());
    }

    CopyRow read(Rows const& rows) {
        for (std::size_t i = 0; i < row_.size(); ++i)
            row_[i] = value(rows, static_cast<int>(i));
        return row_;
    }
    std::int64_t dates_respelled() const noexcept { return dates_respelled_; }

private:
    [[noreturn]] void refuse(int column, std::string const& reason) const {
        // The id is the first value; when that is what is wrong, there is none to name.
        bool const has_id = row_[0].is == CopyValue::Is::integer;
        refuse_row(table_, has_id ? row_[0].number : 0,
                   table_.columns[static_cast<std::size_t>(column)].name, reason);
    }

    CopyValue value(Rows const& rows, int column) {
        int const type = rows.type(column);
        if (type == SQLITE_NULL) return {};
        auto const kind = table_.columns[static_cast<std::size_t>(column)].kind;
        if (type != (kind == CopyKind::integer ? SQLITE_INTEGER : SQLITE_TEXT))
            refuse(column, std::string("is stored as ") + name_of_type(type) + ", not as " +
                               (kind == CopyKind::integer ? "an integer" : "a text"));
        switch (kind) {
            case CopyKind::integer:
                return {CopyValue::Is::integer, rows.integer(column)};
            case CopyKind::date:
                return {CopyValue::Is::date, date(column, rows.text(column))};
            case CopyKind::text:
                break;
        }
        return {CopyValue::Is::text, 0, rows.text(column)};
    }

    std::int64_t date(int column, std::string_view text) {
        auto const time = parse_date(text);
        if (!time) refuse(column, "is " + excerpt(text) + ", which is no date");
        if (DateText(*time).view() != text) {
            if (strict_)
                refuse(column, "is " + excerpt(text) +
                                   ", a spelling that would change (and --strict was said)");
            ++dates_respelled_;
        }
        return time->time_since_epoch().count();
    }

    CopyTable const& table_;
    bool const strict_;
    std::vector<CopyValue> row_;
    std::int64_t dates_respelled_ = 0;
};

}  // namespace

std::vector<FoundTable> find_tables(Connection& db) {
    std::vector<FoundTable> tables;
    auto rows = db.rows(all_columns);
    while (rows.next()) {
        auto const table = rows.text(0);
        if (belongs_to_a_store(table)) continue;
        if (tables.empty() || tables.back().name != table)
            tables.push_back({std::string(table), {}});
        tables.back().columns.push_back({std::string(rows.text(1)), rows.integer(2) != 0});
    }
    return tables;
}

bool has_table(Connection& db, std::string_view name) {
    return db.number_or(0, table_named, name) == 1;
}

void run_once(Connection& db, std::string const& sql) {
    Statement statement(db.handle(), sql);
    Rows(statement).finish();
}

std::int64_t number_once(Connection& db, std::string const& sql) {
    Statement statement(db.handle(), sql);
    Rows rows(statement);
    return rows.next() ? rows.integer(0) : 0;
}

std::int64_t SqliteCopyReader::count(CopyTable const& table) {
    return explained("cannot read " + place_, [&] {
        return number_once(db_, "SELECT count(*) FROM " + std::string(table.name));
    });
}

std::int64_t SqliteCopyReader::last_id(CopyTable const& table) {
    return explained("cannot read " + place_, [&] {
        auto last = number_once(db_, "SELECT coalesce(max(id), 0) FROM " + std::string(table.name));
        if (has_table(db_, "blogd_totals"))
            last = std::max(last, db_.number_or(0, last_total, table.name));
        if (has_table(db_, "sqlite_sequence"))
            last = std::max(last, db_.number_or(0, last_sequence, table.name));
        return last;
    });
}

void SqliteCopyReader::read(CopyTable const& table, CopySink const& sink) {
    explained("cannot read " + place_, [&] {
        Statement statement(db_.handle(), "SELECT " + table.column_list() + " FROM " +
                                              std::string(table.name) + " ORDER BY id");
        Rows rows(statement);
        RowReader reader(table, strict_);
        while (rows.next())
            sink(reader.read(rows));
        dates_respelled_ += reader.dates_respelled();
    });
}

}  // namespace blog::db
