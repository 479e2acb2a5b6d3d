#pragma once
#include "log.hpp"

#include <optional>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

namespace blog::test {

// A log whose events stay in memory.
class MemoryLog {
public:
    MemoryLog() {
        Log::Options options;
        options.events = "/proc/self/fd/" + std::to_string(fd_);
        options.access = "off";
        log_.emplace(options);
    }
    MemoryLog(MemoryLog const&) = delete;
    MemoryLog& operator=(MemoryLog const&) = delete;
    ~MemoryLog() {
        log_.reset();
        ::close(fd_);
    }

    Log& operator*() { return *log_; }
    // All that was written; the log has ended then.
    std::string text() {
        log_.reset();
        std::string out(1u << 16, '\0');
        auto const n = ::pread(fd_, out.data(), out.size(), 0);
        out.resize(n < 0 ? 0 : static_cast<std::size_t>(n));
        return out;
    }

private:
    int const fd_ = ::memfd_create("log", MFD_CLOEXEC);
    std::optional<Log> log_;
};

}  // namespace blog::test
