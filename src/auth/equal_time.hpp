#pragma once
#include "async.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <chrono>

namespace blog::auth {

// Made when a request begins. Whoever waits before answering answers at the same time whatever
// was found out meanwhile, as long as that took less than a step.
class EqualTime {
public:
    using Clock = std::chrono::steady_clock;

    explicit EqualTime(std::chrono::milliseconds step = std::chrono::milliseconds(250)) noexcept
        : step_(step) {}

    // Resumes at the next multiple of the step since construction; at once when the step is 0.
    // A cancelled wait ends early and does not throw by itself.
    Awaitable<void> wait() const {
        if (step_ <= Clock::duration::zero()) co_return;
        auto const loop = co_await asio::this_coro::executor;
        auto const steps = (Clock::now() - start_) / step_ + 1;
        asio::steady_timer timer(loop, start_ + steps * step_);
        co_await timer.async_wait(no_throw);
    }

private:
    Clock::time_point const start_ = Clock::now();
    Clock::duration const step_;
};

}  // namespace blog::auth
