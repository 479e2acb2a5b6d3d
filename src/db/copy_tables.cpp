#include "db/copy_tables.hpp"

#include "db/database_error.hpp"

#include <algorithm>

namespace blog::db {

namespace {

template <class Named>
auto find_named(std::span<Named> all, std::string_view name) noexcept {
    auto const at = std::ranges::find(all, name, &Named::name);
    return at == all.end() ? nullptr : &*at;
}

std::vector<CopyTable> make_known_tables() {
    using enum CopyKind;
    CopyColumn const id{"id", integer};
    return {
        {"users",
         {id,
          {"username", text, 50},
          {"email", text, 120},
          {"image_file", text, 200, false},
          {"password_hash", text, 200, false, true},
          {"disabled_at", date, 0, false, true}}},
        {"posts",
         {id,
          {"title", text, 100},
          {"content", text},
          {"user_id", integer},
          {"date_posted", date},
          {"likes", integer, 0, false, true}}},
        {"password_reset_tokens",
         {id,
          {"user_id", integer},
          {"token_hash", text, 64},
          {"expires_at", date},
          {"created_at", date}},
         true},
    };
}

[[noreturn]] void unknown(std::string const& place, std::string const& what) {
    throw DatabaseError(place + " has " + what +
                        ", which this program does not know and would leave behind: move or drop "
                        "it there first");
}

void check_all_known(CopyTable const& known, FoundTable const& found, std::string const& place) {
    for (auto const& column : found.columns)
        if (known.find(column.name) == nullptr)
            unknown(place, "the column " + found.name + "." + column.name);
}

}  // namespace

// A text in a later part's column is a short one.
std::string CopyColumn::definition() const {
    std::string out(name);
    if (kind == CopyKind::text)
        out += " VARCHAR(" + std::to_string(chars_max) + ")";
    else
        out += " INTEGER DEFAULT 0";
    return out + (must_be_filled ? " NOT NULL" : "");
}

CopyColumn const* CopyTable::find(std::string_view column) const noexcept {
    return find_named(std::span(columns), column);
}

std::string CopyTable::column_list() const {
    std::string list;
    for (auto const& column : columns)
        list.append(list.empty() ? "" : ", ").append(column.name);
    return list;
}

std::span<CopyTable const> known_tables() {
    static std::vector<CopyTable> const tables = make_known_tables();
    return tables;
}

bool belongs_to_a_store(std::string_view table) noexcept {
    return table.starts_with("blogd_") || table.starts_with("sqlite_") ||
           table == "alembic_version";
}

std::vector<CopyTable> tables_to_copy(std::span<FoundTable const> found, std::string const& place) {
    for (auto const& table : found) {
        auto const* const known = find_named(known_tables(), table.name);
        if (known == nullptr) unknown(place, "the table " + table.name);
        check_all_known(*known, table, place);
    }
    std::vector<CopyTable> tables;
    for (CopyTable table : known_tables()) {
        auto const* const there = find_named(found, table.name);
        if (there == nullptr) {
            if (table.of_later_parts) continue;
            throw DatabaseError(place + " is not a blog: the table " + std::string(table.name) +
                                " is missing");
        }
        std::erase_if(table.columns, [&](CopyColumn& column) {
            auto const* const of_source = find_named(std::span(there->columns), column.name);
            if (of_source == nullptr) return column.of_later_parts;
            if (column.of_later_parts) column.must_be_filled = of_source->must_be_filled;
            return false;
        });
        for (auto const& column : table.columns)
            if (find_named(std::span(there->columns), column.name) == nullptr)
                throw DatabaseError(place + " is not a blog: the column " +
                                    std::string(table.name) + "." + std::string(column.name) +
                                    " is missing");
        tables.push_back(std::move(table));
    }
    return tables;
}

void check_target_table(CopyTable const& table, FoundTable const& target,
                        std::string const& place) {
    for (auto const& column : target.columns)
        if (column.must_be_filled && table.find(column.name) == nullptr)
            throw DatabaseError(place + " wants " + target.name + "." + column.name +
                                " in every row, and the source has none: give it a default there, "
                                "or drop it");
}

void refuse_row(CopyTable const& table, std::int64_t id, std::string_view column,
                std::string const& reason) {
    throw DatabaseError(std::string(table.name) + " " + std::to_string(id) + ": " +
                        std::string(column) + " " + reason +
                        "; mend that row at the source and copy again");
}

}  // namespace blog::db
