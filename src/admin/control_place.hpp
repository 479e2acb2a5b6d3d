#pragma once
#include "unique_fd.hpp"

#include <boost/asio/local/stream_protocol.hpp>

#include <string>

namespace blog::admin {

// Where a server listens for its operator: `<database file>.control`, beside the file, so that
// whoever may put something there might as well replace the blog. Every name of the file leads to
// the same place.
class ControlPlace {
public:
    // The folder need not be there; then nobody listens and nobody can.
    explicit ControlPlace(std::string const& database_path);

    std::string const& database() const noexcept { return database_; }  // absolute, links followed
    std::string const& path() const noexcept { return path_; }          // for people
    // For bind and connect, while this lives: a socket's address has 107 characters, so a longer
    // path goes through our descriptor of the folder.
    boost::asio::local::stream_protocol::endpoint endpoint() const;

    // Removes the socket, also one that a dead process has left. True when nothing is there now.
    bool remove() const noexcept;

private:
    std::string database_, path_, name_;
    UniqueFd folder_;
};

}  // namespace blog::admin
