#pragma once
#include "db/copy_tables.hpp"
#include "db/postgres/copy_format.hpp"

#include <libpq-fe.h>
#include <string>
#include <string_view>
#include <vector>

// What both ends of a copy know about the tables of a database. All of it blocks and throws
// DatabaseError.
namespace blog::db::postgres {

struct StoredColumn {
    std::string table, name, type;  // the type as pg_type names it
    int chars_max = 0;
    bool not_null = false, has_default = false;
};

// The columns of the tables in the first schema of the search path, table by table, without the
// tables of extensions.
std::vector<StoredColumn> stored_columns(PGconn* connection);
// The same by table, without what belongs to the store itself.
std::vector<FoundTable> found_tables(std::vector<StoredColumn> const& columns);
// The types of the table's columns. Throws when one is of a kind that cannot be copied.
std::vector<ColumnType> types_of(CopyTable const& table, std::vector<StoredColumn> const& columns,
                                 std::string const& place);

// What can be dropped from the tables of a blog and made again: indexes and foreign keys, in the
// order of making them.
struct Droppable {
    std::string drop, make;
};
std::vector<Droppable> droppable(PGconn* connection);

// The sequence that gives out the table's ids, ready for SQL text; "": there is none.
std::string id_sequence(PGconn* connection, CopyTable const& table);

}  // namespace blog::db::postgres
