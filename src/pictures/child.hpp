#pragma once
#include "async.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace blog::pictures {

// A process that takes bytes, gives bytes and ends: its pipes and its end, on one loop. It inherits
// no descriptor but its pipes and standard error, and no environment. When this goes, so does the
// process. The blog must ignore SIGPIPE.
class Child {
public:
    struct End {
        bool exited = false;  // by itself, with `code`; otherwise `code` is the signal
        int code = 0;
        bool too_slow = false;  // killed by limit()
    };

    // Throws std::system_error when the system has no room for a process, or no such program.
    Child(asio::any_io_executor loop, std::string const& program,
          std::vector<std::string> const& words);
    Child(Child const&) = delete;
    Child& operator=(Child const&) = delete;
    ~Child();

    // Kills it after that time, however far it is.
    void limit(std::chrono::steady_clock::duration time);
    // Until it has all, or reads no more. The bytes are let go of before anything else happens.
    Awaitable<void> feed(std::string input);
    // What it writes until it ends. Kills it at `bytes_max`.
    Awaitable<std::string> output(std::size_t bytes_max);
    Awaitable<End> end();

private:
    using Pipe = asio::posix::stream_descriptor;
    struct Process;

    std::shared_ptr<Process> process_;  // shared with the handler of the timer
    Pipe input_, output_, ended_;
    asio::steady_timer timer_;
};

}  // namespace blog::pictures
