#pragma once
#include "db/copy_ends.hpp"
#include "db/postgres/link.hpp"

#include <string>

namespace blog::db::postgres {

// Connects as a tool that may take its time: no statement times out, but waiting for a lock does.
// `session`: see Target.
struct CopyConnection {
    CopyConnection(std::string const& url, std::string session);

    ConnectionPtr connection;
    std::string place;  // without user and password
};

class PostgresCopyReader final : public CopyReader {
public:
    // The connection, which is in a transaction, outlives this.
    explicit PostgresCopyReader(PGconn* connection) : connection_(connection) {}

    std::int64_t count(CopyTable const&) override;
    std::int64_t last_id(CopyTable const&) override;
    void read(CopyTable const&, CopySink const& sink) override;
    std::vector<PictureOwner> picture_owners(std::int64_t after, std::size_t max) override;
    std::optional<std::string> picture(std::string const& name) override;

private:
    PGconn* const connection_;
};

// The end of a COPY, in either direction: throws DatabaseError unless all went well.
void end_copy(PGconn* connection, CopyTable const& table);
// Throws DatabaseError with what libpq has to say about it.
[[noreturn]] void fail_copy(PGconn* connection, CopyTable const& table);

}  // namespace blog::db::postgres
