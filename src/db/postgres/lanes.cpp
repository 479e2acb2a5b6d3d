#include "db/postgres/lanes.hpp"

#include "db/postgres/version.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <limits>
#include <random>
#include <utility>

namespace blog::db::postgres {

namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr std::size_t batch_max = 64;  // longer ones gain nothing, and their first waits for more
constexpr int tries_max = 3;
constexpr milliseconds pause_min{50}, pause_max{500};
constexpr milliseconds watch_every{200};
// A connection that was just in use needs no look at whether it is still there.
constexpr milliseconds rest_min{10};
// A read that takes longer is worth a look at whether anybody still waits for it.
constexpr milliseconds long_read{1000};

// How new the database is: asked after what was read, and after a commit. The timeline of a
// connection to a primary never changes, and asking for it each time would cost as much as a read.
constexpr Statement place_of_primary{"blogd_place", "SELECT pg_current_wal_flush_lsn()"};
constexpr Statement timeline_of_primary{"blogd_timeline", "SELECT " TIMELINE_OF_PRIMARY};
constexpr Statement version_of_standby{"blogd_version", "SELECT " VERSION_OF_EITHER};
constexpr int place_bits = 48;

// Not all at the same time when a server comes back.
milliseconds jittered(milliseconds pause) {
    thread_local std::minstd_rand random{std::random_device{}()};
    return milliseconds(pause.count() / 2 +
                        static_cast<milliseconds::rep>(random()) % (pause.count() / 2 + 1));
}

}  // namespace

Lanes::Lanes(Options options, Target const& target, std::span<Statement const* const> statements,
             Generations const& generations, LaneCounters& counters, Log& log,
             asio::any_io_executor loop)
    : options_(options),
      target_(target),
      statements_(statements.begin(), statements.end()),
      generations_(generations),
      counters_(counters),
      log_(log),
      loop_(std::move(loop)),
      lanes_(options.lanes) {
    if (options_.standby) {
        statements_.push_back(&version_of_standby);
    } else {
        statements_.push_back(&place_of_primary);
        statements_.push_back(&timeline_of_primary);
    }
}

Lanes::~Lanes() {
    BLOG_ASSERT(queue_.empty());
}

Awaitable<void> Lanes::ask(Question& question, Deadline deadline) {
    if (closed_ || !reachable()) {
        question.outcome_ = Question::Outcome::unavailable;
        counters_.refused.fetch_add(1, std::memory_order_relaxed);
        co_return;
    }
    if (queue_.size() >= options_.queue_max) {
        question.outcome_ = Question::Outcome::busy;
        counters_.refused.fetch_add(1, std::memory_order_relaxed);
        co_return;
    }
    auto const self = shared_from_this();
    // Also when the coroutine is thrown out while it waits.
    struct Detach {
        Lanes& lanes;
        Question& question;
        ~Detach() { lanes.detach(question); }
    } const detach{*self, question};
    asio::steady_timer timer(loop_, deadline);
    question.wake_ = &timer;
    question.queued_ = true;
    queue_.push_back(&question);
    counters_.questions.fetch_add(1, std::memory_order_relaxed);
    wake_a_lane();
    if (question.outcome_ == Question::Outcome::waiting) co_await timer.async_wait(no_throw);
    if (question.outcome_ == Question::Outcome::waiting)
        question.outcome_ =
            question.lane_ == nullptr ? Question::Outcome::busy : Question::Outcome::lost;
}

void Lanes::detach(Question& question) noexcept {
    question.wake_ = nullptr;
    if (std::exchange(question.queued_, false)) std::erase(queue_, &question);
    if (auto* const lane = std::exchange(question.lane_, nullptr))
        for (auto& sent : lane->batch)
            if (sent.question == &question) sent.question = nullptr;
}

bool Lanes::reachable() const noexcept {
    return away_until_ <= Clock::now() || std::ranges::any_of(lanes_, [](Lane const& lane) {
               return lane.link || lane.connecting;
           });
}

bool Lanes::may_connect() const noexcept {
    return away_until_ <= Clock::now() &&
           (pause_ == milliseconds(0) || std::ranges::none_of(lanes_, &Lane::connecting));
}

// A free lane that is connected, or else one that may try to connect. When there is none, those
// that are at work take the question later.
void Lanes::wake_a_lane() {
    Lane* free = nullptr;
    bool const connect = may_connect();
    for (auto& lane : lanes_) {
        if (lane.busy) continue;
        if (lane.link) {
            free = &lane;
            break;
        }
        if (free == nullptr && connect) free = &lane;
    }
    if (free == nullptr) return;
    free->busy = true;
    asio::co_spawn(loop_, serve(*free), asio::detached);
    if (!std::exchange(watching_, true)) asio::co_spawn(loop_, watch(), asio::detached);
}

