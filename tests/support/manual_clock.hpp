#pragma once
#include "clock.hpp"

#include <atomic>

namespace blog::test {

// Stands still until it is told to go on; begins at 2026-06-08 12:00:00 UTC. Any thread.
class ManualClock final : public Clock {
public:
    static constexpr SysTime start =
        std::chrono::sys_days(std::chrono::year(2026) / 6 / 8) + std::chrono::hours(12);

    explicit ManualClock(SysTime now = start) noexcept : now_(now) {}

    SysTime wall() const noexcept override { return now_.load(); }
    void set(SysTime now) noexcept { now_.store(now); }
    void advance(SysTime::duration by) noexcept { now_.store(now_.load() + by); }

private:
    std::atomic<SysTime> now_;
};

}  // namespace blog::test
