#pragma once
#include "assets.hpp"
#include "clock.hpp"
#include "error.hpp"
#include "net/http_date.hpp"
#include "net/open_beneath.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace blog::net {

// The content of a file: bytes of the binary, which live as long as the program, or an open file.
using FileContent = std::variant<std::string_view, UniqueFd>;

// A file that was found, in the state that `etag` names.
struct StoredFile {
    FileContent content;
    std::uint64_t size = 0;
    std::string etag;         // strong, quoted
    std::string fingerprint;  // fingerprint_bytes hex digits; changes when the file does
    Seconds last_modified{};  // never in the future
};

constexpr std::size_t fingerprint_bytes = 12;

// Files under relative paths. Constant after construction, any thread. A path given to find() came
// out of normal_path().
class FileTree {
public:
    virtual ~FileTree() = default;
    // nullopt: no such file. Errors and exceptions as open_beneath() has them.
    virtual Result<std::optional<StoredFile>> find(std::string const& path) const = 0;
};

// The assets below a prefix such as "static/". Their Last-Modified is the start of this process:
// the earliest moment of which we know that they were as they are.
class EmbeddedTree final : public FileTree {
public:
    EmbeddedTree(std::span<Asset const> assets, std::string prefix, Seconds started)
        : assets_(assets), prefix_(std::move(prefix)), started_(started) {}
    Result<std::optional<StoredFile>> find(std::string const& path) const override;

private:
    std::span<Asset const> assets_;  // sorted by path
    std::string prefix_;
    Seconds started_;
};

// A folder on the disk, opened once: it may be renamed, and nothing outside it is ever read. Etag
// and fingerprint come from size, time and inode, so that a request costs one open and one fstat.
class DiskTree final : public FileTree {
public:
    // Throws std::system_error when the folder cannot be opened. The clock outlives the tree.
    DiskTree(std::string const& folder, Clock const& clock,
             std::optional<Lookup> lookup = std::nullopt);
    Result<std::optional<StoredFile>> find(std::string const& path) const override;

private:
    UniqueFd folder_;
    Clock const& clock_;
    Lookup lookup_;
};

// The rest of a URL path, decoded, as a relative path: "css//./main.css/" is "css/main.css".
// nullopt for what never names a file: nothing, a way out by "..", NUL, a name that begins with
// '.', a segment or path that is too long for Linux.
std::optional<std::string> normal_path(std::string_view rest);

}  // namespace blog::net
