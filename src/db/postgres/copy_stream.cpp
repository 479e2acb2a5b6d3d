#include "db/postgres/copy_stream.hpp"

#include "db/postgres/copy_rows.hpp"

#include <algorithm>

namespace blog::db::postgres {

namespace {

// What is sent at once: libpq keeps as much, however long a row is.
constexpr std::size_t chunk_bytes = 64u << 10;

}  // namespace

CopyStream::CopyStream(PGconn* connection, CopyTable const& table, std::vector<ColumnType> types)
    : connection_(connection),
      table_(table),
      encoder_(table, std::move(types), [this](std::string_view bytes) { put(bytes); }) {
    buffer_.reserve(chunk_bytes);
    auto const sql = "COPY " + std::string(table.name) + " (" + table.column_list() +
                     ") FROM STDIN (FORMAT binary)";
    ResultPtr const begun(PQexec(connection, sql.c_str()));
    if (PQresultStatus(begun.get()) != PGRES_COPY_IN) fail_copy(connection, table);
    encoder_.begin();
}

void CopyStream::end() {
    encoder_.end();
    flush();
    if (PQputCopyEnd(connection_, nullptr) != 1) fail_copy(connection_, table_);
    end_copy(connection_, table_);
}

void CopyStream::put(std::string_view bytes) {
    while (!bytes.empty()) {
        auto const size = std::min(bytes.size(), chunk_bytes - buffer_.size());
        buffer_.append(bytes.substr(0, size));
        bytes.remove_prefix(size);
        if (buffer_.size() == chunk_bytes) flush();
    }
}

void CopyStream::flush() {
    if (PQputCopyData(connection_, buffer_.data(), static_cast<int>(buffer_.size())) != 1)
        fail_copy(connection_, table_);
    buffer_.clear();
}

}  // namespace blog::db::postgres
