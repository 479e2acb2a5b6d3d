#include "db/postgres/copy_rows.hpp"

#include "db/database_error.hpp"
#include "db/postgres/blocking.hpp"
#include "db/postgres/copy_format.hpp"
#include "db/postgres/copy_schema.hpp"

#include <algorithm>
#include <memory>

namespace blog::db::postgres {

namespace {

constexpr auto host_timeout = std::chrono::seconds(10);

// row_security: an error is better than rows that are silently not there.
constexpr std::string_view server_options =
    "-c statement_timeout=0 -c idle_in_transaction_session_timeout=0 -c lock_timeout=10s"
    " -c row_security=off";

struct FreeBuffer {
    void operator()(char* buffer) const noexcept { PQfreemem(buffer); }
};

std::string_view type_name(CopyKind kind) noexcept {
    return kind == CopyKind::integer ? "int8" : kind == CopyKind::text ? "text" : "timestamptz";
}

// So that the decoder knows the types.
std::string cast_list(CopyTable const& table) {
    std::string list;
    for (auto const& column : table.columns)
        list.append(list.empty() ? "" : ", ")
            .append(column.name)
            .append("::")
            .append(type_name(column.kind));
    return list;
}

std::int64_t number(PGconn* connection, std::string const& sql) {
    return std::stoll(value(connection, sql));
}

}  // namespace

CopyConnection::CopyConnection(std::string const& url, std::string session) {
    Target const target(url, std::move(session), server_options);
    place = target.text();
    connection = connect_blocking(target, host_timeout, std::chrono::seconds(0));
    if (auto const encoding = value(connection.get(), "SHOW server_encoding"); encoding != "UTF8")
        throw DatabaseError(place + " is encoded in " + encoding +
                            ": only databases with ENCODING 'UTF8' hold every text");
}

std::int64_t PostgresCopyReader::count(CopyTable const& table) {
    return number(connection_, "SELECT count(*) FROM " + std::string(table.name));
}

std::int64_t PostgresCopyReader::last_id(CopyTable const& table) {
    auto const highest =
        number(connection_, "SELECT coalesce(max(id), 0) FROM " + std::string(table.name));
    auto const sequence = id_sequence(connection_, table);
    if (sequence.empty()) return highest;
    auto const given = number(connection_,
                              "SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END"
                              " FROM " +
                                  sequence);
    return std::max(highest, given);
}

void PostgresCopyReader::read(CopyTable const& table, CopySink const& sink) {
    auto const sql = "COPY (SELECT " + cast_list(table) + " FROM " + std::string(table.name) +
                     " ORDER BY id) TO STDOUT (FORMAT binary)";
    ResultPtr const begun(PQexec(connection_, sql.c_str()));
    if (PQresultStatus(begun.get()) != PGRES_COPY_OUT) fail_copy(connection_, table);
    CopyDecoder decoder(table);
    char* bytes = nullptr;
    int size = 0;
    while ((size = PQgetCopyData(connection_, &bytes, 0)) > 0) {
        std::unique_ptr<char, FreeBuffer> const buffer(bytes);
        decoder.read({bytes, static_cast<std::size_t>(size)}, sink);
    }
    end_copy(connection_, table);
    if (!decoder.at_end())
        throw DatabaseError("the rows of " + std::string(table.name) + " broke off: copy again");
}

void end_copy(PGconn* connection, CopyTable const& table) {
    while (ResultPtr const result{PQgetResult(connection)})
        if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) fail_copy(connection, table);
}

void fail_copy(PGconn* connection, CopyTable const& table) {
    std::string fault = PQerrorMessage(connection);
    fault.erase(fault.find_last_not_of('\n') + 1);
    std::ranges::replace(fault, '\n', ' ');
    throw DatabaseError("the rows of " + std::string(table.name) + ": " + fault);
}

}  // namespace blog::db::postgres
