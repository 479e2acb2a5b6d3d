#pragma once
#include "db/copy_ends.hpp"
#include "db/sqlite/sqlite_error.hpp"

#include <string>
#include <vector>

namespace blog::db {

class Connection;
class CopyFolder;

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
    // `strict`: see open_copy_source(). The connection, the place's name and the folder outlive
    // this.
    SqliteCopyReader(Connection& db, std::string const& place, CopyFolder const& folder,
                     bool strict)
        : db_(db), place_(place), folder_(folder), strict_(strict) {}

    std::int64_t count(CopyTable const&) override;
    std::int64_t last_id(CopyTable const&) override;
    void read(CopyTable const&, CopySink const& sink) override;
    std::vector<PictureOwner> picture_owners(std::int64_t after, std::size_t max) override;
    std::optional<std::string> picture(std::string const& name) override;
    std::int64_t dates_respelled() const noexcept { return dates_respelled_; }

private:
    Connection& db_;
    std::string const& place_;
    CopyFolder const& folder_;
    bool const strict_;
    std::int64_t dates_respelled_ = 0;
};

}  // namespace blog::db
