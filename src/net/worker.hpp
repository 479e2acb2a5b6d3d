#pragma once
#include "clock.hpp"
#include "log.hpp"
#include "net/forwarded.hpp"
#include "net/limits.hpp"
#include "net/service.hpp"
#include "unique_fd.hpp"

#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

namespace blog::net {

namespace asio = boost::asio;

// One loop: an io_context that one thread runs, its listening sockets, its connections and their
// deadlines. Nothing in it is shared with another worker.
//
// Life: constructor (any thread) -> run() on the worker's thread -> begin_drain() from anywhere ->
// run() returns -> destructor. When was_cut(), coroutines may still be suspended in the service:
// they die with the worker, so whoever posts to its loop (the database) must be closed before that.
class Worker {
public:
    // Called in the constructor, so that what it throws reaches the caller. The service dies after
    // all coroutines of the loop.
    using MakeService = std::function<std::unique_ptr<Service>(asio::io_context&)>;

    // What many workers share; all of it outlives them.
    struct Shared {
        Limits const& limits;
        TrustedProxies const& proxies;
        Clock const& clock;
        Log& log;
    };

    Worker(Shared const&, std::vector<UniqueFd> listening, MakeService const&);
    Worker(Worker const&) = delete;
    Worker& operator=(Worker const&) = delete;
    ~Worker();

    // Serves until drained. No exception leaves it: one that escapes a handler is logged and the
    // loop goes on.
    void run() noexcept;

    // Stops accepting, closes idle connections, lets busy ones answer with "Connection: close" and
    // cuts what is left after limits.drain_time. Any thread, any number of times.
    void begin_drain() noexcept;

    // After run(): the drain limit passed with requests under way.
    bool was_cut() const noexcept;

    std::size_t connections() const noexcept;  // open now; any thread, for reports

    Service& service() noexcept;  // for the loop's thread alone, or before run()
    asio::io_context& loop() noexcept;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace blog::net
