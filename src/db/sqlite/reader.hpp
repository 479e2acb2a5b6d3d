#pragma once
#include "db/sqlite/connection.hpp"
#include "generations.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

namespace blog::db {

// The reading side of one loop. Taking and dropping SQLite's locks costs four times what finding a
// post does, so the reads of one round of the loop share a snapshot. It is taken by the first of
// them and dropped before the loop waits again, so that it never keeps the log from being emptied;
// and it is taken anew when a write was published, so that a read sees every write whose reply went
// out before. The loop's thread only.
class Reader : public std::enable_shared_from_this<Reader> {
public:
    Reader(std::unique_ptr<Connection> own, Generations const& generations,
           boost::asio::any_io_executor loop);
    // In memory, where one connection serves all, under its mutex: no snapshot is shared.
    Reader(Connection& everybodys, Generations const& generations,
           boost::asio::any_io_executor loop);

    // The first read of a request, or after its write, sees every write that was answered. Those
    // that follow see what the first one saw, so that no answer is put together from two moments.
    enum class Moment : std::uint8_t { newest, same };

    // Runs `Result<T> function(Connection&)`; throws what it throws, and then leaves no lock
    // behind.
    template <class Function>
    auto read(Moment moment, Function const& function) {
        std::lock_guard const lock(db_.mutex());
        begin(moment);
        try {
            return function(db_);
        } catch (...) {
            shared_.reset();
            throw;
        }
    }
    // From before the last read's snapshot.
    Generations::Stamp as_of() const noexcept { return as_of_; }

private:
    void begin(Moment);
    void end_with_this_round();

    // A round that reads more than this is a long one: the log should not wait for it.
    static constexpr int reads_max = 128;

    std::unique_ptr<Connection> own_;  // null in memory
    Connection& db_;
    Generations const& generations_;
    boost::asio::any_io_executor loop_;
    std::optional<Snapshot> shared_;
    Generations::Stamp as_of_ = 0;
    int reads_ = 0;  // through the shared snapshot
    bool will_end_ = false;
};

}  // namespace blog::db
