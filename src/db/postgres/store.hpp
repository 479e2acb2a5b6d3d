#pragma once
#include "db/open_store.hpp"

namespace blog::db::postgres {

// open_store() for a server.
std::unique_ptr<Store> open_postgres_store(StoreOptions const& options, Log& log,
                                           Generations& generations);

}  // namespace blog::db::postgres
