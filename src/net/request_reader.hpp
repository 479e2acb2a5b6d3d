#pragma once
#include "net/channel.hpp"
#include "net/limits.hpp"
#include "net/workspace.hpp"

namespace blog::net {

enum class Received : std::uint8_t {
    request,  // whole: workspace.head and workspace.content
    nothing,  // not a byte is there
    closed,   // the client is gone
    refused,  // workspace.refusal says why
};

// Reads the next request, starting with what an earlier read left in the workspace. Answers
// "Expect: 100-continue". Returns without waiting when nothing has arrived yet.
Awaitable<Received> receive_request(Channel&, Limits const&, Workspace&);

// Drops the request just served; what came after it stays.
void finish_request(Workspace&) noexcept;

}  // namespace blog::net
