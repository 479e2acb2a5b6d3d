#pragma once
#include <chrono>

namespace blog {

// Instants are UTC with the six digits that blog.db keeps.
using SysTime = std::chrono::sys_time<std::chrono::microseconds>;

// Where the program reads the time, so that tests can set it. Any thread.
class Clock {
public:
    virtual ~Clock() = default;
    virtual SysTime wall() const noexcept = 0;
};

class SystemClock final : public Clock {
public:
    SysTime wall() const noexcept override {
        return std::chrono::time_point_cast<SysTime::duration>(std::chrono::system_clock::now());
    }
};

}  // namespace blog
