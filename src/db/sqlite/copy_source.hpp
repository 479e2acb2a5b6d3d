#pragma once
#include "db/copy_ends.hpp"

namespace blog::db {

// A database file, which nobody writes meanwhile: throws DatabaseError when a server runs on it.
// Its pictures are files below `media`, or in it.
std::unique_ptr<CopySource> open_sqlite_copy_source(StoreOptions const& options, bool strict);

}  // namespace blog::db
