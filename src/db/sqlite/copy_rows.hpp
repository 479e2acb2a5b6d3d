#pragma once
#include "db/copy_ends.hpp"
#include "db/sqlite/sqlite_error.hpp"

#include <string>
#include <vector>

namespace blog::db {

class Connection;

// What both ends of a copy need of a database file.

// Runs `function`; what SQLite cannot do is told with what was to be done ("cannot read blog.db").
template <class Function>
auto explained(std::string const& what, Function const& function) {
    try {
        return function();
    } catch (SqliteError const& e) {
        throw DatabaseError(what + ": " + e.what());
    }
}

// Without the tables of SQLite and of blogd.
std::vector<FoundTable> find_tables(Connection& db);
// Whether there is a table of this name.
bool has_table(Connection& db, std::string_view name);

// Runs one statement that was made for this occasion.
void run_once(Connection& db, std::string const& sql);
std::int64_t number_once(Connection& db, std::string const& sql);

class SqliteCopyReader final : public CopyReader {
public:
    // `strict`: see open_copy_source(). The connection and the place's name outlive this.
    SqliteCopyReader(Connection& db, std::string const& place, bool strict)
        : db_(db), place_(place), strict_(strict) {}

    std::int64_t count(CopyTable const&) override;
    std::int64_t last_id(CopyTable const&) override;
    void read(CopyTable const&, CopySink const& sink) override;
    std::int64_t dates_respelled() const noexcept { return dates_respelled_; }

private:
    Connection& db_;
    std::string const& place_;
    bool const strict_;
    std::int64_t dates_respelled_ = 0;
};

}  // namespace blog::db
