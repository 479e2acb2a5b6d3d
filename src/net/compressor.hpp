#pragma once
#include "net/content_coding.hpp"
#include "net/finished.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace blog::net {

// Packs finished answers on a thread of its own: half a millisecond of it on a loop would be time
// for eighty other answers. One for all loops.
class Compressor {
public:
    // `jobs_max` jobs may wait.
    explicit Compressor(std::size_t jobs_max);
    Compressor(Compressor const&) = delete;
    Compressor& operator=(Compressor const&) = delete;
    ~Compressor() { stop(); }

    // What waits is dropped, and no further job is taken. Idempotent; call it before the first loop
    // that has submitted something is destroyed.
    void stop() noexcept;

    // Called on the job's loop, in a handler of its own; not when packing gained nothing.
    using Done = std::function<void(FinishedPtr made)>;

    // Any loop. False: too many wait already, or stopped.
    bool submit(FinishedPtr source, Coding coding, boost::asio::any_io_executor loop, Done done);

private:
    struct Job {
        FinishedPtr source;
        Coding coding;
        boost::asio::any_io_executor loop;
        Done done;
    };
    void run() noexcept;
    static void work(Job& job);

    std::size_t const jobs_max_;
    std::mutex mutex_;  // guards the next two
    std::deque<Job> jobs_;
    bool closing_ = false;
    std::condition_variable wake_;
    std::thread thread_;  // last: starts when the rest is ready
};

}  // namespace blog::net
