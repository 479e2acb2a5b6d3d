#include "pictures/slots.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

namespace blog::pictures {

// A waiter's place in the queue. Also when the coroutine is thrown out while it waits: it leaves
// the queue, or gives back what it was granted and did not take.
class Slots::Place {
public:
    Place(Slots& slots, std::shared_ptr<Waiter> waiter)
        : slots_(slots), waiter_(std::move(waiter)) {}
    Place(Place const&) = delete;
    Place& operator=(Place const&) = delete;
    ~Place() {
        if (waiter_ && !leave()) slots_.give_back();
    }

    // Whether a slot was granted; afterwards it is the caller's.
    bool take() noexcept {
        bool const granted = !leave();
        waiter_ = nullptr;
        return granted;
    }

private:
    // False when the queue has let the waiter go already, with a slot.
    bool leave() noexcept {
        std::lock_guard const lock(slots_.mutex_);
        return !waiter_->granted && slots_.waiting_.remove(waiter_) > 0;
    }

    Slots& slots_;
    std::shared_ptr<Waiter> waiter_;
};

Awaitable<Result<Slots::Slot>> Slots::take(std::chrono::steady_clock::duration patience) {
    auto const loop = co_await asio::this_coro::executor;
    auto const waiter = std::make_shared<Waiter>(loop);
    waiter->bell.expires_after(patience);
    {
        std::lock_guard const lock(mutex_);
        if (free_ > 0) {
            --free_;
            co_return Slot(*this);
        }
        if (waiting_.size() >= waiting_max_) co_return Error{Errc::busy};
        waiting_.push_back(waiter);
    }
    Place place(*this, waiter);
    co_await waiter->bell.async_wait(no_throw);
    if (place.take()) co_return Slot(*this);
    co_return Error{Errc::busy};
}

void Slots::give_back() noexcept {
    std::shared_ptr<Waiter> next;
    {
        std::lock_guard const lock(mutex_);
        if (waiting_.empty()) {
            ++free_;
            return;
        }
        next = std::move(waiting_.front());
        waiting_.pop_front();
        next->granted = true;
    }
    // A timer belongs to its loop. The waiter cannot miss this: it waits before its loop runs on.
    auto const loop = next->bell.get_executor();
    asio::post(loop, [next] { next->bell.cancel(); });
}

}  // namespace blog::pictures
