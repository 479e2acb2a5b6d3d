#pragma once
#include "db/copy_tables.hpp"
#include "db/sqlite/connection.hpp"

#include <string>

namespace blog::db {

// Adds rows to one table of a file. The connection, which is in a transaction, and the table
// outlive this.
class SqliteCopyWriter {
public:
    SqliteCopyWriter(Connection& db, CopyTable const& table);
    // Throws DatabaseError, with the row's id, when the file does not take it.
    void write(CopyRow row);

private:
    void bind(Rows& run, CopyRow row, std::size_t column) const;

    CopyTable const& table_;
    Statement insert_;
};

}  // namespace blog::db
