#pragma once
#include "error.hpp"
#include "unique_fd.hpp"

#include <cstdint>
#include <ctime>
#include <optional>
#include <string>

namespace blog::net {

// How a path is resolved so that it cannot leave its directory.
enum class Lookup : std::uint8_t {
    kernel,   // openat2(RESOLVE_BENEATH): symbolic links work as long as they stay inside
    by_step,  // one openat(O_NOFOLLOW) a segment: no symbolic link works. Older kernels, sandboxes
};

// What this system can do.
Lookup best_lookup(int directory) noexcept;

// A regular file and what its inode said right after it was opened.
struct OpenFile {
    UniqueFd fd;
    std::uint64_t size = 0;
    std::uint64_t inode = 0;
    timespec modified{};
};

// Opens a file below `directory` for reading. `path` is relative, without empty, "." or ".."
// segments and without NUL. nullopt: there is no regular file of that name that we may read (a
// folder, a device, a pipe, a link that leads out, no permission). Errc::busy: out of descriptors
// or memory. Throws std::system_error when the disk fails.
Result<std::optional<OpenFile>> open_beneath(int directory, std::string const& path, Lookup lookup);

}  // namespace blog::net
