#pragma once
#include "db/postgres/link.hpp"
#include "db/postgres/target.hpp"

#include <chrono>
#include <string>
#include <vector>

// libpq as it comes, for the start of a program and for its tools. All of these block, and throw
// DatabaseError.
namespace blog::db::postgres {

// Waits up to `patience` for a server that is not there yet, or that is only starting up.
ConnectionPtr connect_blocking(Target const& target, std::chrono::milliseconds host_timeout,
                               std::chrono::milliseconds patience);

// Runs one statement or several.
void run(PGconn* connection, std::string const& sql);
// The rows of a query as text, null as "".
std::vector<std::vector<std::string>> rows(PGconn* connection, std::string const& sql);
// The first column of the first row.
std::string value(PGconn* connection, std::string const& sql);

}  // namespace blog::db::postgres
