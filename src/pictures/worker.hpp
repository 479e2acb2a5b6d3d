#pragma once
#include "pictures/process.hpp"
#include "pictures/sandbox.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace blog::pictures {

// What the worker is told on its command line, in this order.
struct WorkerLimits {
    SandboxLimits sandbox;
    std::uint64_t pixels_max = PixelLimits{}.pixels_max;
    std::uint64_t upload_bytes_max = 5u << 20;

    std::vector<std::string> words() const;
};

// How the worker ends.
enum class WorkerExit : int {
    made = 0,
    refused = 3,  // no picture, damaged, or above the limits
    out_of_memory = 4,
    trouble = 5,  // no sandbox, or nobody reads the answer
};

// The process that decodes: `blogd picture-worker [limits]`. Goes into the sandbox, reads the
// upload from standard input to its end, writes the JPEG to standard output. `args` are the words()
// of its limits, or nothing for the usual ones.
[[noreturn]] void picture_worker_main(std::span<char const* const> args);

}  // namespace blog::pictures
