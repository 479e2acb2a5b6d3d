#pragma once
#include "net/channel.hpp"
#include "net/limits.hpp"
#include "net/workspace.hpp"

#include <chrono>
#include <cstddef>

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
// receive_head() goes on from there; after the others it finds the same again.
Received receive_now(Channel&, Limits const&, Workspace&);

// A request's head, waiting for what is missing: never `partly`. Returns without waiting when
// nothing has arrived yet. Leaves the channel's limit as it is. Then the request is whole when it
// has no body, after receive_no_body(); or receive_body() follows.
Awaitable<Received> receive_head(Channel&, Limits const&, Workspace&);
void receive_no_body(Workspace&) noexcept;
// Its body, decoded. Answers "Expect: 100-continue".
struct BodyBounds {
    std::size_t bytes_max;
    // When it must be there in all; the longest pause within it is Limits::body_time.
    std::chrono::steady_clock::time_point by = std::chrono::steady_clock::time_point::max();
};
Awaitable<Received> receive_body(Channel&, Limits const&, Workspace&, BodyBounds);

// Drops the request just served; what came after it stays.
void finish_request(Workspace&) noexcept;

}  // namespace blog::net
