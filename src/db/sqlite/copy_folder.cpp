#include "db/sqlite/copy_folder.hpp"

#include "db/copy_pictures.hpp"
#include "db/database_error.hpp"
#include "db/sqlite/new_file.hpp"
#include "unique_fd.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace blog::db {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void fail(std::string const& what, int error) {
    throw DatabaseError("cannot " + what + ": " + std::strerror(error));
}

}  // namespace

CopyFolder::CopyFolder(std::string const& media) {
    if (!media.empty()) path_ = fs::absolute(media) / "profile_pics/";
}

bool CopyFolder::is_there() const noexcept {
    std::error_code ignored;
    return is_used() && fs::is_directory(path_, ignored);
}

bool CopyFolder::takes(std::string_view name) noexcept {
    auto const safe = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '.' || c == '_' || c == '-';
    };
    return !name.empty() && name.size() <= 200 && name[0] != '.' && std::ranges::all_of(name, safe);
}

bool CopyFolder::has(std::string const& name) const noexcept {
    struct stat found {};
    return ::lstat((path_ + name).c_str(), &found) == 0;
}

std::optional<std::string> CopyFolder::read(std::string const& name) const {
    auto const path = path_ + name;
    UniqueFd const file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!file) {
        if (errno == EACCES) fail("read " + path, errno);
        return std::nullopt;
    }
    struct stat found {};
    if (::fstat(file.get(), &found) != 0) fail("read " + path, errno);
    if (!S_ISREG(found.st_mode)) return std::nullopt;
    check_picture_size(name, static_cast<std::uint64_t>(found.st_size));
    std::string bytes(static_cast<std::size_t>(found.st_size), '\0');
    std::size_t done = 0;
    while (done < bytes.size()) {
        auto const size = ::read(file.get(), bytes.data() + done, bytes.size() - done);
        if (size < 0 && errno == EINTR) continue;
        if (size <= 0) fail("read " + path, size < 0 ? errno : EIO);
        done += static_cast<std::size_t>(size);
    }
    return bytes;
}

void CopyFolder::put(std::string const& name, std::string_view bytes) const {
    auto const path = path_ + name;
    if (has(name)) {
        if (read(name) == bytes) return;
        throw DatabaseError("there is another file " + path +
                            ": move it away and copy again, or name another folder");
    }
    std::error_code ec;
    fs::create_directories(path_, ec);
    if (ec) fail("make the folder " + path_, ec.value());
    if (write_new_file(path_, name, bytes)) return;
    auto const error = errno;
    if (error != EEXIST) remove(name);
    fail("write " + path, error);
}

void CopyFolder::remove(std::string const& name) const noexcept {
    try {
        ::unlink((path_ + name).c_str());
    } catch (std::bad_alloc const&) {  // the next start does it
    }
}

}  // namespace blog::db
