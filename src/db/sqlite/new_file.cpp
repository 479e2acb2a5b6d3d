#include "db/sqlite/new_file.hpp"

#include "unique_fd.hpp"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace blog::db {

namespace {

bool write_all(int fd, std::string_view bytes) noexcept {
    while (!bytes.empty()) {
        auto const written = ::write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

}  // namespace

bool write_new_file(std::string const& folder, std::string const& name, std::string_view bytes) {
    UniqueFd const file(::open((folder + name).c_str(),
                               O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644));
    if (!file || !write_all(file.get(), bytes) || ::fsync(file.get()) != 0) return false;
    UniqueFd const parent(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return parent && ::fsync(parent.get()) == 0;
}

}  // namespace blog::db
