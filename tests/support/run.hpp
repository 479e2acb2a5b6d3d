#pragma once
#include "async.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

namespace blog::test {

// Runs one coroutine to its end on `loop`, in the calling thread, and throws what it threw.
// Whatever else is on the loop runs meanwhile.
inline void run(asio::io_context& loop, Awaitable<void> work) {
    std::exception_ptr error;
    bool done = false;
    auto const finish = [&](std::exception_ptr thrown) {
        error = thrown;
        done = true;
        loop.stop();
    };
    asio::co_spawn(loop, std::move(work), finish);
    loop.restart();
    loop.run();
    if (!done) throw std::logic_error("the coroutine waits for something that never comes");
    if (error) std::rethrow_exception(error);
}

namespace detail {
template <class T>
Awaitable<void> keep(Awaitable<T> work, std::optional<T>& out) {
    out.emplace(co_await std::move(work));
}
}  // namespace detail

// The same for a coroutine that returns something.
template <class T>
T run(asio::io_context& loop, Awaitable<T> work) {
    std::optional<T> out;
    run(loop, detail::keep(std::move(work), out));
    return std::move(*out);
}

// On a loop of its own.
template <class T>
T run(Awaitable<T> work) {
    asio::io_context loop(1);
    return run(loop, std::move(work));
}

}  // namespace blog::test
