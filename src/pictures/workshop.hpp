#pragma once
#include "async.hpp"
#include "error.hpp"
#include "log.hpp"
#include "pictures/slots.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace blog::pictures {

// Makes profile pictures out of uploads, each in a process of its own that may do nothing else
// (sandbox.hpp). Any thread; outlives the work on every loop. The blog ignores SIGPIPE, and nobody
// else waits for children that are not theirs.
class Workshop {
public:
    struct Options {
        std::string program = "/proc/self/exe";      // knows picture-worker
        std::size_t parallel = 2;                    // processes at a time
        std::size_t queue_max = 32;                  // uploads that wait for one of them
        std::chrono::milliseconds time_max{10'000};  // of a process, and of the wait for one
        std::uint64_t memory_max = 512u << 20;       // bytes of address space of a process
        std::uint64_t pixels_max = 50'000'000;
        std::uint64_t upload_bytes_max = 5u << 20;
    };
    Workshop(Options options, Log& log);
    Workshop(Workshop const&) = delete;
    Workshop& operator=(Workshop const&) = delete;

    // A JPEG of 300x300 pixels. On the caller's loop, which never waits for it.
    // picture_invalid: not a JPEG, PNG, GIF or WebP, damaged, above the limits, or the end of the
    // process that looked at it; busy: too many at a time. Throws std::runtime_error when the
    // system gives no process or no sandbox.
    Awaitable<Result<std::string>> make(std::string upload);

private:
    Options const options_;
    std::vector<std::string> const words_;  // the worker's command line
    Log& log_;
    Slots slots_;
};

}  // namespace blog::pictures
