#pragma once
#include "async.hpp"
#include "db/postgres/change_feed.hpp"
#include "db/postgres/connect.hpp"
#include "db/postgres/publisher.hpp"
#include "db/postgres/standby.hpp"
#include "log.hpp"

#include <boost/asio/steady_timer.hpp>

#include <chrono>

namespace blog::db::postgres {

// Keeps an eye on one standby: asks it how far it has got, and works out how old that is from what
// the feed knows of the primary. One loop, the feed's.
class ReplicaWatch {
public:
    struct Options {
        std::chrono::milliseconds every, lag_max, connect_timeout;
    };
    // The others outlive the watch.
    ReplicaWatch(Options options, Target const& target, Standby& standby, ChangeFeed const& feed,
                 Publisher const& publisher, Log& log);

    // Runs until its loop is stopped.
    Awaitable<void> run();

private:
    Awaitable<void> follow(Link& link);
    Awaitable<void> ask(Link& link);

    Options const options_;
    Target const& target_;
    Standby& standby_;
    ChangeFeed const& feed_;
    Publisher const& publisher_;
    Log& log_;
    bool hurry_told_ = false;
};

}  // namespace blog::db::postgres
