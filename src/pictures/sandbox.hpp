#pragma once
#include <cstdint>

namespace blog::pictures {

struct SandboxLimits {
    std::uint64_t memory_bytes_max = 512u << 20;  // address space, the program itself included
    std::uint32_t cpu_seconds_max = 10;
};

// From now on this process reads descriptor 0, writes descriptor 1, manages its memory and ends;
// the kernel kills it for anything else, and at the limits. There is no way back. Only for a
// process with one thread. Throws std::system_error when the kernel does not do it; then the
// process must not touch a picture.
void enter_sandbox(SandboxLimits const& limits);

// Whether enter_sandbox() limits memory and system calls. Not in builds with a sanitizer: its
// runtime reserves terabytes of address space and needs system calls of its own.
extern bool const sandbox_is_complete;

}  // namespace blog::pictures
