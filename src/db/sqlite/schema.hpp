#pragma once
#include <string>

namespace blog::db {

class Connection;

// What was found out about a file before anything in it was changed.
struct SchemaReport {
    bool empty = false;  // no table at all: a new file
    // "users.password_hash" when a table has a column that must be filled and that this program
    // knows nothing about: such a file can be read, but not written.
    std::string unknown_column;
};

// Throws DatabaseError, with `path` in its sentence, when the file belongs to another program,
// lacks a table or a column, or was written by a newer blogd. Reads only.
SchemaReport check_schema(Connection& db, std::string const& path);

}  // namespace blog::db
