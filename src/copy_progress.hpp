#pragma once
#include "db/copy.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace blog {

// Shows on standard error how far a copy is: one line that is drawn again and again on a terminal,
// else a line every few seconds.
class CopyProgressLine final : public db::CopyProgress {
public:
    CopyProgressLine();
    // Whatever a failed copy left on the line is wiped.
    ~CopyProgressLine() override { wipe(); }

    void begin(std::string_view what, std::int64_t rows) override;
    void row() override {
        ++done_;
        if (auto const now = Clock::now(); now >= next_) show(now);
    }
    void end() override { wipe(); }

private:
    using Clock = std::chrono::steady_clock;

    void show(Clock::time_point now);
    void wipe();

    bool const terminal_;
    std::string what_;
    std::int64_t rows_ = 0, done_ = 0;
    Clock::time_point begun_{}, next_{};
};

}  // namespace blog
