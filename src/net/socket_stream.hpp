#pragma once
#include "net/poller.hpp"
#include "net/stream.hpp"
#include "unique_fd.hpp"

#include <memory>

namespace blog::net {

// A connected TCP or Unix-domain socket. Lives on its loop.
class SocketStream final : public Stream, private Poller::Source {
public:
    SocketStream(Poller&, UniqueFd);  // throws std::system_error
    ~SocketStream() override { poller_.forget(socket_.get(), *this); }

    Moved read(std::span<char>) noexcept override;
    Moved write(std::span<std::string_view const>) noexcept override;
    Awaitable<void> wait(Direction) override;
    void watch(Direction, Watcher&) override;
    void cancel() noexcept override;
    void abandon() noexcept override { waiter_.reset(); }
    void finish_sending() noexcept override;
    // Who has finished sending counts as gone, as it does for nginx: a client that closes its
    // socket looks the same.
    bool gone() const noexcept override { return ended_; }

private:
    // A coroutine that waits: Asio's handler of it, of whatever type.
    // (any_completion_handler of Boost 1.81 calls itself without end.)
    struct Waiter {
        virtual ~Waiter() = default;
        virtual void resume(std::unique_ptr<Waiter> self) = 0;
    };
    template <class Handler>
    struct WaiterOf;

    bool note(unsigned events) noexcept override;
    void wake() noexcept override;
    // An attempt may get on, as far as we know. The kernel tells of changes only, so what it has
    // told stands until an attempt shows that it is used up.
    bool may_get_on() const noexcept {
        return direction_ == Direction::read ? readable_ || ended_ : writable_;
    }
    void wait_for(Direction) noexcept;

    Poller& poller_;
    UniqueFd socket_;
    Watcher* watcher_ = nullptr;             // who waits, or
    std::unique_ptr<Waiter> waiter_;         // the coroutine that does
    Direction direction_ = Direction::read;  // what for
    bool readable_ = false, writable_ = true;
    bool ended_ = false;  // the other side has finished, or all is over
};

}  // namespace blog::net
