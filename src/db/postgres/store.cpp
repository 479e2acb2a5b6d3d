#include "db/postgres/store.hpp"

#include "db/postgres/accounts.hpp"
#include "db/postgres/blocking.hpp"
#include "db/postgres/change_feed.hpp"
#include "db/postgres/migrations.hpp"
#include "db/postgres/outbox.hpp"
#include "db/postgres/pictures.hpp"
#include "db/postgres/posts.hpp"
#include "db/postgres/replica_watch.hpp"
#include "db/postgres/session.hpp"
#include "db/postgres/users.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <thread>
#include <utility>

namespace blog::db::postgres {

namespace {

// All our statements are written for one way through the indexes. The planner, which does not know
// how many rows a parameter will ask for, is told to take it, and to plan each statement once.
constexpr char const* planner_options =
    " -c plan_cache_mode=force_generic_plan -c jit=off -c enable_seqscan=off -c enable_sort=off"
    " -c enable_hashjoin=off -c enable_mergejoin=off -c enable_bitmapscan=off"
    " -c idle_in_transaction_session_timeout=60000";

// Who does not say that it has gone; a link gets its time on top.
constexpr std::chrono::milliseconds grace{500};

std::string statement_timeout(PostgresOptions const& options) {
    return "-c statement_timeout=" + std::to_string(options.query_timeout.count());
}

// A read ends soon after its connection was closed.
std::string read_options(PostgresOptions const& options) {
    return statement_timeout(options) + planner_options +
           " -c client_connection_check_interval=1000";
}

// A commit that waits for a standby must not end when its connection does: it would become visible
// although no standby has it. (The statement timeout does not count for a commit.)
std::string write_options(PostgresOptions const& options, bool make_durable) {
    return statement_timeout(options) + planner_options +
           (make_durable ? " -c synchronous_commit=on" : "");
}

template <class... Lists>
std::vector<Statement const*> together(Lists const&... lists) {
    std::vector<Statement const*> out;
    (out.insert(out.end(), lists.begin(), lists.end()), ...);
    return out;
}

class PostgresStore final : public Store {
public:
    PostgresStore(StoreOptions const& options, Log& log, Generations& generations);
    ~PostgresStore() override;

    std::unique_ptr<SessionPool> open_sessions(asio::any_io_executor loop) override;
    std::string name() const override { return target_->text(); }
    StoreMetrics metrics() const override;
    void close() override { taking_writes_ = false; }

private:
    struct Replica {
        Replica(std::string const& url, std::string_view options)
            : target(url, "standby", options) {}
        Target target;
        Standby standby;
        std::unique_ptr<ReplicaWatch> watch;
    };
    // Whether the server would acknowledge a commit that it may lose.
    bool prepare();
    std::shared_ptr<Lanes> lanes(Target const& target, Lanes::Options::Kind kind, std::size_t count,
                                 asio::any_io_executor loop,
                                 std::atomic<std::uint32_t> const* epoch = nullptr);

