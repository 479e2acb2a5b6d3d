#pragma once
#include "async.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/post.hpp>

#include <memory>
#include <mutex>
#include <utility>

namespace blog::auth {

// The way back to a loop for another thread. Asio must not be given a handler while the loop is
// being destroyed: its queue is then emptied without a lock.
class LoopGate {
public:
    // On the loop.
    explicit LoopGate(asio::any_io_executor loop)
        : loop_(std::move(loop)),
          state_(asio::use_service<Service>(asio::query(loop_, asio::execution::context)).state) {}

    // Any thread, also when the loop is gone: then the handler is dropped. May throw
    // std::bad_alloc, and can be tried again.
    template <class Handler>
    void post(Handler handler) const {
        std::lock_guard const lock(state_->mutex);
        if (state_->open) asio::post(loop_, std::move(handler));
    }

    bool open() const {
        std::lock_guard const lock(state_->mutex);
        return state_->open;
    }

private:
    struct State {
        std::mutex mutex;
        bool open = true;
    };
    // One for each loop, which shuts its services down before it empties its queue: the latest
    // first, and the queue is the very first.
    struct Service : asio::execution_context::service {
        using key_type = Service;
        static inline asio::execution_context::id id;

        explicit Service(asio::execution_context& owner) : service(owner) {}
        void shutdown() override {
            std::lock_guard const lock(state->mutex);
            state->open = false;
        }
        std::shared_ptr<State> const state = std::make_shared<State>();
    };

    asio::any_io_executor loop_;
    std::shared_ptr<State> state_;
};

}  // namespace blog::auth
