#include "db/postgres/session.hpp"

#include "db/database_error.hpp"
#include "db/postgres/posts.hpp"
#include "db/postgres/users.hpp"

#include <algorithm>
#include <utility>

namespace blog::db::postgres {

namespace {

constexpr int attempts_max = 3;  // of a write that the server rolled back for another's sake

// What a list of posts rests on.
Generations::Topic topic_of(std::optional<UserId> author) noexcept {
    return author ? topic::posts_of(*author) : topic::all_posts;
}

// https://www.postgresql.org/docs/15/errcodes-appendix.html. Throws DatabaseError for what is
// neither the client's fault nor a passing state.
Error error_of(Refusal const& refusal) {
    std::string_view const state = refusal.state;
    if (state == "23505")  // unique_violation
        return refusal.constraint.find("email") == refusal.constraint.npos ? Errc::username_taken
                                                                           : Errc::email_taken;
    if (state == "23503") return Errc::user_not_found;  // foreign_key_violation
    // Too long for its column, or a character that the encoding lacks.
    if (state == "22001" || state.starts_with("22P05") || state == "22021")
        return Errc::text_not_storable;
    // Cancelled (mostly: it took too long), or the others had to go first.
    if (state == "57014" || state == "40001" || state == "40P01" || state == "55P03")
        return Errc::busy;
    // Read only, disk or memory full, shutting down.
    if (state == "25006" || state.starts_with("53") || state.starts_with("57P"))
        return Errc::unavailable;
    throw DatabaseError("PostgreSQL says " + refusal.state + ": " + refusal.message);
}

Error error_of(Question const& question) {
    using Outcome = Question::Outcome;
    switch (question.outcome()) {
        case Outcome::refused:
            return error_of(question.refusal());
        case Outcome::busy:
            return Errc::busy;
        case Outcome::lost:
            return Errc::outcome_unknown;
        case Outcome::unavailable:
        case Outcome::waiting:
        case Outcome::answered:
            break;
    }
    return Errc::unavailable;
}

bool rolled_back_for_others(Question const& question) {
    if (question.outcome() != Question::Outcome::refused) return false;
    auto const& state = question.refusal().state;
    return state == "40001" || state == "40P01";
}

}  // namespace

void LoopLanes::close() noexcept {
    reads->close();
    writes->close();
    for (auto const& replica : replicas)
        replica.reads->close();
}

// A standby that is near enough to the primary, and has what this read rests on: nothing of it has
// changed since. So whoever is served by this instance sees its writes, also without a cookie, and
// the answer can be kept. In turn.
PostgresSession::Replica const* PostgresSession::choose_replica(Generations::Topic topic) noexcept {
    auto const now = Standby::Clock::now();
    auto const count = lanes_.replicas.size();
    for (std::size_t i = 0; i < count; ++i) {
        auto const& replica = lanes_.replicas[++lanes_.turn % count];
        if (replica.standby->serves(seen_, now) && replica.reads->reachable() &&
            !lanes_.generations.changed_since(topic, replica.standby->covers()))
            return &replica;
    }
    return nullptr;
}

// While nothing is heard of the primary.
PostgresSession::Replica const* PostgresSession::choose_stand_in() const noexcept {
    auto const now = Standby::Clock::now();
    for (auto const& replica : lanes_.replicas)
        if (replica.standby->stands_in(seen_, now) && replica.reads->reachable()) return &replica;
    return nullptr;
}

Awaitable<Result<ResultPtr>> PostgresSession::read(Statement const& statement, Params const& params,
                                                   Generations::Topic topic) {
    auto const* replica = choose_replica(topic);
    if (replica == nullptr && !lanes_.generations.trusted()) replica = choose_stand_in();
    if (replica != nullptr) {
        auto result = co_await read_from(*replica, statement, params, topic);
        auto const code = result ? Errc{} : result.error().code;
        if (result || (code != Errc::unavailable && code != Errc::busy)) co_return result;
    }
    // A primary that is silent would be waited for by everybody who asks for the same.
    auto const patience =
        lanes_.replicas.empty()
            ? deadline_
            : std::min(deadline_, std::chrono::steady_clock::now() + lanes_.replica_patience);
    auto result = co_await read_from_primary(statement, params, topic, patience);
    auto const code = result ? Errc{} : result.error().code;
    if (result || (code != Errc::unavailable && code != Errc::busy)) co_return result;
    bool const silent = code == Errc::unavailable || !lanes_.generations.trusted();
    replica = silent ? choose_stand_in() : nullptr;
    if (replica != nullptr) co_return co_await read_from(*replica, statement, params, topic);
    if (patience == deadline_ || code == Errc::unavailable) co_return result;
    co_return co_await read_from_primary(statement, params, topic, deadline_);
}

Awaitable<Result<ResultPtr>> PostgresSession::read_from_primary(Statement const& statement,
                                                                Params const& params,
                                                                Generations::Topic topic,
                                                                Deadline patience) {
    Question question(statement, params, caller_);
    co_await lanes_.reads->ask(question, patience);
    if (question.outcome() == Question::Outcome::lost) co_return Error{Errc::busy};
    if (question.outcome() != Question::Outcome::answered) co_return error_of(question);
    if (sources_ != nullptr) {
        sources_->add(topic, question.as_of());
        sources_->saw(question.version());
    }
    co_return question.take_result(0);
}

// unavailable: it is away, or the answer is older than what was known of the standby.
Awaitable<Result<ResultPtr>> PostgresSession::read_from(Replica const& replica,
                                                        Statement const& statement,
                                                        Params const& params,
                                                        Generations::Topic topic) {
    auto const covered = replica.standby->covers();
    auto const replayed = replica.standby->replayed();
    Question question(statement, params, caller_);
    // One that takes longer counts as away anyway, and then there is the primary.
    auto const patience = std::chrono::steady_clock::now() + lanes_.replica_patience;
    co_await replica.reads->ask(question, std::min(deadline_, patience));
    if (question.outcome() == Question::Outcome::lost) co_return Error{Errc::busy};
    if (question.outcome() != Question::Outcome::answered) co_return error_of(question);
    if (question.version() < replayed) co_return Error{Errc::unavailable};
    if (sources_ != nullptr) {
        sources_->add(topic, covered);
        sources_->saw(question.version());
    }
    co_return question.take_result(0);
}

Awaitable<Result<Version>> PostgresSession::write(Steps const& steps,
                                                  std::vector<ResultPtr>& results) {
    if (!taking_writes_.load(std::memory_order_relaxed)) co_return Error{Errc::unavailable};
    for (int attempt = 1;; ++attempt) {
        Question question(steps);
        co_await lanes_.writes->ask(question, deadline_);
        if (rolled_back_for_others(question) && attempt < attempts_max) continue;
        if (question.outcome() != Question::Outcome::answered) co_return error_of(question);
        for (std::size_t i = 0; i < steps.size(); ++i)
            results.push_back(question.take_result(i));
        co_return question.version();
    }
}

void PostgresSession::published(Touched const& touched, Version version, ResultPtr const& result) {
    Rows rows(result);
    rows.next();
    auto const transaction = rows.integer(rows.columns() - 1);
    publisher_.publish_own(touched.topics(), version,
                           static_cast<Publisher::TransactionId>(transaction));
    if (sources_ != nullptr) sources_->saw(version);
    if (version > seen_) seen_ = version;
}

void PostgresSession::published_user(UserId id, Version version, ResultPtr const& result) {
    Touched touched;
    touched.user(id);
    published(touched, version, result);
}

// --- users

Awaitable<Result<User>> PostgresSession::find_user(UserId id) {
    Params const params(id);
    CO_TRY(result, co_await read(sql::user_by_id, params, topic::user(id)));
    co_return read_found(result);
}

Awaitable<Result<User>> PostgresSession::create_user(NewUser user) {
    Params const none, params(user.username, user.email, user.password_hash);
    Steps const steps{{sql::lock_names, none}, {sql::insert_user, params}};
    std::vector<ResultPtr> results;
    CO_TRY(version, co_await write(steps, results));
    auto made = read_written(results[1]);
    if (made) published_user(made->id, version, results.back());
    co_return made;
}

Awaitable<Result<User>> PostgresSession::update_user(UserId id, UserChange change, Writer who) {
    if (change.is_nothing()) {
        auto user = co_await find_user(id);
        if (user && !who.may_write_as(*user)) co_return Error{Errc::forbidden};
        co_return user;
    }
    Params const none, self(id);
    Params const params(id, change.username, change.email, change.image_file, who.user,
                        who.as_open_accounts);
    Steps const steps{{sql::lock_names, none}, {sql::lock_user, self}, {sql::update_user, params}};
    std::vector<ResultPtr> results;
    CO_TRY(version, co_await write(steps, results));
    auto changed = read_written(results.back());
    if (changed) published_user(id, version, results.back());
    co_return changed;
}

Awaitable<Result<void>> PostgresSession::delete_user(UserId id, Writer who) {
    Params const self(id), params(id, who.user, who.as_open_accounts);
    Steps const steps{
        {sql::lock_user, self}, {sql::delete_posts_of_user, params}, {sql::delete_user, params}};
    std::vector<ResultPtr> results;
    CO_TRY(version, co_await write(steps, results));
    auto const deleted = read_deleted(results.back());
    if (deleted) published_user(id, version, results.back());
    co_return deleted;
}

// --- posts

Awaitable<Result<Post>> PostgresSession::find_post(PostId id) {
    Params const params(id);
    CO_TRY(result, co_await read(sql::post_by_id, params, topic::post(id)));
    Rows rows(result);
    if (!rows.next()) co_return Error{Errc::post_not_found};
    auto post = read_post(rows, 0);
    if (sources_ != nullptr) sources_->add_same(topic::user(post.author.id));
    co_return post;
}

Awaitable<Result<Post>> PostgresSession::create_post(NewPost post, Writer who) {
    Params const params(post.title, post.content, post.author, post.date_posted, who.user,
                        who.as_open_accounts);
    Steps const steps{{sql::insert_post, params}};
    std::vector<ResultPtr> results;
    CO_TRY(version, co_await write(steps, results));
    auto made = read_inserted(results[0], post);
    if (made) {
        Touched touched;
        touched.post_of(made->id, post.author);
        published(touched, version, results.back());
    }
    co_return made;
}

Awaitable<Result<Post>> PostgresSession::update_post(PostId id, PostChange change, Writer who) {
    if (change.is_nothing()) {
        auto post = co_await find_post(id);
        if (post && !who.may_write_as(post->author)) co_return Error{Errc::forbidden};
        co_return post;
    }
    Params const self(id);
    Params const params(id, change.title, change.content, change.author, who.user,
                        who.as_open_accounts);
    Steps const steps{
        {sql::lock_author_of_post, self}, {sql::lock_post, self}, {sql::update_post, params}};
    std::vector<ResultPtr> results;
    CO_TRY(version, co_await write(steps, results));
    UserId before{};
    auto changed = read_updated(results.back(), before);
    if (changed) {
        Touched touched;
        touched.post_of(id, before);
        if (change.author) touched.add(topic::posts_of(*change.author));
        published(touched, version, results.back());
    }
    co_return changed;
}

Awaitable<Result<void>> PostgresSession::delete_post(PostId id, Writer who) {
    Params const self(id), params(id, who.user, who.as_open_accounts);
    Steps const steps{
        {sql::lock_author_of_post, self}, {sql::lock_post, self}, {sql::delete_post, params}};
    std::vector<ResultPtr> results;
    CO_TRY(version, co_await write(steps, results));
    auto const author = read_deleted_post(results.back());
    if (!author) co_return author.error();
    Touched touched;
    touched.post_of(id, *author);
    published(touched, version, results.back());
    co_return Result<void>();
}

Awaitable<Result<PostPage>> PostgresSession::page_posts(std::int64_t skip, std::int64_t limit,
                                                        std::optional<UserId> author) {
    auto const list = page_question(skip, limit, author);
    CO_TRY(result, co_await read(list.statement, list.params, topic_of(author)));
    co_return read_page(result, author.has_value());
}

Awaitable<Result<PostSlice>> PostgresSession::slice_posts(SliceQuery query) {
    auto const list = slice_question(query);
    CO_TRY(result, co_await read(list.statement, list.params, topic_of(query.author)));
    co_return read_slice(result, query);
}

Awaitable<Result<std::vector<Post>>> PostgresSession::scan_posts(ScanQuery query) {
    auto const list = scan_question(query);
    CO_TRY(result, co_await read(list.statement, list.params, topic_of(query.author)));
    std::vector<Post> posts;
    Rows rows(result);
    posts.reserve(static_cast<std::size_t>(rows.size()));
    while (rows.next())
        posts.push_back(read_post(rows, 0));
    co_return posts;
}

Awaitable<Result<void>> PostgresSession::ping() {
    if (!taking_writes_.load(std::memory_order_relaxed)) co_return Error{Errc::unavailable};
    Params const nobody(UserId{0});
    CO_TRY(result, co_await read(sql::user_by_id, nobody, topic::all_posts));
    (void)result;
    co_return Result<void>();
}

PostgresSessionPool::PostgresSessionPool(std::unique_ptr<LoopLanes> lanes,
                                         std::chrono::milliseconds wait_max,
                                         asio::any_io_executor loop,
                                         std::vector<std::unique_ptr<PostgresSession>> sessions,
                                         std::size_t waiters_max)
    : lanes_(std::move(lanes)),
      wait_max_(wait_max),
      pool_(std::move(loop), std::move(sessions), waiters_max) {}

PostgresSessionPool::~PostgresSessionPool() {
    lanes_->close();
}

Awaitable<Result<Lease>> PostgresSessionPool::acquire(Borrower borrower) {
    auto const deadline = std::chrono::steady_clock::now() + lanes_->query_timeout;
    PostgresSession* session = pool_.try_acquire();
    if (session == nullptr) {
        auto const waited = co_await pool_.acquire(wait_max_);
        if (!waited) co_return waited.error();
        session = *waited;
    }
    session->begin(borrower, deadline);
    co_return Lease(session, ReturnSession{this});
}

void PostgresSessionPool::release(Session& session) noexcept {
    pool_.release(static_cast<PostgresSession&>(session));
}

}  // namespace blog::db::postgres
