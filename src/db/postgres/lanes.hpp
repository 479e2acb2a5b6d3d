#pragma once
#include "assert.hpp"
#include "async.hpp"
#include "caller.hpp"
#include "db/postgres/connect.hpp"
#include "error.hpp"
#include "generations.hpp"
#include "log.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace blog::db::postgres {

// What the server said of a statement that it refused.
struct Refusal {
    std::string state;    // SQLSTATE, five characters
    std::string message;  // for the log
    std::string constraint;
};

struct Lane;

// One question: the statements of one transaction, and what became of them. It waits in the frame
// of the coroutine that asked for it, which outlives the wait.
class Question {
public:
    struct Step {
        Statement const& statement;
        Params const& params;
    };
    static constexpr std::size_t steps_max = 4;

    explicit Question(std::span<Step const> steps) {
        BLOG_ASSERT(steps.size() <= steps_max);
        for (auto const& step : steps)
            steps_[count_++].emplace(step);
    }
    // A read that takes long is given up when `caller` is gone.
    Question(Statement const& statement, Params const& params, Caller const* caller)
        : count_(1), caller_(caller) {
        steps_[0].emplace(Step{statement, params});
    }
    Question(Question const&) = delete;
    Question& operator=(Question const&) = delete;
    ~Question() { BLOG_ASSERT(lane_ == nullptr && !queued_); }

    // After the wait. `lost`: the connection went away, or no answer came in time, after it was
    // sent: a write may have been done or not.
    enum class Outcome : std::uint8_t { waiting, answered, refused, lost, unavailable, busy };
    Outcome outcome() const noexcept { return outcome_; }
    ResultPtr take_result(std::size_t step) noexcept { return std::move(results_[step]); }
    Refusal const& refusal() const noexcept { return refusal_; }
    // From before it was sent.
    Generations::Stamp as_of() const noexcept { return as_of_; }
    // How new what it saw may be, at most.
    Version version() const noexcept { return version_; }

private:
    friend class Lanes;
    std::array<std::optional<Step>, steps_max> steps_;
    std::array<ResultPtr, steps_max> results_;
    std::size_t count_ = 0;
    Outcome outcome_ = Outcome::waiting;
    Refusal refusal_;
    Generations::Stamp as_of_ = 0;
    Version version_ = 0;
    Caller const* caller_ = nullptr;
    int tries_ = 0;
    bool queued_ = false;
    Lane* lane_ = nullptr;  // that has sent it
    asio::steady_timer* wake_ = nullptr;
};

// One connection, or the intention to have one.
struct Lane {
    struct Sent {
        Question* question;  // null: its coroutine is gone
        std::size_t statements;
    };
    std::unique_ptr<Link> link;
    std::uint32_t epoch = 0;  // in which the link was made
    Version timeline = 0;     // of the primary, as the upper bits of a version
    bool busy = false, connecting = false;
    std::chrono::steady_clock::time_point sent_at{}, deadline{};
    std::vector<Sent> batch;
    // Of the write in the batch.
    enum class Write : std::uint8_t { unsent, sent, committed } write = Write::unsent;
};

struct LaneCounters {
    std::atomic<std::uint64_t> questions{0}, batches{0}, connects{0}, failures{0}, refused{0};
    std::atomic<std::uint64_t> open{0};
};

// The connections of one loop to one target, and the questions that wait for them. Each connection
// (a lane) is opened when there is something to ask and none of the others is free; it is closed
// and opened again when the server goes away. The loop's thread only. While nobody waits, nothing
// is pending on the loop.
class Lanes : public std::enable_shared_from_this<Lanes> {
public:
    struct Options {
        // Reads: what waits goes out together, with one sync, and is asked again when the
        // connection breaks. Writes go one at a time on each connection, and never twice.
        enum class Kind : std::uint8_t { reads, writes } kind = Kind::reads;
        std::size_t lanes = 1;
        std::size_t queue_max = 1024;  // that wait; the next one is told `busy`
        // After which a connection that does not answer is given up.
        std::chrono::milliseconds answer_within{5500};
        std::chrono::milliseconds connect_timeout{3000};
        bool standby = false;  // that it is connected to
        // Connections that were made before it changed are made anew; null: never.
        std::atomic<std::uint32_t> const* epoch = nullptr;
    };
    // The others outlive the lanes.
    Lanes(Options options, Target const& target, std::span<Statement const* const> statements,
          Generations const& generations, LaneCounters& counters, Log& log,
          asio::any_io_executor loop);
    ~Lanes();

    // Returns when it has an outcome, which it has by `deadline`.
    using Deadline = std::chrono::steady_clock::time_point;
    Awaitable<void> ask(Question& question, Deadline deadline);

    // Whether a question has a chance now: connected, or not known to be cut off.
    bool reachable() const noexcept;
    // Closes the connections that are not at work.
    void rest() noexcept;
    // No question is taken any more, what waits is told `unavailable`.
    void close() noexcept;

private:
    bool may_connect() const noexcept;
    std::uint32_t epoch() const noexcept;
    void wake_a_lane();
    Awaitable<void> serve(Lane& lane);
    Awaitable<bool> open(Lane& lane);
    Awaitable<void> ask_for_timeline(Lane& lane);
    void take_batch(Lane& lane);
    Awaitable<void> exchange(Lane& lane);
    void send(Lane& lane);
    Awaitable<bool> collect(Lane& lane, std::size_t index);
    Awaitable<Version> collect_version(Lane& lane);
    void link_lost(Lane& lane, char const* why);
    void ask_again(Lane& lane, std::size_t from);
    void finish_lost_write(Lane const& lane, Question& question) noexcept;
    void finish(Question& question, Question::Outcome outcome) noexcept;
    void refuse_all() noexcept;
    void detach(Question& question) noexcept;
    Awaitable<void> watch();
    void give_up_for_the_gone(Lane& lane);

    Options const options_;
    Target const& target_;
    std::vector<Statement const*> statements_;
    Generations const& generations_;
    LaneCounters& counters_;
    Log& log_;
    asio::any_io_executor loop_;
    std::vector<Lane> lanes_;
    std::deque<Question*> queue_;
    bool closed_ = false, watching_ = false;
    // After a failed attempt to connect nobody tries before this, and then one lane alone.
    std::chrono::steady_clock::time_point away_until_{};
    std::chrono::milliseconds pause_{0};  // 0: the last attempt was a success
};

}  // namespace blog::db::postgres