Awaitable<void> Lanes::serve(Lane& lane) {
    auto const self = shared_from_this();
    while (!queue_.empty() && !closed_) {
        if (lane.link && lane.epoch != epoch()) link_lost(lane, "the server may have a new role");
        bool const rested = Clock::now() - lane.sent_at > rest_min;
        if (lane.link && rested && !lane.link->usable()) link_lost(lane, "the server hung up");
        if (!lane.link) {
            if (!may_connect()) break;
            bool const opened = co_await open(lane);
            if (!opened) break;
            continue;  // what waited may be done, or gone
        }
        take_batch(lane);
        lane.sent_at = Clock::now();
        lane.deadline = lane.sent_at + options_.answer_within;
        std::string why;
        try {
            co_await exchange(lane);
        } catch (std::exception const& e) {  // LinkLost; or no memory, after which nothing is known
            why = e.what();
        }
        if (!why.empty()) link_lost(lane, why.c_str());
        lane.batch.clear();
    }
    lane.busy = false;
    if (!queue_.empty() && (closed_ || !reachable())) refuse_all();
}

Awaitable<bool> Lanes::open(Lane& lane) {
    lane.connecting = true;
    lane.epoch = epoch();                      // from before: what changes meanwhile counts
    lane.deadline = Clock::time_point::max();  // connect() has its own
    std::string why;
    try {
        lane.link = co_await connect(target_, statements_, options_.connect_timeout);
        lane.deadline = Clock::now() + options_.connect_timeout;
        lane.timeline = 0;
        if (!options_.standby) co_await ask_for_timeline(lane);
    } catch (std::exception const& e) {
        why = e.what();
    }
    lane.connecting = false;
    if (closed_ || !why.empty()) lane.link.reset();
    if (lane.link) {
        counters_.connects.fetch_add(1, std::memory_order_relaxed);
        counters_.open.fetch_add(1, std::memory_order_relaxed);
        pause_ = milliseconds(0);
        away_until_ = {};
        co_return true;
    }
    counters_.failures.fetch_add(1, std::memory_order_relaxed);
    if (pause_ == milliseconds(0)) log_.error("database: " + why);
    pause_ = std::clamp(pause_ * 2, pause_min, pause_max);
    away_until_ = Clock::now() + jittered(pause_);
    co_return false;
}

Awaitable<void> Lanes::ask_for_timeline(Lane& lane) {
    Params const none;
    lane.link->send(timeline_of_primary, none);
    lane.link->sync();
    co_await lane.link->flush();
    auto const timeline = co_await collect_version(lane);
    if (timeline == 0) throw LinkLost("it is no primary");
    lane.timeline = timeline << place_bits;
}

std::uint32_t Lanes::epoch() const noexcept {
    return options_.epoch == nullptr ? 0 : options_.epoch->load(std::memory_order_acquire);
}

void Lanes::take_batch(Lane& lane) {
    auto const count = options_.kind == Options::Kind::writes ? 1 : batch_max;
    lane.write = Lane::Write::unsent;
    while (!queue_.empty() && lane.batch.size() < count) {
        auto* const question = queue_.front();
        queue_.pop_front();
        question->queued_ = false;
        question->lane_ = &lane;
        question->as_of_ = generations_.now();
        lane.batch.push_back({question, question->count_});
    }
    counters_.batches.fetch_add(1, std::memory_order_relaxed);
}

void Lanes::send(Lane& lane) {
    for (auto const& sent : lane.batch)
        for (std::size_t i = 0; i < sent.statements; ++i) {
            auto const& step = *sent.question->steps_[i];
            lane.link->send(step.statement, step.params);
        }
    // A read's version belongs to its transaction; a write's is asked for after the commit.
    bool const write = options_.kind == Options::Kind::writes;
    if (write) {
        lane.write = Lane::Write::sent;
        lane.link->sync();
    }
    Params const none;
    lane.link->send(options_.standby ? version_of_standby : place_of_primary, none);
    lane.link->sync();
}

Awaitable<void> Lanes::exchange(Lane& lane) {
    (void)lane.link->take_warning();
    send(lane);
    co_await lane.link->flush();
    bool const write = options_.kind == Options::Kind::writes;
    std::size_t done = 0;
    bool failed = false;
    for (; done < lane.batch.size() && !failed; ++done) {
        bool const answered = co_await collect(lane, done);
        failed = !answered;
    }
    if (failed) {
        // The rest of this transaction is undone, up to the sync.
        for (;;) {
            auto const result = co_await lane.link->next();
            if (PQresultStatus(result.get()) == PGRES_PIPELINE_SYNC) break;
        }
        if (write) (void)co_await collect_version(lane);
        if (auto* const refused = lane.batch[done - 1].question)
            finish(*refused, Question::Outcome::refused);
        if (!write) ask_again(lane, done);
        co_return;
    }
    if (write) {
        auto const committed = co_await lane.link->next();
        if (PQresultStatus(committed.get()) != PGRES_PIPELINE_SYNC)
            throw LinkLost(PQresultErrorMessage(committed.get()));
        if (lane.link->take_warning()) throw LinkLost("the commit may not be on the standbys");
        lane.write = Lane::Write::committed;
    }
    auto const seen = co_await collect_version(lane);
    for (auto const& [question, statements] : lane.batch) {
        if (question == nullptr) continue;
        question->version_ = seen;
        finish(*question, Question::Outcome::answered);
    }
}

