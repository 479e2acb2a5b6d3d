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
    partly,   // more has to arrive, or the client to be told to go on
};

// Reads the next request as far as that goes without waiting, starting with what an earlier read
// left in the workspace. `request` only for one without a body. After `partly` and `request`
// receive_request() goes on from there; after the others it finds the same again.
Received receive_now(Channel&, Limits const&, Workspace&);

// The same, but waits for what is missing: never `partly`. Answers "Expect: 100-continue". Returns
// without waiting when nothing has arrived yet.
Awaitable<Received> receive_request(Channel&, Limits const&, Workspace&);

// Drops the request just served; what came after it stays.
void finish_request(Workspace&) noexcept;

}  // namespace blog::net
