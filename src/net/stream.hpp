#pragma once
#include "async.hpp"
#include "caller.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace blog::net {

// A byte stream as a connection sees it: calls that never wait, and one that waits until they may
// get on. So nobody who waits owns a buffer. A socket in production (socket_stream.hpp), memory in
// tests.
class Stream : public Caller {
public:
    enum class State : std::uint8_t {
        ok,
        blocked,  // nothing now: wait
        ended,    // read: the other side has finished sending
        failed,   // gone
    };
    struct Moved {
        std::size_t bytes = 0;
        State state = State::ok;
    };
    enum class Direction : std::uint8_t { read, write };

    virtual ~Stream() = default;

    // One attempt; bytes > 0 when ok. `into` and `parts` are not empty.
    virtual Moved read(std::span<char> into) noexcept = 0;
    virtual Moved write(std::span<std::string_view const> parts) noexcept = 0;  // gathered

    // Who waits without a coroutine: an idle connection, or a slow one.
    class Watcher {
    public:
        virtual void on_ready() noexcept = 0;

    protected:
        ~Watcher() = default;
    };

    // Returns when an attempt may get on, or after cancel(). One wait or watch at a time.
    virtual Awaitable<void> wait(Direction) = 0;
    // The same as one call of the watcher, from the loop. The watcher outlives it.
    virtual void watch(Direction, Watcher&) = 0;
    virtual void cancel() noexcept = 0;  // ends what is under way, if anything
    // The loop ends: destroys the coroutine that waits, if one does and the loop does not know it.
    virtual void abandon() noexcept {}

    virtual void finish_sending() noexcept = 0;  // the other side reads an end; reading goes on
};

}  // namespace blog::net