// The results of one question; false: it was refused.
Awaitable<bool> Lanes::collect(Lane& lane, std::size_t index) {
    for (std::size_t i = 0; i < lane.batch[index].statements; ++i) {
        auto result = co_await lane.link->next();
        auto* const question = lane.batch[index].question;  // may have gone meanwhile
        auto const status = PQresultStatus(result.get());
        if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
            auto const field = [&](int name) {
                auto const* const text = PQresultErrorField(result.get(), name);
                return std::string(text == nullptr ? "" : text);
            };
            if (question != nullptr)
                question->refusal_ = {field(PG_DIAG_SQLSTATE), field(PG_DIAG_MESSAGE_PRIMARY),
                                      field(PG_DIAG_CONSTRAINT_NAME)};
            co_return false;
        }
        if (question != nullptr) question->results_[i] = std::move(result);
    }
    co_return true;
}

Awaitable<Version> Lanes::collect_version(Lane& lane) {
    auto const result = co_await lane.link->next();
    Version seen = 0;
    if (PQresultStatus(result.get()) == PGRES_TUPLES_OK) {
        Rows rows(result);
        if (rows.next()) seen = lane.timeline + static_cast<Version>(rows.integer(0));
    }
    auto const end = co_await lane.link->next();
    if (PQresultStatus(end.get()) != PGRES_PIPELINE_SYNC)
        throw LinkLost(PQresultErrorMessage(end.get()));
    co_return seen;
}

// The questions of a batch from `from` on were not looked at: they go first the next time.
void Lanes::ask_again(Lane& lane, std::size_t from) {
    for (auto i = lane.batch.size(); i-- > from;) {
        auto* const question = lane.batch[i].question;
        if (question == nullptr || question->outcome_ != Question::Outcome::waiting) continue;
        question->lane_ = nullptr;
        question->queued_ = true;
        queue_.push_front(question);
    }
}

void Lanes::link_lost(Lane& lane, char const* why) {
    log_.warning("database: lost a connection: " + std::string(why));
    lane.link.reset();
    counters_.open.fetch_sub(1, std::memory_order_relaxed);
    bool const write = options_.kind == Options::Kind::writes;
    for (auto const& [question, statements] : lane.batch) {
        if (question == nullptr || question->outcome_ != Question::Outcome::waiting) continue;
        if (write)
            finish_lost_write(lane, *question);
        else if (++question->tries_ == tries_max)
            finish(*question, Question::Outcome::unavailable);
    }
    if (!write) ask_again(lane, 0);
}

// What is known of it. A commit that was answered stands, whatever became of the question after it.
void Lanes::finish_lost_write(Lane const& lane, Question& question) noexcept {
    switch (lane.write) {
        case Lane::Write::unsent:
            return finish(question, Question::Outcome::unavailable);
        case Lane::Write::sent:
            return finish(question, Question::Outcome::lost);
        case Lane::Write::committed:
            question.version_ = std::numeric_limits<Version>::max();  // newer than anybody knows
            return finish(question, Question::Outcome::answered);
    }
}

void Lanes::finish(Question& question, Question::Outcome outcome) noexcept {
    question.outcome_ = outcome;
    question.lane_ = nullptr;
    if (question.wake_ != nullptr) question.wake_->cancel();
}

void Lanes::refuse_all() noexcept {
    for (auto* const question : std::exchange(queue_, {})) {
        question->queued_ = false;
        finish(*question, Question::Outcome::unavailable);
    }
}

// Ends what takes too long, and nothing else: it runs while a lane is at work.
Awaitable<void> Lanes::watch() {
    auto const self = shared_from_this();
    asio::steady_timer timer(loop_);
    while (std::ranges::any_of(lanes_, &Lane::busy)) {
        timer.expires_after(watch_every);
        co_await timer.async_wait(no_throw);
        auto const now = Clock::now();
        for (auto& lane : lanes_) {
            if (!lane.link || !lane.busy) continue;
            if (lane.deadline < now)
                lane.link->abort();
            else if (lane.sent_at + long_read < now)
                give_up_for_the_gone(lane);
        }
    }
    watching_ = false;
}

// The server ends what it does for a connection that is closed (client_connection_check_interval).
// The others of the batch are asked again.
void Lanes::give_up_for_the_gone(Lane& lane) {
    if (options_.kind == Options::Kind::writes) return;
    bool any = false;
    for (auto& sent : lane.batch) {
        auto* const question = sent.question;
        if (question != nullptr && question->caller_ != nullptr && question->caller_->gone()) {
            finish(*question, Question::Outcome::unavailable);
            sent.question = nullptr;
        }
        any = any || sent.question == nullptr;
    }
    if (any) lane.link->abort();
}

void Lanes::rest() noexcept {
    for (auto& lane : lanes_) {
        if (!lane.link || lane.busy) continue;
        lane.link.reset();
        counters_.open.fetch_sub(1, std::memory_order_relaxed);
    }
}

void Lanes::close() noexcept {
    closed_ = true;
    refuse_all();
    rest();
    for (auto& lane : lanes_)
        if (lane.link) lane.link->abort();
}

}  // namespace blog::db::postgres
