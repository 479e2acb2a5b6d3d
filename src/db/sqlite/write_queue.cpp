#include "db/sqlite/write_queue.hpp"

#include "db/sqlite/change_watch.hpp"
#include "db/sqlite/checkpointer.hpp"
#include "db/sqlite/connection.hpp"
#include "db/sqlite/sqlite_error.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <sqlite3.h>

#include <algorithm>
#include <new>
#include <string>

namespace blog::db {

namespace {

constexpr Query savepoint{"SAVEPOINT one"};
constexpr Query release{"RELEASE one"};
constexpr Query undo{"ROLLBACK TO one"};

// The write itself was at fault; its neighbours and the transaction are not touched.
bool own_fault(SqliteError const& e) noexcept {
    switch (e.primary_code()) {
        case SQLITE_CONSTRAINT:
        case SQLITE_MISMATCH:
        case SQLITE_TOOBIG:
            return true;
        default:
            return false;
    }
}

bool held_by_another(int code) noexcept {
    return (code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED;
}

}  // namespace

std::size_t group_size(std::deque<WriteOp*> const& queued, WriteLimits const& limits) noexcept {
    std::size_t count = 0, bytes = 0;
    for (WriteOp const* const op : queued) {
        bytes += op->bytes();
        if (count > 0 && (count >= limits.group_rows_max || bytes > limits.group_bytes_max)) break;
        ++count;
    }
    return count;
}

WriteQueue::WriteQueue(Connection& writer, Checkpointer& checkpointer, Generations& generations,
                       ChangeWatch* watch, WriteLimits limits, Log& log)
    : writer_(writer),
      checkpointer_(checkpointer),
      generations_(generations),
      watch_(watch),
      limits_(limits),
      log_(log) {
    auto const rows_max = std::max<std::size_t>(limits_.group_rows_max, 1);
    group_.reserve(rows_max);
    touched_.reserve(rows_max * Touched::topics_max);
    thread_ = std::thread([this] { write_until_closed(); });
}

Awaitable<Result<void>> WriteQueue::run(WriteOp& op) {
    op.loop_ = co_await asio::this_coro::executor;
    asio::steady_timer wake(op.loop_, asio::steady_timer::time_point::max());
    op.wake_ = &wake;
    if (auto accepted = push(op); !accepted) co_return accepted;
    bool const throws = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);
    while (op.queued_)
        co_await wake.async_wait(no_throw);
    co_await asio::this_coro::throw_if_cancelled(throws);
    co_return op.outcome_;
}

Result<void> WriteQueue::push(WriteOp& op) {
    std::size_t const bytes = op.bytes();
    std::lock_guard const lock(mutex_);
    if (closing_ || broken_) return Error{Errc::unavailable};
    bool const fits = queue_.size() < limits_.queue_max &&
                      (queue_.empty() || queue_bytes_ + bytes <= limits_.queue_bytes_max);
    if (!fits) return Error{Errc::busy};
    queue_.push_back(&op);
    queue_bytes_ += bytes;
    op.queued_ = true;
    work_.notify_one();
    return {};
}

void WriteQueue::close() {
    {
        std::lock_guard const lock(mutex_);
        closing_ = true;
    }
    work_.notify_one();
    if (thread_.joinable()) thread_.join();
}

bool WriteQueue::accepting() {
    std::lock_guard const lock(mutex_);
    return !closing_ && !broken_;
}

bool WriteQueue::broken() {
    std::lock_guard const lock(mutex_);
    return broken_;
}

void WriteQueue::write_until_closed() noexcept {
    while (next_group()) {
        write_group();
        while (!group_.empty()) {
            try {
                answer_one_loop();
            } catch (std::bad_alloc const&) {
                // Whoever waits must hear of it: try again when memory is back.
                std::this_thread::yield();
            }
        }
        checkpoint();
        if (watch_ != nullptr) watch_->look_if_due();
    }
}

void WriteQueue::wait_for_work(std::unique_lock<std::mutex>& lock) noexcept {
    auto const ready = [this] { return closing_ || !queue_.empty(); };
    if (watch_ == nullptr) return work_.wait(lock, ready);
    while (!work_.wait_until(lock, watch_->next_look(), ready)) {
        lock.unlock();
        watch_->look_if_due();
        lock.lock();
    }
}

// False: closed, and everything is stored.
bool WriteQueue::next_group() noexcept {
    std::unique_lock lock(mutex_);
    wait_for_work(lock);
    // Whoever holds the file was waited for once already: a stop must not take that long per group.
    if (closing_ && held_by_another(failing_code_)) sqlite3_busy_timeout(writer_.handle(), 0);
    auto const end = queue_.begin() + static_cast<std::ptrdiff_t>(group_size(queue_, limits_));
    group_.assign(queue_.begin(), end);
    queue_.erase(queue_.begin(), end);
    for (WriteOp const* const op : group_)
        queue_bytes_ -= op->bytes();
    return !group_.empty();
}

void WriteQueue::write_group() noexcept {
    if (broken_) return group_failed(SQLITE_IOERR, "an earlier write failed");
    bool committing = false;
    try {
        std::lock_guard const lock(writer_.mutex());
        commit_group(committing);
        if (std::exchange(failing_code_, 0) != 0) log_.info("database: stores writes again");
    } catch (SqliteError const& e) {
        group_failed(e.code(), e.what());
        if (committing && e.primary_code() == SQLITE_IOERR) stop_accepting();
    } catch (std::exception const& e) {
        group_failed(SQLITE_NOMEM, e.what());
    }
    // Who knows what a commit that failed has left behind.
    if (committing && failing_code_ != 0) generations_.publish_all();
}

void WriteQueue::commit_group(bool& committing) {
    Transaction transaction(writer_);
    for (WriteOp* const op : group_)
        apply(*op);
    committing = true;
    transaction.commit();
    publish_group();
}

// In one go, so that no reader takes a part of the group for new and the rest for old.
void WriteQueue::publish_group() noexcept {
    touched_.clear();
    for (WriteOp const* const op : group_) {
        if (!op->outcome_) continue;
        auto const topics = op->touched_.topics();
        touched_.insert(touched_.end(), topics.begin(), topics.end());
    }
    if (!touched_.empty()) generations_.publish(touched_);
}

void WriteQueue::apply(WriteOp& op) {
    writer_.run(savepoint);
    try {
        op.outcome_ = op.apply(writer_, op.touched_);
    } catch (SqliteError const& e) {
        if (!own_fault(e) || !writer_.in_transaction()) throw;
        report("one write was refused", e.what());
        op.outcome_ = Error{Errc::unavailable};
    } catch (std::exception const& e) {
        report("one write was given up", e.what());
        op.outcome_ = Error{Errc::unavailable};
    }
    if (!op.outcome_) writer_.run(undo);
    writer_.run(release);
}

void WriteQueue::group_failed(int code, char const* what) noexcept {
    Errc const told = held_by_another(code) ? Errc::busy : Errc::unavailable;
    for (WriteOp* const op : group_)
        op->outcome_ = Error{told};
    if (std::exchange(failing_code_, code) != code)
        report("could not store a group of writes", what);
}

// One post wakes every waiter of a loop: hand over what concerns the loop of the first in the
// group.
void WriteQueue::answer_one_loop() {
    auto const loop = group_.front()->loop_;
    auto const others = std::stable_partition(group_.begin(), group_.end(),
                                              [&](WriteOp* op) { return op->loop_ == loop; });
    std::vector<WriteOp*> answered(group_.begin(), others);
    asio::post(loop, [answered = std::move(answered)] {
        for (WriteOp* const op : answered) {
            op->queued_ = false;
            op->wake_->cancel();
        }
    });
    group_.erase(group_.begin(), others);
}

void WriteQueue::checkpoint() noexcept {
    bool idle = false;
    {
        std::lock_guard const lock(mutex_);
        if (broken_) return;
        idle = queue_.empty();
    }
    try {
        checkpointer_.run_if_due(idle);
    } catch (SqliteError const& e) {
        report("could not copy the log into the database", e.what());
        if (e.primary_code() == SQLITE_IOERR) stop_accepting();
    } catch (std::exception const& e) {
        report("could not copy the log into the database", e.what());
    }
}

void WriteQueue::stop_accepting() noexcept {
    report("no further write is taken",
           "after an I/O error nobody knows what the disk holds; check it, then start blogd again");
    writer_.keep_log_at_close();
    std::lock_guard const lock(mutex_);
    broken_ = true;
}

void WriteQueue::report(char const* what, char const* why) noexcept {
    try {
        log_.error(std::string("database: ") + what + ": " + why);
    } catch (std::bad_alloc const&) {
        log_.error(what);
    }
}

}  // namespace blog::db
