#pragma once
#include "async.hpp"
#include "error.hpp"

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <utility>

namespace blog::pictures {

// How many may work at a time, over all loops; who comes later waits in order. Any thread. Outlives
// every Slot and every wait.
class Slots {
public:
    // The right to work; given on when it goes.
    class Slot {
    public:
        explicit Slot(Slots& owner) noexcept : owner_(&owner) {}
        Slot(Slot&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)) {}
        Slot& operator=(Slot&&) = delete;
        ~Slot() {
            if (owner_ != nullptr) owner_->give_back();
        }

    private:
        Slots* owner_;
    };

    Slots(std::size_t slots, std::size_t waiting_max) : free_(slots), waiting_max_(waiting_max) {}
    Slots(Slots const&) = delete;
    Slots& operator=(Slots const&) = delete;

    // busy: `waiting_max` wait already, or `patience` ran out.
    Awaitable<Result<Slot>> take(std::chrono::steady_clock::duration patience);

private:
    struct Waiter {
        explicit Waiter(asio::any_io_executor loop) : bell(std::move(loop)) {}
        asio::steady_timer bell;  // its loop only
        bool granted = false;     // under the mutex
    };
    class Place;

    void give_back() noexcept;

    std::mutex mutex_;  // guards all below
    std::size_t free_;
    std::size_t const waiting_max_;
    std::list<std::shared_ptr<Waiter>> waiting_;  // neither of them granted
};

}  // namespace blog::pictures
