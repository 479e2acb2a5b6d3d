#pragma once
#include "answer_reader.hpp"
#include "client.hpp"
#include "histogram.hpp"
#include "requests.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

namespace blog::bench {

struct Plan {
    double rate = 0;           // requests a second; 0: each connection asks as soon as it can
    unsigned connections = 1;  // at least 1
    std::chrono::seconds seconds{10};
};

// What is about a request counts when the request was due within the measured time.
struct Outcome {
    Histogram latency_ns;
    std::map<int, std::uint64_t> status;  // how often each was answered
    double achieved = 0;                  // answers a second that came in the measured time
    std::uint64_t errors = 0;             // closed or broken instead of an answer, at any time
    std::uint64_t unanswered = 0;         // given up at the end; their age is in latency_ns
};

// Load at a fixed rate, whatever the server does: request i is due at start + i / rate. A request's
// latency counts from when it was due, so one that had to wait because every connection was busy
// shows that wait; a client that counts from the sending hides it ("coordinated omission").
//
// One thread, which spins while a rate is set: a timer that fires late would look like a slow
// server. So it needs a core of its own.
class Generator {
public:
    // The connections are there afterwards. Throws std::system_error.
    Generator(Url const& url, Requests& requests, Plan const& plan);

    // Once: a second of warm-up, the measured time, then up to two seconds for what is still open.
    // Throws std::system_error when the server takes no connection any more.
    Outcome run();

private:
    using Clock = std::chrono::steady_clock;
    using Time = Clock::time_point;

    struct Connection {
        UniqueFd socket;
        AnswerReader reader;
        std::string request;
        std::size_t sent = 0;  // of the request
        Time due{};
        bool busy = false;
    };

    void open(Connection&);
    Time due_of(std::uint64_t index) const noexcept;
    Time next_due(Time now) const noexcept;
    bool finished(Time now) const noexcept;
    void send_due(Time now);
    void send_rest(Connection&);
    void receive(Connection&, bool closing);
    void take(Connection&, std::string_view input);
    void answered(Connection&);
    void failed(Connection&);
    void release(Connection&);
    bool measured(Time due) const noexcept { return due >= warm_ && due < end_; }
    void give_up(Time now);

    Url const& url_;
    Requests& requests_;
    Plan const plan_;
    UniqueFd epoll_;
    std::vector<Connection> connections_;
    std::deque<Connection*> idle_;  // used in turn, so that none is left out
    std::string input_;
    Time start_{}, warm_{}, end_{};
    std::uint64_t next_ = 0;     // the request to be sent
    std::uint64_t in_time_ = 0;  // answers within the measured time
    Outcome out_;
};

}  // namespace blog::bench
