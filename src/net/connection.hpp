#pragma once
#include "net/address.hpp"
#include "net/loop.hpp"
#include "net/stream.hpp"

#include <memory>

namespace blog::net {

// Serves a connection until it closes: requests in order, answers in order. It belongs to the loop.
// A coroutine runs only while a request is being served; an idle connection is a small object and
// the kernel's promise to tell when something arrives. Throws only when there is no memory to begin
// with.
void serve(std::unique_ptr<Stream>, Address peer, Loop&);

// Answers 503 to a connection that is one too many, and closes it. Throws as serve() does.
void turn_away(std::unique_ptr<Stream>, Address peer, Loop&);

// Closes the idle connections of a loop whose `draining` was just set; the others close after the
// answer that they are at.
void close_idle(Loop&) noexcept;

// Ends every wait of every connection, so that all that are not inside the service close now.
// Returns whether a request was under way.
bool cut_all(Loop&) noexcept;

}  // namespace blog::net
