#pragma once
#include "db/open_store.hpp"

namespace blog::db {

// open_store() for a file.
std::unique_ptr<Store> open_sqlite_store(StoreOptions const& options, Clock const& clock, Log& log,
                                         Generations& generations);

}  // namespace blog::db
