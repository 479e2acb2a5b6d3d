#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace blog::db {

// What can be moved from one store to another: tables, columns and values as every store has them.

enum class CopyKind : std::uint8_t { integer, text, date };

struct CopyColumn {
    std::string_view name;
    CopyKind kind;
    int chars_max = 0;            // of a text that is bounded
    bool must_be_filled = true;   // NOT NULL and without a default, where it has to be made
    bool of_later_parts = false;  // not in every blog

    // For ALTER TABLE ADD COLUMN, in the SQL of every store: "likes INTEGER DEFAULT 0".
    std::string definition() const;
};

struct CopyTable {
    std::string_view name;
    std::vector<CopyColumn> columns;  // the id is the first
    bool of_later_parts = false;

    CopyColumn const* find(std::string_view column) const noexcept;
    // "id, title, content"
    std::string column_list() const;
};

// All that a blog may have, also one of the tutorial's later parts; authors before what is theirs.
std::span<CopyTable const> known_tables();

// What a database has, without what belongs to the store itself: the tables whose names begin with
// blogd_, alembic_version and the like.
struct FoundColumn {
    std::string name;
    bool must_be_filled = false;  // by whoever adds a row
};
struct FoundTable {
    std::string name;
    std::vector<FoundColumn> columns;
};
bool belongs_to_a_store(std::string_view table) noexcept;

// Those of known_tables(), with those of their columns, that the source has. Throws DatabaseError
// when the source, which is called `place`, lacks something, or has what would be left behind.
std::vector<CopyTable> tables_to_copy(std::span<FoundTable const> found, std::string const& place);

// Throws DatabaseError when a row of `table` would leave a column of the target empty that must be
// filled.
void check_target_table(CopyTable const& table, FoundTable const& target, std::string const& place);

// A value of one of the kinds, or nothing.
struct CopyValue {
    enum class Is : std::uint8_t { null, integer, text, date };
    Is is = Is::null;
    std::int64_t number = 0;  // of a date: microseconds since 1970, UTC
    std::string_view text{};
};
using CopyRow = std::span<CopyValue const>;  // in the order of the table's columns
using CopySink = std::function<void(CopyRow)>;

// The error of a row that cannot be moved: which one, why, and what to do.
[[noreturn]] void refuse_row(CopyTable const& table, std::int64_t id, std::string_view column,
                             std::string const& reason);

}  // namespace blog::db
