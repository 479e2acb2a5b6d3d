#include "db/copy_ends.hpp"

#include "db/postgres/copy_source.hpp"
#include "db/postgres/copy_target.hpp"
#include "db/sqlite/copy_source.hpp"
#include "db/sqlite/copy_target.hpp"

namespace blog::db {

std::unique_ptr<CopySource> open_copy_source(StoreOptions const& options, bool strict) {
    if (options.postgres.url.empty()) return open_sqlite_copy_source(options, strict);
    return postgres::open_copy_source(options.postgres.url);
}

std::unique_ptr<CopyTarget> open_copy_target(StoreOptions const& options, Clock const& clock,
                                             Log& log) {
    if (options.postgres.url.empty()) return open_sqlite_copy_target(options, clock, log);
    return postgres::open_copy_target(options.postgres.url, log);
}

}  // namespace blog::db
