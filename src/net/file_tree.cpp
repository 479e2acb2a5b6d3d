#include "net/file_tree.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <climits>
#include <fcntl.h>
#include <system_error>

namespace blog::net {

namespace {

// Scatters the bits of a number (the finaliser of SplitMix64): equal inputs stay equal, and inputs
// that differ in one bit differ in about half of them.
std::uint64_t scatter(std::uint64_t x) noexcept {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

// 16 hex digits that stand for this state of this file. Scattered, because inode numbers are
// nobody's business.
std::string state_of(OpenFile const& file) {
    std::uint64_t state = 0;
    for (auto const part : {file.size, file.inode, static_cast<std::uint64_t>(file.modified.tv_sec),
                            static_cast<std::uint64_t>(file.modified.tv_nsec)}) {
        state = scatter(state + 0x9e3779b97f4a7c15u + part);
    }
    std::string text(16, '0');
    std::array<char, 16> digits;
    auto const end = std::to_chars(digits.begin(), digits.end(), state, 16).ptr;
    std::copy(digits.begin(), end, text.end() - (end - digits.begin()));
    return text;
}

std::string quoted(std::string_view text) {
    return '"' + std::string(text) + '"';
}

}  // namespace

Result<std::optional<StoredFile>> EmbeddedTree::find(std::string const& path) const {
    auto const wanted = prefix_ + path;
    auto const at = std::ranges::lower_bound(assets_, wanted, {}, &Asset::path);
    if (at == assets_.end() || at->path != wanted) return std::optional<StoredFile>();

    constexpr std::size_t etag_digits = 32;  // 128 bits tell any two files apart
    StoredFile file;
    file.content = at->bytes;
    file.size = at->bytes.size();
    file.etag = quoted(at->sha256_hex.substr(0, etag_digits));
    file.fingerprint = at->sha256_hex.substr(0, fingerprint_bytes);
    file.last_modified = started_;
    return std::optional(std::move(file));
}

DiskTree::DiskTree(std::string const& folder, Clock const& clock, std::optional<Lookup> lookup)
    : folder_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)), clock_(clock) {
    if (!folder_) throw std::system_error(errno, std::generic_category(), folder);
    lookup_ = lookup.value_or(best_lookup(folder_.get()));
}

Result<std::optional<StoredFile>> DiskTree::find(std::string const& path) const {
    auto opened = open_beneath(folder_.get(), path, lookup_);
    if (!opened) return opened.error();
    if (!*opened) return std::optional<StoredFile>();

    auto const now = std::chrono::floor<std::chrono::seconds>(clock_.wall());
    auto const modified = Seconds(std::chrono::seconds((*opened)->modified.tv_sec));
    auto const state = state_of(**opened);
    StoredFile file;
    file.content = std::move((*opened)->fd);
    file.size = (*opened)->size;
    file.etag = quoted(state);
    file.fingerprint = state.substr(0, fingerprint_bytes);
    file.last_modified = std::clamp(modified, Seconds(), std::max(now, Seconds()));
    return std::optional(std::move(file));
}

std::optional<std::string> normal_path(std::string_view rest) {
    if (rest.size() >= PATH_MAX || rest.find('\0') != rest.npos) return std::nullopt;
    std::string path;
    while (!rest.empty()) {
        auto const slash = std::min(rest.find('/'), rest.size());
        auto const segment = rest.substr(0, slash);
        rest.remove_prefix(std::min(slash + 1, rest.size()));
        if (segment.empty() || segment == ".") continue;
        if (segment == "..") {
            if (path.empty()) return std::nullopt;
            auto const parent = path.rfind('/');
            path.resize(parent == path.npos ? 0 : parent);
            continue;
        }
        if (segment.starts_with('.') || segment.size() > NAME_MAX) return std::nullopt;
        if (!path.empty()) path += '/';
        path += segment;
    }
    if (path.empty()) return std::nullopt;
    return path;
}

}  // namespace blog::net
