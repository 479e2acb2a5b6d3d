#pragma once
#include "clock.hpp"
#include "log.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace blog::db {

class Connection;

struct AddedColumn {
    std::string_view table, name, type;
};

// One numbered step from an empty file to what this program needs. Steps are never edited once they
// were released: a change is a further step. Tables that are ours are named `blogd_...`.
struct Migration {
    std::int64_t number;  // 1, 2, 3, ...
    std::string_view name;
    std::string_view sql;
    // Columns that `table` gets unless it has them already, as its later parts do.
    std::span<AddedColumn const> columns{};
};
std::span<Migration const> migrations() noexcept;

// The number of the last step that the file has seen; 0: none. Reads only.
std::int64_t migrated_to(Connection& db);

// Applies what is missing, each step in a transaction that also records it in `blogd_migrations`.
void migrate(Connection& db, std::span<Migration const> steps, Clock const& clock, Log& log);

}  // namespace blog::db
