#include "db/postgres/change_feed.hpp"

#include "db/database_error.hpp"
#include "db/postgres/patience.hpp"
#include "db/postgres/version.hpp"

#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <charconv>
#include <vector>

namespace blog::db::postgres {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds reconnect_pause{200};
// Rows that every living instance has long read; one that slept longer starts anew.
constexpr std::chrono::seconds rows_kept{60}, silence_max{30};

// Before the changes: what is committed later than this place may be missing from them.
constexpr Statement place_before{"blogd_place", "SELECT " VERSION_OF_PRIMARY};
constexpr Statement first_snapshot{"blogd_snapshot", "SELECT pg_current_snapshot()::text"};
// Columns: the snapshot of this statement; the transaction (null: there is none); what it changed
// (null, null: anything).
constexpr Statement changes_since{
    "blogd_changes",
    "SELECT now.snapshot, c.xid, c.post_id, c.user_id FROM"
    " (SELECT pg_current_snapshot()::text AS snapshot) AS now"
    " LEFT JOIN blogd_changes c ON c.xid >= pg_snapshot_xmin($1::text::pg_snapshot)"
    " AND NOT pg_visible_in_snapshot(c.xid, $1::text::pg_snapshot)"};
// One instance at a time.
constexpr Statement remove_changes{
    "blogd_remove_changes",
    "WITH turn AS MATERIALIZED (SELECT pg_try_advisory_xact_lock(422878636902) AS mine)"
    " DELETE FROM blogd_changes USING turn WHERE turn.mine"
    " AND xid < pg_snapshot_xmin($1::text::pg_snapshot)"};

constexpr Statement const* statements[] = {&place_before, &first_snapshot, &changes_since,
                                           &remove_changes};

Awaitable<ResultPtr> next_rows(Link& link) {
    auto result = co_await link.next();
    auto const status = PQresultStatus(result.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && status != PGRES_PIPELINE_SYNC)
        throw LinkLost(PQresultErrorMessage(result.get()));
    co_return result;
}

Version read_place(ResultPtr const& result) {
    Rows rows(result);
    if (!rows.next()) throw LinkLost("no place in the log");
    return static_cast<Version>(rows.integer(0));
}

// Of "oldest:next:running,..."; all that is older has ended.
Publisher::TransactionId oldest_of(std::string_view snapshot) noexcept {
    Publisher::TransactionId oldest = 0;
    std::from_chars(snapshot.data(), snapshot.data() + snapshot.size(), oldest);
    return oldest;
}

}  // namespace

ChangeFeed::ChangeFeed(Options options, Target const& target, Generations& generations,
                       Publisher& publisher, Log& log)
    : options_(options),
      target_(target),
      generations_(generations),
      publisher_(publisher),
      log_(log) {
    generations_.trust_until({});
    generations_.heard_of(1);  // versions matter, and we have heard of nothing
}

Awaitable<void> ChangeFeed::run() {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    bool told = false;
    for (;;) {
        std::string why;
        try {
            auto const link = co_await connect(target_, statements, options_.connect_timeout);
            snapshot_.clear();
            if (std::exchange(told, false))
                log_.info("database: changes of others are heard again");
            co_await follow(*link);
        } catch (std::exception const& e) {
            why = e.what();
        }
        if (!std::exchange(told, true))
            log_.warning("database: changes of others are not heard, so no kept answer is used: " +
                         why);
        timer.expires_after(reconnect_pause);
        co_await timer.async_wait(no_throw);
    }
}

Awaitable<void> ChangeFeed::follow(Link& link) {
    auto const loop = co_await asio::this_coro::executor;
    Patience patience(link, loop);
    asio::steady_timer pause(loop);
    for (;;) {
        auto const begun = Clock::now();
        patience.begin(options_.connect_timeout);
        co_await ask(link);
        if (begun - removed_at_ > rows_kept) co_await remove_old(link);
        patience.end();
        pause.expires_at(begun + options_.lag / 2);
        co_await pause.async_wait(no_throw);
    }
}

Awaitable<void> ChangeFeed::ask(Link& link) {
    auto const asked = Clock::now();
    // A process that slept may have missed rows that are gone by now.
    if (asked - heard_at() > silence_max) snapshot_.clear();
    bool const first = snapshot_.empty();
    Params const none, since(snapshot_);
    link.send(place_before, none);
    if (first)
        link.send(first_snapshot, none);
    else
        link.send(changes_since, since);
    link.send(place_before, none);
    link.sync();
    co_await link.flush();
    auto const before = co_await next_rows(link);
    auto const changes = co_await next_rows(link);
    auto const after = co_await next_rows(link);
    (void)co_await next_rows(link);
    auto const version = read_place(before);
    if (first)
        publisher_.publish_all(read_place(after));
    else
        publish(changes, read_place(after));
    Rows rows(changes);
    if (rows.next()) snapshot_ = rows.raw(0);
    publisher_.forget_before(oldest_of(snapshot_));
    remember(version, asked);
    generations_.heard_of(version);
    generations_.settle(version_at(asked - options_.settles_after));
    generations_.trust_until(asked + options_.lag);
    heard_at_.store(asked.time_since_epoch().count(), std::memory_order_release);
}

void ChangeFeed::publish(ResultPtr const& changes, Version after) {
    std::vector<Generations::Topic> topics;
    Rows rows(changes);
    while (rows.next()) {
        if (rows.is_null(1)) continue;
        if (publisher_.is_own(static_cast<Publisher::TransactionId>(rows.integer(1)))) continue;
        if (rows.is_null(2) && rows.is_null(3)) return publisher_.publish_all(after);
        if (!rows.is_null(2)) topics.push_back(topic::post(PostId{rows.integer(2)}));
        if (!rows.is_null(3)) {
            UserId const user{rows.integer(3)};
            topics.push_back(topic::posts_of(user));
            if (rows.is_null(2)) topics.push_back(topic::user(user));
        }
        topics.push_back(topic::all_posts);
    }
    if (!topics.empty()) publisher_.publish(topics, after);
}

Awaitable<void> ChangeFeed::remove_old(Link& link) {
    auto const old = std::exchange(old_snapshot_, snapshot_);
    removed_at_ = Clock::now();
    if (old.empty()) co_return;
    Params const before(old);
    link.send(remove_changes, before);
    link.sync();
    co_await link.flush();
    (void)co_await next_rows(link);
    (void)co_await next_rows(link);
}

void ChangeFeed::remember(Version version, Clock::time_point asked) noexcept {
    std::lock_guard const lock(mutex_);
    moments_[next_moment_] = {version, asked};
    next_moment_ = (next_moment_ + 1) % moments_.size();
}

// 0: that is too long ago.
Version ChangeFeed::version_at(Clock::time_point time) const noexcept {
    Moment latest;
    for (auto const& moment : moments_)
        if (moment.time <= time && moment.time >= latest.time) latest = moment;
    return latest.version;
}

Clock::time_point ChangeFeed::moment_of(Version version) const noexcept {
    std::lock_guard const lock(mutex_);
    Clock::time_point latest{};
    for (auto const& moment : moments_)
        if (moment.version != 0 && moment.version <= version)
            latest = std::max(latest, moment.time);
    return latest;
}

}  // namespace blog::db::postgres
