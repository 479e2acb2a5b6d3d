#include "copy_progress.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <unistd.h>

namespace blog {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds redraw = 100ms, report = 5s;
constexpr std::size_t bar_width = 30;

std::string bar(std::int64_t done, std::int64_t rows) {
    auto const filled = static_cast<std::size_t>(
        static_cast<double>(bar_width) * static_cast<double>(done) / static_cast<double>(rows));
    std::string out(bar_width, '.');
    std::fill_n(out.begin(), std::min(filled, bar_width), '#');
    return out;
}

}  // namespace

CopyProgressLine::CopyProgressLine() : terminal_(::isatty(STDERR_FILENO) == 1) {}

void CopyProgressLine::begin(std::string_view what, std::int64_t rows) {
    what_ = what;
    rows_ = rows;
    done_ = 0;
    auto const now = Clock::now();
    begun_ = now;
    // What takes long is told on terminals from its beginning, elsewhere once it does.
    if (terminal_)
        show(now);
    else
        next_ = std::max(next_, now + report);
}

void CopyProgressLine::show(Clock::time_point now) {
    next_ = now + (terminal_ ? redraw : report);
    auto const seconds = std::chrono::duration<double>(now - begun_).count();
    auto const rate = seconds > 0 ? static_cast<double>(done_) / seconds : 0;
    std::array<char, 160> line{};
    if (rows_ == 0)
        std::snprintf(line.data(), line.size(), "%s ...", what_.c_str());
    else
        std::snprintf(line.data(), line.size(), "%s%s%s%s %3.0f%%, %lld of %lld rows, %.0f rows/s",
                      what_.c_str(), terminal_ ? " [" : "",
                      terminal_ ? bar(done_, rows_).c_str() : "", terminal_ ? "]" : ":",
                      100 * static_cast<double>(done_) / static_cast<double>(rows_),
                      static_cast<long long>(done_), static_cast<long long>(rows_), rate);
    std::fprintf(stderr, terminal_ ? "\r%s\033[K" : "%s\n", line.data());
    std::fflush(stderr);
}

void CopyProgressLine::wipe() {
    if (!terminal_) return;
    std::fputs("\r\033[K", stderr);
    std::fflush(stderr);
}

}  // namespace blog
