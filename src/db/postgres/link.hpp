#pragma once
#include "async.hpp"
#include "db/postgres/result.hpp"
#include "db/postgres/statement.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <libpq-fe.h>
#include <memory>
#include <stdexcept>

namespace blog::db::postgres {

struct FinishConnection {
    void operator()(PGconn* connection) const noexcept { PQfinish(connection); }
};
using ConnectionPtr = std::unique_ptr<PGconn, FinishConnection>;

// The connection is gone, or does not answer in time: what was sent may or may not have been done.
struct LinkLost : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// One open connection in libpq's pipeline mode, on one loop; statements are prepared already. What
// is sent is answered in the order of sending. While nothing is awaited, nothing is pending on the
// loop.
class Link {
public:
    // `connection` is open, non-blocking and in pipeline mode (connector.hpp).
    Link(ConnectionPtr connection, asio::any_io_executor loop);
    Link(Link const&) = delete;
    Link& operator=(Link const&) = delete;
    ~Link();

    // Whether the server has not hung up meanwhile. Does not wait.
    bool usable() noexcept;

    // These throw LinkLost.
    void send(Statement const& statement, Params const& params);
    // Ends a transaction: what was sent since the last one is done, or none of it.
    void sync();
    Awaitable<void> flush();
    // The next result: one of each statement, one of each sync() (PGRES_PIPELINE_SYNC).
    Awaitable<ResultPtr> next();

    // Out of pipeline mode and blocking, for those who may block. The link is of no use after it.
    ConnectionPtr take();

    // Ends every wait with LinkLost, now and later. The loop's thread.
    void abort() noexcept;
    // Whether the server has warned since the last call. In a commit this means that it was told
    // not to wait for its standbys.
    bool take_warning() noexcept;

private:
    Awaitable<void> wait(asio::posix::stream_descriptor::wait_type);
    [[noreturn]] void lost() const;
    static void on_notice(void* self, PGresult const* notice);

    ConnectionPtr connection_;
    asio::posix::stream_descriptor socket_;  // watches libpq's socket, does not own it
    bool aborted_ = false, warned_ = false;
    bool ended_ = false;  // the server has said that it closes the connection
};

}  // namespace blog::db::postgres
