#include "db/owner_lock.hpp"

#include "db/database_error.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace blog::db {

namespace {

// The owner wrote its process id; it may be about to, so that there is none yet.
long read_owner(int file) noexcept {
    std::array<char, 24> text{};
    ssize_t const size = ::pread(file, text.data(), text.size(), 0);
    long pid = 0;
    if (size > 0) std::from_chars(text.data(), text.data() + size, pid);
    return pid;
}

void write_owner(int file) noexcept {
    std::string const text = std::to_string(::getpid()) + "\n";
    // Only the message of a second blogd gets poorer when this fails.
    if (::ftruncate(file, 0) == 0 && ::pwrite(file, text.data(), text.size(), 0) < 0) return;
}

}  // namespace

OwnerLock::OwnerLock(std::string const& database_path) {
    std::string const path = database_path + ".lock";
    file_.reset(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file_)
        throw DatabaseError("cannot open the lock file " + path + ": " + std::strerror(errno));
    int locked = 0;
    do {
        locked = ::flock(file_.get(), LOCK_EX | LOCK_NB);
    } while (locked != 0 && errno == EINTR);
    if (locked == 0) {
        write_owner(file_.get());
        return;
    }
    if (errno != EWOULDBLOCK)
        throw DatabaseError("cannot lock " + path + ": " + std::strerror(errno));
    long const pid = read_owner(file_.get());
    throw DatabaseError(database_path + " is in use by another blogd" +
                        (pid > 0 ? " (process " + std::to_string(pid) + ")" : "") +
                        ": stop that one first, or choose another file with --database");
}

}  // namespace blog::db
