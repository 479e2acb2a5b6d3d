#include "db/open_store.hpp"

#include "db/postgres/store.hpp"
#include "db/sqlite/store.hpp"

namespace blog::db {

std::unique_ptr<Store> open_store(StoreOptions const& options, Clock const& clock, Log& log,
                                  Generations& generations) {
    if (options.postgres.url.empty()) return open_sqlite_store(options, clock, log, generations);
    return postgres::open_postgres_store(options, log, generations);
}

}  // namespace blog::db
