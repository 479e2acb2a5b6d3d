#pragma once
#include "db/postgres/copy_format.hpp"
#include "db/postgres/link.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace blog::db::postgres {

// Rows on their way into one table, by COPY. The connection, which is in a transaction and does
// nothing else meanwhile, and the table outlive this. Throws DatabaseError; then, and when end()
// was not reached, the connection is of no further use.
class CopyStream {
public:
    CopyStream(PGconn* connection, CopyTable const& table, std::vector<ColumnType> types);
    CopyStream(CopyStream const&) = delete;
    CopyStream& operator=(CopyStream const&) = delete;

    void add(CopyRow row) { encoder_.add(row); }
    void end();

private:
    void put(std::string_view bytes);
    void flush();

    PGconn* const connection_;
    CopyTable const& table_;
    CopyEncoder encoder_;
    std::string buffer_;
};

}  // namespace blog::db::postgres
