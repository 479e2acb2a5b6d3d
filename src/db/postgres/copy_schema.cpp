#include "db/postgres/copy_schema.hpp"

#include "db/database_error.hpp"
#include "db/postgres/blocking.hpp"

#include <algorithm>

namespace blog::db::postgres {

namespace {

// What libpq gives as text for true.
constexpr std::string_view yes = "t";

constexpr char const* all_columns = R"sql(
SELECT c.relname, a.attname, t.typname,
	CASE WHEN t.typname = 'varchar' AND a.atttypmod > 4 THEN a.atttypmod - 4 ELSE 0 END,
	a.attnotnull, a.atthasdef OR a.attidentity <> ''
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
WHERE c.relkind IN ('r', 'p', 'f') AND NOT c.relispartition AND NOT EXISTS (
	SELECT FROM pg_catalog.pg_depend d
	WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY c.relname, a.attnum
)sql";

// Indexes that no constraint owns come first: a foreign key is checked with their help.
constexpr char const* all_droppable = R"sql(
WITH tables AS (
	SELECT c.oid FROM pg_catalog.pg_class c
	JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
	WHERE c.relname IN ('users', 'posts', 'password_reset_tokens'))
SELECT format('DROP INDEX %s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid), 1
FROM pg_catalog.pg_index i JOIN tables ON tables.oid = i.indrelid
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_constraint c WHERE c.conindid = i.indexrelid)
UNION ALL
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', c.conrelid::regclass, c.conname),
	format('ALTER TABLE %s ADD CONSTRAINT %I %s', c.conrelid::regclass, c.conname,
		pg_get_constraintdef(c.oid)), 2
FROM pg_catalog.pg_constraint c JOIN tables ON tables.oid = c.conrelid WHERE c.contype = 'f'
ORDER BY 3, 1
)sql";

int integer_bytes(std::string_view type) noexcept {
    return type == "int2" ? 2 : type == "int4" ? 4 : type == "int8" ? 8 : 0;
}

bool is_of_kind(CopyKind kind, std::string_view type) noexcept {
    switch (kind) {
        case CopyKind::integer:
            return integer_bytes(type) != 0;
        case CopyKind::text:
            return type == "varchar" || type == "text";
        case CopyKind::date:
            return type == "timestamptz";
    }
    return false;
}

}  // namespace

std::vector<StoredColumn> stored_columns(PGconn* connection) {
    std::vector<StoredColumn> columns;
    for (auto& row : rows(connection, all_columns))
        columns.push_back({std::move(row[0]), std::move(row[1]), std::move(row[2]),
                           std::stoi(row[3]), row[4] == yes, row[5] == yes});
    return columns;
}

std::vector<FoundTable> found_tables(std::vector<StoredColumn> const& columns) {
    std::vector<FoundTable> tables;
    for (auto const& column : columns) {
        if (belongs_to_a_store(column.table)) continue;
        if (tables.empty() || tables.back().name != column.table)
            tables.push_back({column.table, {}});
        tables.back().columns.push_back({column.name, column.not_null && !column.has_default});
    }
    return tables;
}

std::vector<ColumnType> types_of(CopyTable const& table, std::vector<StoredColumn> const& columns,
                                 std::string const& place) {
    std::vector<ColumnType> types;
    for (auto const& wanted : table.columns) {
        auto const at = std::ranges::find_if(columns, [&](StoredColumn const& c) {
            return c.table == table.name && c.name == wanted.name;
        });
        if (at == columns.end() || !is_of_kind(wanted.kind, at->type))
            throw DatabaseError(place + ": " + std::string(table.name) + "." +
                                std::string(wanted.name) + " is " +
                                (at == columns.end() ? "missing" : "of the type " + at->type) +
                                ", which cannot be copied: change it there first");
        types.push_back({.integer_bytes = integer_bytes(at->type),
                         .chars_max = at->chars_max,
                         .may_be_null = !at->not_null});
    }
    return types;
}

std::vector<Droppable> droppable(PGconn* connection) {
    std::vector<Droppable> all;
    for (auto& row : rows(connection, all_droppable))
        all.push_back({std::move(row[0]), std::move(row[1])});
    return all;
}

std::string id_sequence(PGconn* connection, CopyTable const& table) {
    return value(connection,
                 "SELECT pg_get_serial_sequence('" + std::string(table.name) + "', 'id')");
}

}  // namespace blog::db::postgres
