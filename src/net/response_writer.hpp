#pragma once
#include "net/channel.hpp"
#include "net/loop.hpp"
#include "net/response.hpp"
#include "net/workspace.hpp"

#include <cstdint>
#include <optional>

namespace blog::net {

struct SendOptions {
    bool head_only = false;  // the answer to HEAD
    bool http_1_0 = false;
    bool keep_alive = true;
};

struct Sent {
    bool whole = true;  // false: the client is gone, too slow, or the body broke off; close
    std::uint64_t body_bytes = 0;
};

// Whether only the end of the connection can end this answer: a stream of unknown size to a client
// that does not know the chunked coding.
bool ends_by_close(Response const&, bool http_1_0) noexcept;

// An answer whose bytes are all in memory, as what is to be written: views of the workspace's text
// and of the response. nullopt for a file and a stream, whose head is then in the workspace.
struct Ready {
    Parts parts;            // the head, which is the workspace's text, and the tail
    std::string_view tail;  // lines that are ready, and the body
    std::uint64_t body_bytes;
};
std::optional<Ready> make_ready(Loop&, Workspace&, Response const&, SendOptions);

// Writes an answer. What a slow client does not take yet is kept nowhere but in the response
// itself. Afterwards the response may hold no body any more.
Awaitable<Sent> send_response(Channel&, Loop&, Workspace&, Response&, SendOptions);

}  // namespace blog::net
