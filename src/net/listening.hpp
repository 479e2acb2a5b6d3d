#pragma once
#include "net/endpoint.hpp"
#include "unique_fd.hpp"

#include <vector>

namespace blog::net {

// One endpoint that is listened on, with a socket for every worker: TCP workers have one each
// (SO_REUSEPORT, the kernel spreads connections), a Unix-domain socket is one socket that all
// share.
class Listening {
public:
    // Binds and listens. Port 0 becomes a free port, the same for all. A Unix-domain socket file is
    // made with mode 0660; one left over by a dead process is replaced, one that somebody listens
    // on is not. Throws std::runtime_error with a sentence such as "127.0.0.1:8000 is in use: ...".
    Listening(Endpoint, unsigned workers);
    Listening(Listening&&) noexcept = default;
    Listening& operator=(Listening&&) = delete;
    ~Listening();  // removes the file of a Unix-domain socket, if it is still ours

    Endpoint const& endpoint() const noexcept { return endpoint_; }  // with the actual port
    // The socket of one worker, once. worker < workers.
    UniqueFd take(unsigned worker) noexcept;

private:
    void open_tcp(unsigned workers);
    void open_unix(unsigned workers);

    Endpoint endpoint_;
    std::vector<UniqueFd> sockets_;
    UniqueFd file_;  // unix: the socket file as we made it, opened as a path
};

}  // namespace blog::net
