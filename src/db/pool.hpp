#pragma once
#include "assert.hpp"
#include "async.hpp"
#include "error.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

namespace blog::db {

// A bounded set of objects that the requests of one loop borrow in turn; no locks, that loop only.
// A waiter lives in the frame of the waiting coroutine and its deadline timer is also its wake-up:
// whoever waits longest gets the next object, and nobody else is woken.
template <class T>
class Pool {
public:
    Pool(asio::any_io_executor loop, std::vector<std::unique_ptr<T>> all, std::size_t waiters_max)
        : loop_(std::move(loop)), all_(std::move(all)), waiters_max_(waiters_max) {
        idle_.reserve(all_.size());  // so that release() never allocates
        for (auto const& item : all_)
            idle_.push_back(item.get());
    }
    Pool(Pool const&) = delete;
    Pool& operator=(Pool const&) = delete;
    // Everything is back and nobody waits: a borrower would hold a pointer into nothing.
    ~Pool() { BLOG_ASSERT(waiting_.empty() && idle_.size() == all_.size()); }

    // What is free at once, or null. The last one back goes out first: it is still in the cache.
    T* try_acquire() noexcept {
        if (idle_.empty()) return nullptr;
        T* const item = idle_.back();
        idle_.pop_back();
        return item;
    }

    // busy: `waiters_max` are waiting already, or `patience` ran out.
    Awaitable<Result<T*>> acquire(std::chrono::steady_clock::duration patience) {
        if (T* const item = try_acquire()) co_return item;
        if (waiting_.size() >= waiters_max_) co_return Error{Errc::busy};
        Waiter waiter(*this, patience);
        // The answer of the timer does not matter: it may fire in the very moment of a hand-over.
        co_await waiter.timer.async_wait(no_throw);
        if (T* const item = std::exchange(waiter.item, nullptr)) co_return item;
        co_return Error{Errc::busy};
    }

    // Hands `item` to the first waiter, or keeps it.
    void release(T& item) noexcept {
        if (waiting_.empty()) {
            idle_.push_back(&item);
            return;
        }
        Waiter& first = *waiting_.front();
        waiting_.pop_front();
        first.item = &item;
        first.timer.cancel();
    }

    std::size_t idle() const noexcept { return idle_.size(); }
    std::size_t waiting() const noexcept { return waiting_.size(); }

private:
    struct Waiter {
        Waiter(Pool& owner, std::chrono::steady_clock::duration patience)
            : pool(owner), timer(owner.loop_, patience) {
            pool.waiting_.push_back(this);
        }
        Waiter(Waiter const&) = delete;
        Waiter& operator=(Waiter const&) = delete;
        // Also when the coroutine is thrown out while it waits: nothing is lost, nothing dangles.
        ~Waiter() {
            std::erase(pool.waiting_, this);
            if (item != nullptr) pool.release(*item);
        }

        Pool& pool;
        asio::steady_timer timer;
        T* item = nullptr;
    };

    asio::any_io_executor loop_;
    std::vector<std::unique_ptr<T>> all_;
    std::vector<T*> idle_;
    std::deque<Waiter*> waiting_;
    std::size_t waiters_max_;
};

}  // namespace blog::db
