#pragma once
#include "clock.hpp"
#include "config.hpp"
#include "db/store.hpp"
#include "log.hpp"

#include <memory>
#include <string>

namespace blog::admin {

// Does the operator's commands in a running server, since only one process uses a SQLite file:
// listens beside the file for `blogd user`, on a thread of its own. Only the server's own user and
// root are heard. At most 8 conversations at once, further ones wait; one whose other side is
// silent for 30 s ends.
class ControlSocket {
public:
    // Whoever makes this owns the database file, so a socket that is there was left behind. When
    // the folder takes no socket there is a warning, and no such commands. All others outlive
    // this; destroy it before the store is closed.
    ControlSocket(std::string const& database_path, db::Store& store, Config const& config,
                  Clock const& clock, Log& log);
    ControlSocket(ControlSocket const&) = delete;
    ControlSocket& operator=(ControlSocket const&) = delete;
    // Finishes the commands that have begun, and removes the socket.
    ~ControlSocket();

private:
    struct Impl;
    std::unique_ptr<Impl> const impl_;
};

}  // namespace blog::admin
