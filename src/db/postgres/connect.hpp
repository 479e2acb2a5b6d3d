#pragma once
#include "async.hpp"
#include "db/postgres/link.hpp"
#include "db/postgres/target.hpp"

#include <chrono>
#include <memory>
#include <span>
#include <string>

namespace blog::db::postgres {

// No host of the target could be used: a sentence with what each of them said.
struct CannotConnect : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Connects to the first host of the target that is there and of the right kind, with `host_timeout`
// for each, and prepares the statements: name resolution, TLS and log-in are all awaited on the
// current coroutine's loop. Throws CannotConnect.
Awaitable<std::unique_ptr<Link>> connect(Target const& target, std::span<Statement const* const>,
                                         std::chrono::milliseconds host_timeout);

}  // namespace blog::db::postgres
