#include "db/postgres/replica_watch.hpp"

#include "db/postgres/patience.hpp"
#include "db/postgres/version.hpp"

#include <string>
#include <utility>

namespace blog::db::postgres {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds reconnect_pause{500};
// How long a standby may be asked without being heard of again.
constexpr milliseconds stands_in_for{1000};

// Columns: how far it has replayed; whether it is a standby; whether it has replayed what it
// received, and nothing else: a primary that was demoted shows commits that no standby has; whether
// it may be ahead of the primary, which shows a commit only after its standbys have it.
constexpr Statement progress{"blogd_progress",
                             "SELECT " VERSION_OF_EITHER
                             ", pg_is_in_recovery(), coalesce("
                             "pg_last_wal_replay_lsn() = pg_last_wal_receive_lsn(), false),"
                             " current_setting('recovery_min_apply_delay') = '0'"};
constexpr Statement const* statements[] = {&progress};

}  // namespace

ReplicaWatch::ReplicaWatch(Options options, Target const& target, Standby& standby,
                           ChangeFeed const& feed, Publisher const& publisher, Log& log)
    : options_(options),
      target_(target),
      standby_(standby),
      feed_(feed),
      publisher_(publisher),
      log_(log) {}

Awaitable<void> ReplicaWatch::run() {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    bool told = false;
    for (;;) {
        std::string why;
        try {
            auto const link = co_await connect(target_, statements, options_.connect_timeout);
            if (std::exchange(told, false)) log_.info("replica: there again, " + target_.text());
            co_await follow(*link);
        } catch (std::exception const& e) {
            why = e.what();
        }
        standby_.away();
        if (!std::exchange(told, true))
            log_.warning("replica: away, reads go to the primary: " + why);
        timer.expires_after(reconnect_pause);
        co_await timer.async_wait(no_throw);
    }
}

Awaitable<void> ReplicaWatch::follow(Link& link) {
    auto const loop = co_await asio::this_coro::executor;
    Patience patience(link, loop);
    asio::steady_timer pause(loop);
    for (;;) {
        patience.begin(options_.connect_timeout);
        co_await ask(link);
        patience.end();
        pause.expires_after(options_.every);
        co_await pause.async_wait(no_throw);
    }
}

Awaitable<void> ReplicaWatch::ask(Link& link) {
    auto const asked = Clock::now();
    Params const none;
    link.send(progress, none);
    link.sync();
    co_await link.flush();
    auto const result = co_await link.next();
    if (PQresultStatus(result.get()) != PGRES_TUPLES_OK)
        throw LinkLost(PQresultErrorMessage(result.get()));
    (void)co_await link.next();
    Rows rows(result);
    if (!rows.next()) co_return;
    // A URL that asks for "any" or "primary" means it.
    if (!rows.boolean(1) && target_.session().find("standby") != std::string::npos)
        throw LinkLost("it is no standby any more");
    if (rows.boolean(1) && rows.boolean(3) && !std::exchange(hurry_told_, true))
        log_.warning(
            "replica: recovery_min_apply_delay is 0 there, so it may show a commit before the "
            "primary does, and readers may see a post come and go; docs/scaling.md, Standbys");
    auto const version = static_cast<Version>(rows.integer(0));
    standby_.replayed(version, publisher_.stamp_at(version));
    standby_.fresh_until(feed_.moment_of(version) + options_.lag_max);
    standby_.alone_until(rows.boolean(2) ? asked + stands_in_for : Clock::time_point{});
}

}  // namespace blog::db::postgres
