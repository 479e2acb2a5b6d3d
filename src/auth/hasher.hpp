#pragma once
#include "async.hpp"
#include "auth/password.hpp"
#include "auth/secret.hpp"
#include "error.hpp"

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace blog::auth {

// Makes and checks password hashes on a few threads of its own, which give way to the loops: each
// hash is tens of milliseconds of one core and megabytes of memory. Bounded, so that a rush of log
// ins is told `busy` at once instead of piling up. One for all loops.
//
// A loop may be destroyed while its coroutines wait here; the Hasher may be destroyed when no
// coroutine calls it any more.
class Hasher {
public:
    struct Options {
        unsigned threads = 1;        // at least 1; each holds cost.memory_bytes while it works
        std::size_t queue_max = 64;  // so many wait, besides those at work
        HashCost cost;
    };
    struct Verified {
        bool matches = false;
        bool needs_rehash = false;  // only of one that matches
    };

    // Makes one hash before it returns.
    explicit Hasher(Options options);
    Hasher(Hasher const&) = delete;
    Hasher& operator=(Hasher const&) = delete;
    ~Hasher() { stop(); }

    // Any loop, and back on it afterwards. Passwords are wiped here as soon as they are used.
    // `busy`: the queue is full, or there is no memory for a hash. `unavailable`: stopped. Is not
    // cancelled: whoever waits is answered first.
    Awaitable<Result<std::string>> hash(std::string password);
    // A `phc` that is no hash, empty for an unknown account, matches nothing; finding that out
    // takes as long as a wrong password.
    Awaitable<Result<Verified>> verify(std::string password, std::string phc);

    // Takes nothing further, answers those who wait with `unavailable`, finishes what is at work,
    // ends the threads. Idempotent; one thread.
    void stop() noexcept;

    HashCost cost() const noexcept { return options_.cost; }

    // Any thread.
    std::size_t waiting() const;  // soon without those whose loop has gone
    std::uint64_t done() const noexcept { return done_; }
    std::uint64_t refused() const noexcept { return refused_; }

private:
    enum class Kind : bool { hash, verify };
    struct Work {
        Kind kind;
        Secret password;
        std::string phc;
    };
    struct Outcome {
        std::string phc;
        Verified verified;
    };
    struct Job;
    using JobPtr = std::shared_ptr<Job>;
    class Waiting;

    Awaitable<Result<std::string>> make(Work work);
    Awaitable<Result<Verified>> check(Work work);
    Awaitable<Result<Outcome>> run(Work work);
    Result<void> push(JobPtr job);
    void work_until_stopped() noexcept;
    Result<Outcome> carry_out(Work const& work) const noexcept;
    static void answer(JobPtr const& job, Result<Outcome> outcome) noexcept;

    Options const options_;
    std::string const nobody_;  // the hash that unknown accounts are checked against
    std::atomic<std::uint64_t> done_{0}, refused_{0};

    mutable std::mutex mutex_;  // guards the next three
    std::deque<JobPtr> queue_;
    std::size_t working_ = 0;  // threads
    bool stopping_ = false;
    std::condition_variable wake_;
    std::vector<std::thread> threads_;  // last: they start when the rest is ready
};

}  // namespace blog::auth
