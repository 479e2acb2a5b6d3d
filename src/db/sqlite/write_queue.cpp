#include "db/sqlite/write_queue.hpp"

#include "db/sqlite/change_watch.hpp"
#include "db/sqlite/checkpointer.hpp"
#include "db/sqlite/connection.hpp"
#include "db/sqlite/marks.hpp"
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

WriteQueue::WriteQueue(Connection& writer, Upkeep upkeep, Generations& generations,
                       WriteLimits limits, Log& log)
    : writer_(writer), upkeep_(upkeep), generations_(generations), limits_(limits), log_(log) {
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
    if (!fits) {
        metrics_.refused();
        return Error{Errc::busy};
    }
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

StoreMetrics WriteQueue::metrics() const {
    auto metrics = metrics_.read();
    metrics.queue_max = limits_.queue_max;
    std::lock_guard const lock(mutex_);
    metrics.queue_length = queue_.size();
    return metrics;
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
        keep_up();
    }
}

void WriteQueue::wait_for_work(std::unique_lock<std::mutex>& lock) noexcept {
    auto const ready = [this] { return closing_ || !queue_.empty(); };
    if (upkeep_.watch == nullptr) return work_.wait(lock, ready);
    while (!work_.wait_until(lock, upkeep_.watch->next_look(), ready)) {
        lock.unlock();
        keep_up();
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
    auto const start = std::chrono::steady_clock::now();
    Transaction transaction(writer_);
    for (WriteOp* const op : group_)
        apply(*op);
    committing = true;
    transaction.commit();
    publish_group();
    auto const stored = static_cast<std::size_t>(
        std::ranges::count_if(group_, [](WriteOp const* op) { return !!op->outcome_; }));
    metrics_.committed(stored, std::chrono::steady_clock::now() - start);
    if (upkeep_.marks != nullptr) upkeep_.marks->wrote(stored);
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

// Nobody's answer depends on any of this.
void WriteQueue::keep_up() noexcept {
    bool const others = upkeep_.watch != nullptr && upkeep_.watch->look_if_due();
    if (others && upkeep_.marks != nullptr) upkeep_.marks->others_wrote();
    if (broken_) return;  // only this thread sets it
    char const* doing = "could not copy the log into the database";
    try {
        checkpoint();
        doing = "could not set marks for deep pages";
        if (upkeep_.marks != nullptr) upkeep_.marks->run_if_due();
    } catch (SqliteError const& e) {
        report(doing, e.what());
        if (e.primary_code() == SQLITE_IOERR) stop_accepting();
    } catch (std::exception const& e) {
        report(doing, e.what());
    }
}

void WriteQueue::checkpoint() {
    bool const idle = metrics().queue_length == 0;
    auto const start = std::chrono::steady_clock::now();
    if (upkeep_.checkpointer.run_if_due(idle)) {
        if (auto const pause = upkeep_.checkpointer.pause_for_readers(); pause.count() > 0) {
            let_readers_go(pause);
            upkeep_.checkpointer.copy_rest();
            let_readers_go(pause);
        }
        metrics_.checkpointed(std::chrono::steady_clock::now() - start);
    }
    metrics_.log_has(upkeep_.checkpointer.pages_logged());
}

// Readers take a new snapshot when there is a new stamp, whatever it is for.
void WriteQueue::let_readers_go(std::chrono::milliseconds pause) noexcept {
    generations_.publish({});
    std::unique_lock lock(mutex_);
    work_.wait_for(lock, pause, [this] { return closing_; });
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
