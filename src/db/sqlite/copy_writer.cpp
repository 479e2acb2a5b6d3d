#include "db/sqlite/copy_writer.hpp"

#include "db/sqlite/sqlite_error.hpp"

namespace blog::db {

namespace {

std::string insert_into(CopyTable const& table) {
    std::string places;
    for (std::size_t i = 1; i <= table.columns.size(); ++i)
        places.append(i == 1 ? "?" : ", ?").append(std::to_string(i));
    return "INSERT INTO " + std::string(table.name) + " (" + table.column_list() + ") VALUES (" +
           places + ")";
}

}  // namespace

SqliteCopyWriter::SqliteCopyWriter(Connection& db, CopyTable const& table)
    : table_(table), insert_(db.handle(), insert_into(table)) {}

void SqliteCopyWriter::write(CopyRow row) {
    try {
        Rows run(insert_);
        for (std::size_t i = 0; i < row.size(); ++i)
            bind(run, row, i);
        run.finish();
    } catch (SqliteError const& e) {
        throw DatabaseError("the target does not take " + std::string(table_.name) + " " +
                            std::to_string(row[0].number) + ": " + e.what());
    }
}

void SqliteCopyWriter::bind(Rows& run, CopyRow row, std::size_t column) const {
    auto const& value = row[column];
    int const place = static_cast<int>(column) + 1;
    switch (value.is) {
        case CopyValue::Is::null:
            return run.bind(place, nullptr);
        case CopyValue::Is::integer:
            return run.bind(place, value.number);
        case CopyValue::Is::text:
            return run.bind(place, value.text);
        case CopyValue::Is::date:
            break;
    }
    SysTime const time{std::chrono::microseconds(value.number)};
    DateText const date(time);
    if (parse_date(date.view()) != time)
        refuse_row(table_, row[0].number, table_.columns[column].name,
                   "is a date outside the years 0 to 9999");
    run.bind(place, date);
}

}  // namespace blog::db
