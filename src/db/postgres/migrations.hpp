#pragma once
#include "log.hpp"

#include <string>

struct pg_conn;

namespace blog::db::postgres {

// Checks that the database is one that this program can use and brings its tables up to date, in
// one transaction that holds an advisory lock: any number of instances may do so at once. Throws
// DatabaseError with a sentence for the operator. Blocks; for the start of a program.
struct SchemaReport {
    bool empty = false;          // there was no blog in it
    std::string unknown_column;  // that a new row would have to fill: the blog is read only then
};
SchemaReport migrate(pg_conn* connection, Log& log);

// Makes what follows from users and posts anew (totals) and tells every instance that anything may
// have changed. Within a transaction of the caller's, after a load without triggers. Throws
// DatabaseError.
void rebuild_derived(pg_conn* connection);

}  // namespace blog::db::postgres
