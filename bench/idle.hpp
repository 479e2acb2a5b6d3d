#pragma once
#include "client.hpp"
#include "requests.hpp"

#include <chrono>
#include <cstddef>

namespace blog::bench {

// Opens `count` connections, one request and its answer on each, prints {"connections": count} and
// holds them for so long, so that the server's memory can be looked at. Throws std::runtime_error
// when the server closes one of them.
void hold_idle(Url const& url, Requests& requests, std::size_t count, std::chrono::seconds time);

}  // namespace blog::bench
