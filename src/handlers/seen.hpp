#pragma once
#include "generations.hpp"
#include "net/request.hpp"
#include "net/response.hpp"

#include <chrono>

namespace blog::handlers {

// What a client has seen of the blog, where several servers may answer it: a cookie with a version,
// sent with answers that are newer than what every server is sure to know, and forgotten when that
// time is over. Who sends it back is never shown anything older, by whichever server. It names no
// person and no session.

// 0: the client does not say.
Version seen_by(net::Request const& request) noexcept;

// Tells the client, when it may meet a server that does not know it yet.
void tell_seen(net::Response& response, Version version, Version seen_before,
               Generations const& generations, std::chrono::seconds age);

}  // namespace blog::handlers
