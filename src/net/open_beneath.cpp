#include "net/open_beneath.hpp"

#include <cerrno>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <system_error>

namespace blog::net {

namespace {

// O_NONBLOCK: opening a pipe must not wait for its writer. O_NOCTTY: nor may a terminal become
// ours.
constexpr int read_flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;

int open_by_kernel(int directory, char const* path) noexcept {
    open_how how{};
    how.flags = read_flags;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
    // EAGAIN: something was renamed meanwhile and the kernel cannot be sure. Three tries are
    // plenty.
    for (int tries = 0; tries < 3; ++tries) {
        auto const fd = ::syscall(SYS_openat2, directory, path, &how, sizeof how);
        if (fd >= 0) return static_cast<int>(fd);
        if (errno != EAGAIN && errno != EINTR) return -1;
    }
    errno = ENOENT;
    return -1;
}

int open_by_step(int directory, std::string const& path) {
    UniqueFd folder;
    int at = directory;
    std::size_t begin = 0;
    for (auto slash = path.find('/'); slash != path.npos; slash = path.find('/', begin)) {
        auto const segment = path.substr(begin, slash - begin);
        folder.reset(::openat(at, segment.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (!folder) return -1;
        at = folder.get();
        begin = slash + 1;
    }
    return ::openat(at, path.c_str() + begin, read_flags | O_NOFOLLOW);
}

bool means_not_there(int error) noexcept {
    switch (error) {
        case ENOENT:
        case ENOTDIR:
        case ELOOP:  // a symbolic link that is not followed
        case EXDEV:  // one that leads out
        case EACCES:
        case EPERM:
        case ENAMETOOLONG:
        case EINVAL:  // a name that this file system cannot have
        case EILSEQ:
        case ENXIO:  // a socket, or a device without a driver
        case ENODEV:
            return true;
        default:
            return false;
    }
}

bool means_out_of_resources(int error) noexcept {
    return error == EMFILE || error == ENFILE || error == ENOMEM;
}

}  // namespace

Lookup best_lookup(int directory) noexcept {
    UniqueFd const probe(open_by_kernel(directory, "."));
    return probe || (errno != ENOSYS && errno != EPERM) ? Lookup::kernel : Lookup::by_step;
}

Result<std::optional<OpenFile>> open_beneath(int directory, std::string const& path,
                                             Lookup lookup) {
    OpenFile file;
    file.fd.reset(lookup == Lookup::kernel ? open_by_kernel(directory, path.c_str())
                                           : open_by_step(directory, path));
    if (int const error = errno; !file.fd) {
        if (means_not_there(error)) return std::optional<OpenFile>();
        if (means_out_of_resources(error)) return Error(Errc::busy);
        throw std::system_error(error, std::generic_category(), "cannot open a file to serve");
    }
    struct stat info {};
    if (::fstat(file.fd.get(), &info) != 0)
        throw std::system_error(errno, std::generic_category(), "cannot stat a file to serve");
    if (!S_ISREG(info.st_mode)) return std::optional<OpenFile>();

    file.size = static_cast<std::uint64_t>(info.st_size);
    file.inode = info.st_ino;
    file.modified = info.st_mtim;
    return std::optional(std::move(file));
}

}  // namespace blog::net
