#pragma once
#include "assert.hpp"
#include "async.hpp"
#include "db/sqlite/write_metrics.hpp"
#include "db/topics.hpp"
#include "error.hpp"
#include "log.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace blog::db {

class ChangeWatch;
class Checkpointer;
class Connection;
class MarkKeeper;

// One write. It waits in the frame of the coroutine that asked for it, which outlives the wait.
class WriteOp {
public:
    WriteOp() = default;
    WriteOp(WriteOp const&) = delete;
    WriteOp& operator=(WriteOp const&) = delete;
    virtual ~WriteOp() { BLOG_ASSERT(!queued_); }

    // Writer thread, inside a savepoint of its own: an error or an exception undoes what it did
    // and nothing else. Expected failures are returned, a broken database throws SqliteError.
    // Says what it touched, which counts when it succeeds.
    virtual Result<void> apply(Connection& writer, Touched& touched) = 0;
    // What it holds in memory, roughly.
    virtual std::size_t bytes() const noexcept = 0;

private:
    friend class WriteQueue;
    bool queued_ = false;         // the loop's
    asio::any_io_executor loop_;  // set before it is queued
    asio::steady_timer* wake_ = nullptr;
    // The writer's until it posts the answer to the loop.
    Result<void> outcome_;
    Touched touched_;
};

struct WriteLimits {
    std::size_t queue_max, queue_bytes_max, group_rows_max, group_bytes_max;
};

// What else the writer's thread looks after, between groups.
struct Upkeep {
    Checkpointer& checkpointer;
    ChangeWatch* watch = nullptr;  // null: nobody else can change the database
    MarkKeeper* marks = nullptr;   // null: the tables are not the blog's
};

// How many writes, counted from the front, make the next group: as many as fit both limits, and
// one in any case.
std::size_t group_size(std::deque<WriteOp*> const& queued, WriteLimits const& limits) noexcept;

// One writer thread, one writing connection, many loops. The thread takes what is queued,
// applies it in one transaction, commits, and only then answers: no success precedes the sync
// of its commit. It never lingers: under load the next group forms while the last one is
// synced, alone a write goes at once. What a group touched is published between the commit and
// the answers.
//
// When the group cannot be stored, each of its writes is told so (`busy` when another program
// holds the file, else `unavailable`). After an I/O error in a commit or a checkpoint nobody
// knows what the disk holds, so no further write is taken until the next start recovers from
// the log.
class WriteQueue {
public:
    // The connection and the upkeep are the thread's until close() has returned.
    WriteQueue(Connection& writer, Upkeep upkeep, Generations& generations, WriteLimits limits,
               Log& log);
    WriteQueue(WriteQueue const&) = delete;
    WriteQueue& operator=(WriteQueue const&) = delete;
    ~WriteQueue() { close(); }

    // Any loop. Returns after the commit, or with the error of the write itself, or `busy` (the
    // queue is full), or `unavailable`. Is not cancelled: the write may be on its way to the
    // disk.
    Awaitable<Result<void>> run(WriteOp& op);

    // Any thread.
    StoreMetrics metrics() const;

    // Takes nothing further, stores and answers what was accepted, ends the thread. Idempotent.
    void close();
    // Any thread.
    bool accepting();  // neither closed nor broken
    bool broken();     // an I/O error of a commit or a checkpoint has ended all writing

private:
    Result<void> push(WriteOp& op);
    void write_until_closed() noexcept;
    bool next_group() noexcept;
    void wait_for_work(std::unique_lock<std::mutex>& lock) noexcept;
    void write_group() noexcept;
    void commit_group(bool& committing);
    void publish_group() noexcept;
    void apply(WriteOp& op);
    void group_failed(int code, char const* what) noexcept;
    void answer_one_loop();
    void keep_up() noexcept;
    void checkpoint();
    void let_readers_go(std::chrono::milliseconds pause) noexcept;
    void stop_accepting() noexcept;
    void report(char const* what, char const* why) noexcept;

    Connection& writer_;
    Upkeep const upkeep_;
    Generations& generations_;
    WriteLimits const limits_;
    Log& log_;
    // The thread's own.
    // These two never grow past their first capacity: filling them cannot fail.
    std::vector<WriteOp*> group_;
    std::vector<Generations::Topic> touched_;
    int failing_code_ = 0;  // what failed last, so that the log hears of it once

    WriteMetrics metrics_;

    mutable std::mutex mutex_;  // guards the next four
    std::deque<WriteOp*> queue_;
    std::size_t queue_bytes_ = 0;
    bool closing_ = false;
    bool broken_ = false;  // set by the thread alone
    std::condition_variable work_;
    std::thread thread_;  // last: starts when the rest is ready
};

// A write made of a function `Result<T> f(Connection&, Touched&)`.
template <class T, class Function>
class Write final : public WriteOp {
public:
    Write(std::size_t bytes, Function function) : bytes_(bytes), function_(std::move(function)) {}

    Result<void> apply(Connection& writer, Touched& touched) override {
        result_.emplace(function_(writer, touched));
        if (!*result_) return result_->error();
        return {};
    }
    std::size_t bytes() const noexcept override { return bytes_; }
    // After a success.
    Result<T> take() { return std::move(*result_); }

private:
    std::size_t bytes_;
    Function function_;
    std::optional<Result<T>> result_;
};

}  // namespace blog::db
