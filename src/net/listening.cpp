#include "net/listening.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <system_error>

namespace blog::net {
namespace {

constexpr int backlog = 1024;  // the kernel caps it at net.core.somaxconn
constexpr mode_t socket_mode = 0660;

[[noreturn]] void fail(Endpoint const& endpoint, int error) {
    auto const text = endpoint.text();
    auto const reason = std::system_category().message(error);
    switch (error) {
        case EADDRINUSE:
            throw std::runtime_error(text +
                                     " is in use: another program listens there; stop it, or "
                                     "choose another address with --listen");
        case EACCES:
            throw std::runtime_error(
                text + " is not allowed for this user (" + reason + ")" +
                (endpoint.is_unix() ? "" : "; ports below 1024 need a privilege"));
        case EADDRNOTAVAIL:
            throw std::runtime_error(text + " is no address of this machine");
        default:
            throw std::runtime_error("cannot listen on " + text + ": " + reason);
    }
}

void check(int result, Endpoint const& endpoint) {
    if (result < 0) fail(endpoint, errno);
}

void switch_on(UniqueFd const& socket, int level, int option, Endpoint const& endpoint) {
    int const on = 1;
    check(::setsockopt(socket.get(), level, option, &on, sizeof on), endpoint);
}

UniqueFd open_socket(int family, Endpoint const& endpoint) {
    UniqueFd socket(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    check(socket.get(), endpoint);
    return socket;
}

// A socket address of any kind, as the system calls want it.
struct Name {
    sockaddr_storage storage{};
    socklen_t size = 0;

    sockaddr* get() noexcept { return reinterpret_cast<sockaddr*>(&storage); }
    template <class T>
    void set(T const& address) noexcept {
        std::memcpy(&storage, &address, sizeof address);
        size = sizeof address;
    }
};

Name name_of(Endpoint const& endpoint) {
    Name name;
    if (endpoint.is_unix()) {
        sockaddr_un unix_name{};
        unix_name.sun_family = AF_UNIX;
        endpoint.path().copy(unix_name.sun_path, sizeof unix_name.sun_path - 1);
        name.set(unix_name);
    } else if (endpoint.address().is_ipv4()) {
        sockaddr_in ip{};
        ip.sin_family = AF_INET;
        ip.sin_port = htons(endpoint.port());
        std::memcpy(&ip.sin_addr, endpoint.address().bytes().data() + 12, sizeof ip.sin_addr);
        name.set(ip);
    } else {
        sockaddr_in6 ip{};
        ip.sin6_family = AF_INET6;
        ip.sin6_port = htons(endpoint.port());
        std::memcpy(&ip.sin6_addr, endpoint.address().bytes().data(), sizeof ip.sin6_addr);
        name.set(ip);
    }
    return name;
}

std::uint16_t bound_port(UniqueFd const& socket, Endpoint const& endpoint) {
    Name name;
    name.size = sizeof name.storage;
    check(::getsockname(socket.get(), name.get(), &name.size), endpoint);
    if (name.storage.ss_family == AF_INET) {
        sockaddr_in ip{};
        std::memcpy(&ip, &name.storage, sizeof ip);
        return ntohs(ip.sin_port);
    }
    sockaddr_in6 ip{};
    std::memcpy(&ip, &name.storage, sizeof ip);
    return ntohs(ip.sin6_port);
}

// Whether a process listens on the socket file. A file that nobody listens on refuses connections.
bool somebody_listens(Endpoint const& endpoint) {
    auto const probe = open_socket(AF_UNIX, endpoint);
    auto name = name_of(endpoint);
    if (::connect(probe.get(), name.get(), name.size) == 0 || errno == EAGAIN) return true;
    return errno != ECONNREFUSED && errno != ENOENT;
}

// Removes the socket that a process has left when it died. Anything else is not ours to remove.
void remove_stale_file(Endpoint const& endpoint) {
    struct stat found {};
    if (::lstat(endpoint.path().c_str(), &found) != 0) return;
    if (!S_ISSOCK(found.st_mode))
        throw std::runtime_error("cannot listen on " + endpoint.text() +
                                 ": there is a file of that name that is no socket");
    if (somebody_listens(endpoint)) fail(endpoint, EADDRINUSE);
    ::unlink(endpoint.path().c_str());
}

}  // namespace

Listening::Listening(Endpoint endpoint, unsigned workers) : endpoint_(std::move(endpoint)) {
    if (endpoint_.is_unix())
        open_unix(workers);
    else
        open_tcp(workers);
}

Listening::~Listening() {
    struct stat ours {
    }, found{};
    if (!file_ || ::fstat(file_.get(), &ours) != 0) return;
    if (::lstat(endpoint_.path().c_str(), &found) != 0) return;
    if (ours.st_dev == found.st_dev && ours.st_ino == found.st_ino)
        ::unlink(endpoint_.path().c_str());
}

UniqueFd Listening::take(unsigned worker) noexcept {
    return std::move(sockets_[worker]);
}

void Listening::open_tcp(unsigned workers) {
    int const family = endpoint_.address().is_ipv4() ? AF_INET : AF_INET6;
    for (unsigned i = 0; i < workers; ++i) {
        auto socket = open_socket(family, endpoint_);
        switch_on(socket, SOL_SOCKET, SO_REUSEADDR,
                  endpoint_);  // old connections do not block a restart
        switch_on(socket, IPPROTO_TCP, TCP_NODELAY, endpoint_);  // accepted sockets inherit it
        if (family == AF_INET6) switch_on(socket, IPPROTO_IPV6, IPV6_V6ONLY, endpoint_);
        // The first socket binds without SO_REUSEPORT, so that it fails when another program has
        // the port; then it lets ours join.
        if (i > 0) switch_on(socket, SOL_SOCKET, SO_REUSEPORT, endpoint_);
        auto name = name_of(endpoint_);
        check(::bind(socket.get(), name.get(), name.size), endpoint_);
        if (i == 0) {
            endpoint_.set_port(bound_port(socket, endpoint_));
            switch_on(socket, SOL_SOCKET, SO_REUSEPORT, endpoint_);
        }
        sockets_.push_back(std::move(socket));
    }
    // Only now: no connection may come to a group that is not complete.
    for (auto const& socket : sockets_)
        check(::listen(socket.get(), backlog), endpoint_);
}

void Listening::open_unix(unsigned workers) {
    remove_stale_file(endpoint_);
    auto socket = open_socket(AF_UNIX, endpoint_);
    auto name = name_of(endpoint_);
    // The mode of the socket becomes the mode of the file, less the umask: set both.
    check(::fchmod(socket.get(), socket_mode), endpoint_);
    check(::bind(socket.get(), name.get(), name.size), endpoint_);
    file_.reset(::open(endpoint_.path().c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    check(::chmod(endpoint_.path().c_str(), socket_mode), endpoint_);
    check(::listen(socket.get(), backlog), endpoint_);
    for (unsigned i = 1; i < workers; ++i) {
        UniqueFd copy(::fcntl(socket.get(), F_DUPFD_CLOEXEC, 0));
        check(copy.get(), endpoint_);
        sockets_.push_back(std::move(copy));
    }
    sockets_.push_back(std::move(socket));
}

}  // namespace blog::net
