#pragma once
#include "async.hpp"
#include "net/response_cache.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>

#include <chrono>

namespace blog::net {

// The answers of one loop that are being made now. Whoever asks for one of them meanwhile waits
// for it instead of making it again. One thread.
class Fills {
    struct Waiter : boost::intrusive::list_base_hook<
                        boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
        Waiter(boost::asio::any_io_executor const& loop, std::chrono::milliseconds patience)
            : done(loop, patience) {}
        boost::asio::steady_timer done;
    };
    using Waiters = boost::intrusive::list<Waiter, boost::intrusive::constant_time_size<false>>;

public:
    explicit Fills(boost::asio::any_io_executor loop) : loop_(std::move(loop)) {}

    // One of them; lives in the frame of the coroutine that makes the answer, as does its key.
    class Fill : public boost::intrusive::list_base_hook<> {
    public:
        Fill(Fills& all, CacheKey const& key) : all_(all), key_(key) {
            all_.list_.push_back(*this);
        }
        Fill(Fill const&) = delete;
        Fill& operator=(Fill const&) = delete;
        // Wakes who waits, also when there is no answer in the end.
        ~Fill() {
            all_.list_.erase(all_.list_.iterator_to(*this));
            for (auto& waiter : waiters_)
                waiter.done.cancel();
            waiters_.clear();
        }

    private:
        friend class Fills;
        Fills& all_;
        CacheKey key_;
        Waiters waiters_;
    };

    // Returns when the answer with this key is no longer being made, or after `patience`. So many
    // are under way at most as there are requests that wait for the database: a walk through the
    // list is short.
    Awaitable<void> wait(CacheKey key, std::chrono::milliseconds patience) {
        for (auto& fill : list_) {
            if (fill.key_ != key) continue;
            Waiter waiter(loop_, patience);
            fill.waiters_.push_back(waiter);
            co_await waiter.done.async_wait(no_throw);
            co_return;
        }
    }
    bool empty() const noexcept { return list_.empty(); }

private:
    boost::asio::any_io_executor loop_;
    boost::intrusive::list<Fill, boost::intrusive::constant_time_size<false>> list_;
};

}  // namespace blog::net
