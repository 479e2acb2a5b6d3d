#pragma once
#include "db/open_store.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace blog::test {

// Where the contract suite runs: memory_database.cpp and disk_database.cpp say it, one of which is
// linked. What it returns is kept for as long as the database is used.
struct ContractDatabase {
    virtual ~ContractDatabase() = default;
    virtual db::StoreOptions options() const = 0;
    // Until the store has heard of all that was written, also where it hears of its own writes
    // twice.
    virtual void settle() const {}
    // Runs statements on the database as another program would, of which the last may select a
    // number. nullopt: no other program can, and nothing was done.
    virtual std::optional<std::int64_t> elsewhere(std::string const&) { return std::nullopt; }
};
std::unique_ptr<ContractDatabase> make_contract_database();

}  // namespace blog::test