    StoreOptions const options_;
    Log& log_;
    Generations& generations_;
    Publisher publisher_;
    std::atomic<bool> taking_writes_{true};
    LaneCounters read_counters_, write_counters_;
    std::unique_ptr<Target> target_, write_target_;
    std::vector<Statement const*> const reads_ =
        together(user_reads(), post_reads(), account_reads(), outbox_reads(), picture_reads());
    std::vector<Statement const*> const writes_ =
        together(user_writes(), post_writes(), account_writes(), outbox_writes(), picture_writes());
    std::unique_ptr<ChangeFeed> feed_;
    std::vector<std::unique_ptr<Replica>> replicas_;
    asio::io_context loop_{1};  // of the feed and the watches
    std::thread thread_;
};

PostgresStore::PostgresStore(StoreOptions const& options, Log& log, Generations& generations)
    : options_(options), log_(log), generations_(generations), publisher_(generations) {
    bool const make_durable = prepare();
    auto const& postgres = options_.postgres;
    target_ = std::make_unique<Target>(postgres.url, "read-write", read_options(postgres));
    write_target_ =
        std::make_unique<Target>(postgres.url, "read-write", write_options(postgres, make_durable));
    feed_ = std::make_unique<ChangeFeed>(
        ChangeFeed::Options{postgres.cache_lag, postgres.connect_timeout,
                            postgres.cache_lag + postgres.replica_lag},
        *target_, generations_, publisher_, log_);
    asio::co_spawn(loop_, feed_->run(), asio::detached);
    for (auto const& url : postgres.replicas) {
        auto& replica =
            *replicas_.emplace_back(std::make_unique<Replica>(url, read_options(postgres)));
        replica.watch = std::make_unique<ReplicaWatch>(
            ReplicaWatch::Options{postgres.cache_lag / 2, postgres.replica_lag,
                                  postgres.connect_timeout},
            replica.target, replica.standby, *feed_, publisher_, log_);
        asio::co_spawn(loop_, replica.watch->run(), asio::detached);
    }
    thread_ = std::thread([this] { loop_.run(); });
}

PostgresStore::~PostgresStore() {
    loop_.stop();
    thread_.join();
}

bool PostgresStore::prepare() {
    auto const& postgres = options_.postgres;
    Target const target(postgres.url, "read-write", "");
    auto const connection =
        connect_blocking(target, postgres.connect_timeout, postgres.start_timeout);
    auto const report = migrate(connection.get(), log_);
    if (report.empty) log_.info("database: new, " + target.text());
    if (!report.unknown_column.empty()) {
        taking_writes_ = false;
        log_.warning(
            "database: every write is refused, because this program does not know how to fill " +
            report.unknown_column);
    }
    if (value(connection.get(), "SHOW fsync") == "off")
        log_.warning(
            "database: the server runs with fsync = off and may lose what it acknowledged");
    auto const commit = value(connection.get(), "SHOW synchronous_commit");
    return commit == "off" || commit == "local";
}

std::shared_ptr<Lanes> PostgresStore::lanes(Target const& target, Lanes::Options::Kind kind,
                                            std::size_t count, asio::any_io_executor loop,
                                            std::atomic<std::uint32_t> const* epoch) {
    auto const& postgres = options_.postgres;
    bool const reads = kind == Lanes::Options::Kind::reads;
    Lanes::Options const options{
        .kind = kind,
        .lanes = count,
        .queue_max = postgres.queue_max,
        .answer_within = reads ? postgres.query_timeout + grace : postgres.commit_timeout,
        .connect_timeout = postgres.connect_timeout,
        .standby = epoch != nullptr,
        .epoch = epoch,
    };
    return std::make_shared<Lanes>(options, target, reads ? reads_ : writes_, generations_,
                                   reads ? read_counters_ : write_counters_, log_, std::move(loop));
}

std::unique_ptr<SessionPool> PostgresStore::open_sessions(asio::any_io_executor loop) {
    using Kind = Lanes::Options::Kind;
    auto all = std::make_unique<LoopLanes>(generations_, options_.postgres);
    all->reads = lanes(*target_, Kind::reads, options_.postgres.readers, loop);
    all->writes = lanes(*write_target_, Kind::writes, options_.postgres.writers, loop);
    for (auto const& replica : replicas_)
        all->replicas.push_back({lanes(replica->target, Kind::reads, options_.postgres.readers,
                                       loop, &replica->standby.epoch()),
                                 &replica->standby});
    std::vector<std::unique_ptr<PostgresSession>> sessions;
    for (std::size_t i = 0; i < options_.sessions_per_loop; ++i)
        sessions.push_back(std::make_unique<PostgresSession>(*all, publisher_, taking_writes_));
    return std::make_unique<PostgresSessionPool>(std::move(all), options_.session_wait_max,
                                                 std::move(loop), std::move(sessions),
                                                 options_.session_waiters_max);
}

StoreMetrics::Connections read(LaneCounters const& counters) noexcept {
    auto const load = [](auto const& counter) { return counter.load(std::memory_order_relaxed); };
    return {.questions = load(counters.questions),
            .round_trips = load(counters.batches),
            .open = load(counters.open),
            .opened = load(counters.connects),
            .not_opened = load(counters.failures)};
}

StoreMetrics PostgresStore::metrics() const {
    auto const now = std::chrono::steady_clock::now();
    StoreMetrics metrics;
    metrics.writes_refused = write_counters_.refused.load(std::memory_order_relaxed);
    metrics.queue_max = options_.postgres.queue_max;
    metrics.reads = read(read_counters_);
    metrics.writes = read(write_counters_);
    auto const silence =
        std::chrono::duration_cast<std::chrono::microseconds>(now - feed_->heard_at());
    metrics.feed_silence_us = static_cast<std::uint64_t>(silence.count());
    for (auto const& replica : replicas_)
        if (replica->standby.serves(0, now)) ++metrics.standbys;
    return metrics;
}

}  // namespace

std::unique_ptr<Store> open_postgres_store(StoreOptions const& options, Log& log,
                                           Generations& generations) {
    return std::make_unique<PostgresStore>(options, log, generations);
}

}  // namespace blog::db::postgres
