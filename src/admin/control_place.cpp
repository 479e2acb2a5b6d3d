#include "admin/control_place.hpp"

#include "auth/token.hpp"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace blog::admin {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t address_bytes_max = sizeof(sockaddr_un::sun_path) - 1;
// Leaves room for /proc/self/fd/NUMBER/ in front.
constexpr std::size_t name_bytes_max = 80;

std::string name_beside(std::string const& file) {
    auto name = file + ".control";
    if (name.size() <= name_bytes_max) return name;
    return "blogd-" + auth::token_hash(file).substr(0, 32) + ".control";
}

}  // namespace

ControlPlace::ControlPlace(std::string const& database_path) {
    std::error_code ec;
    auto const path = fs::weakly_canonical(fs::absolute(database_path, ec), ec);
    database_ = ec ? database_path : path.string();
    name_ = name_beside(path.filename().string());
    path_ = (path.parent_path() / name_).string();
    folder_.reset(::open(path.parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
}

boost::asio::local::stream_protocol::endpoint ControlPlace::endpoint() const {
    if (path_.size() <= address_bytes_max) return {path_};
    return {"/proc/self/fd/" + std::to_string(folder_.get()) + "/" + name_};
}

bool ControlPlace::remove() const noexcept {
    struct stat found {};
    if (::fstatat(folder_.get(), name_.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT;
    return S_ISSOCK(found.st_mode) && ::unlinkat(folder_.get(), name_.c_str(), 0) == 0;
}

}  // namespace blog::admin
