#pragma once
#include "unique_fd.hpp"

#include <string>

namespace blog::db {

// One process owns a database file: two that write or checkpoint it could lose committed posts
// (SQLite's WAL-reset bug), and each would believe its own caches. The lock is on a file of its
// own,
// `<database>.lock`, because closing any other descriptor of the database file would drop SQLite's
// locks on it. The system frees the lock when the process ends, however it ends; the file stays.
class OwnerLock {
public:
    // Throws DatabaseError; names the owner's process when there is one.
    explicit OwnerLock(std::string const& database_path);

private:
    UniqueFd file_;
};

}  // namespace blog::db
