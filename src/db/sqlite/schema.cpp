#include "db/sqlite/schema.hpp"

#include "db/database_error.hpp"
#include "db/sqlite/connection.hpp"
#include "db/sqlite/migrations.hpp"

#include <algorithm>
#include <span>
#include <vector>

namespace blog::db {

namespace {

constexpr Query all_tables{
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    " AND name NOT LIKE 'blogd\\_%' ESCAPE '\\' ORDER BY name"};
constexpr Query all_columns{
    "SELECT name, upper(type), \"notnull\" AND dflt_value IS NULL, pk FROM pragma_table_info(?1)"};

struct Column {
    std::string name, type;
    bool must_be_filled, is_key;
};

std::vector<std::string> tables_of(Connection& db) {
    std::vector<std::string> names;
    auto rows = db.rows(all_tables);
    while (rows.next())
        names.emplace_back(rows.text(0));
    return names;
}

std::vector<Column> columns_of(Connection& db, std::string_view table) {
    std::vector<Column> columns;
    auto rows = db.rows(all_columns, table);
    while (rows.next())
        columns.push_back({std::string(rows.text(0)), std::string(rows.text(1)),
                           rows.integer(2) != 0, rows.integer(3) != 0});
    return columns;
}

std::string joined(std::span<std::string const> words, std::size_t words_max = 5) {
    std::string out;
    for (std::size_t i = 0; i < std::min(words.size(), words_max); ++i)
        out += (i > 0 ? ", " : "") + words[i];
    return words.size() > words_max ? out + ", ..." : out;
}

// `expected` begins with the key; `later` may be missing. Returns the first column that a new row
// would have to fill and that is neither, or "".
std::string check_table(Connection& db, std::string const& path, std::string const& table,
                        std::span<std::string_view const> expected, std::string_view later = {}) {
    auto const columns = columns_of(db, table);
    auto const find = [&](std::string_view name) {
        return std::find_if(columns.begin(), columns.end(),
                            [&](Column const& c) { return c.name == name; });
    };
    std::vector<std::string> missing;
    for (auto const name : expected)
        if (find(name) == columns.end()) missing.emplace_back(name);
    if (!missing.empty())
        throw DatabaseError(path + " is not a blog that this program can use: the table " + table +
                            " lacks " + joined(missing));
    auto const key = find(expected.front());
    if (!key->is_key || key->type != "INTEGER")
        throw DatabaseError(path + " is not a blog that this program can use: " + table + "." +
                            key->name + " is not an INTEGER PRIMARY KEY");
    for (auto const& column : columns) {
        bool const known = column.name == later || std::find(expected.begin(), expected.end(),
                                                             column.name) != expected.end();
        if (!known && column.must_be_filled) return table + "." + column.name;
    }
    return {};
}

}  // namespace

SchemaReport check_schema(Connection& db, std::string const& path) {
    std::int64_t const done = migrated_to(db), known = migrations().back().number;
    if (done > known)
        throw DatabaseError(path + " was written by a newer blogd (its migration " +
                            std::to_string(done) + ", this program knows " + std::to_string(known) +
                            "): use that version");

    auto const tables = tables_of(db);
    if (tables.empty() && done == 0) return {.empty = true, .unknown_column = {}};
    auto const has = [&](std::string_view name) {
        return std::find(tables.begin(), tables.end(), name) != tables.end();
    };
    if (!has("users") && !has("posts") && done == 0)
        throw DatabaseError(path + " belongs to another program: it has the tables " +
                            joined(tables) + ", but neither users nor posts");
    for (auto const* const name : {"users", "posts"})
        if (!has(name))
            throw DatabaseError(path + " is not a blog that this program can use: the table " +
                                name + " is missing");

    static constexpr std::string_view users[] = {"id", "username", "email", "image_file"};
    static constexpr std::string_view posts[] = {"id", "title", "content", "user_id",
                                                 "date_posted"};
    SchemaReport report;
    report.unknown_column = check_table(db, path, "users", users, "password_hash");
    auto const in_posts = check_table(db, path, "posts", posts);
    if (report.unknown_column.empty()) report.unknown_column = in_posts;
    return report;
}

}  // namespace blog::db
