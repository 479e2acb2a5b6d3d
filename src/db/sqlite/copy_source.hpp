#pragma once
#include "db/copy_ends.hpp"

namespace blog::db {

// A database file, which nobody writes meanwhile: throws DatabaseError when a server runs on it.
std::unique_ptr<CopySource> open_sqlite_copy_source(std::string const& path, bool strict);

}  // namespace blog::db
