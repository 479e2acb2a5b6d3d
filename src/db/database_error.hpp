#pragma once
#include <stdexcept>

namespace blog::db {

// The database is broken, away, locked by someone else, or not ours: a sentence for the operator.
struct DatabaseError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace blog::db
