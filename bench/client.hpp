#pragma once
#include "unique_fd.hpp"

#include <string>
#include <string_view>
#include <sys/socket.h>
#include <vector>

namespace blog::bench {

// "http://127.0.0.1:8000/a,/b": an address and the paths to ask it for.
struct Url {
    std::string authority;  // "127.0.0.1:8000"
    sockaddr_storage address{};
    socklen_t address_bytes = 0;
    std::vector<std::string> paths;
};

// Throws std::runtime_error.
Url parse_url(std::string_view text);

// A connection, blocking, with TCP_NODELAY. Throws std::system_error.
UniqueFd connect_to(Url const& url);

}  // namespace blog::bench
