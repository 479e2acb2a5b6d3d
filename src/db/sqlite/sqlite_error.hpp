#pragma once
#include "db/database_error.hpp"

#include <string>

namespace blog::db {

// What SQLite could not do. `code` is its extended result code; sqlite3.h names them.
class SqliteError : public DatabaseError {
public:
    SqliteError(int code, std::string const& what) : DatabaseError(what), code_(code) {}
    int code() const noexcept { return code_; }
    int primary_code() const noexcept { return code_ & 0xff; }

private:
    int code_;
};

}  // namespace blog::db
