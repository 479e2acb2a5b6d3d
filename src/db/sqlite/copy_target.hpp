#pragma once
#include "db/copy_ends.hpp"

namespace blog::db {

// A database file; made when it is missing, and then removed again unless the copy is committed.
std::unique_ptr<CopyTarget> open_sqlite_copy_target(StoreOptions const& options, Clock const& clock,
                                                    Log& log);

}  // namespace blog::db
