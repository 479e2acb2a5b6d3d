#pragma once
#include "db/open_store.hpp"
#include "db/pool.hpp"
#include "db/postgres/lanes.hpp"
#include "db/postgres/publisher.hpp"
#include "db/postgres/standby.hpp"
#include "db/store.hpp"
#include "db/topics.hpp"

#include <algorithm>
#include <atomic>
#include <memory>
#include <vector>

namespace blog::db::postgres {

// The connections of one loop, shared by its sessions.
struct LoopLanes {
    LoopLanes(Generations const& g, PostgresOptions const& options)
        : generations(g),
          query_timeout(options.query_timeout),
          replica_patience(std::min(options.replica_lag, options.query_timeout / 2)) {}

    Generations const& generations;
    std::chrono::milliseconds query_timeout;  // for all that a session is borrowed for
    std::chrono::milliseconds replica_patience;
    struct Replica {
        std::shared_ptr<Lanes> reads;
        Standby const* standby;
    };
    std::shared_ptr<Lanes> reads, writes;  // of the primary
    std::vector<Replica> replicas;
    std::size_t turn = 0;  // which replica is asked next

    void close() noexcept;
};

// One request's access to PostgreSQL. A read is one statement, so that its outcome is of one
// moment; a write is one transaction, published between its commit and the return.
class PostgresSession final : public Session {
public:
    // `taking_writes` says whether the store does; all outlive the session.
    PostgresSession(LoopLanes& lanes, Publisher& publisher, std::atomic<bool> const& taking_writes)
        : lanes_(lanes), publisher_(publisher), taking_writes_(taking_writes) {}

    // A request begins, which ends by the deadline.
    using Deadline = Lanes::Deadline;
    void begin(Borrower const& borrower, Deadline deadline) noexcept {
        record(borrower.sources);
        deadline_ = deadline;
        seen_ = borrower.seen;
        caller_ = borrower.caller;
    }

    Awaitable<Result<User>> find_user(UserId id) override;
    Awaitable<Result<User>> create_user(NewUser user) override;
    Awaitable<Result<User>> update_user(UserId id, UserChange change, Writer who) override;
    Awaitable<Result<void>> delete_user(UserId id, Writer who) override;

    Awaitable<Result<Post>> find_post(PostId id) override;
    Awaitable<Result<Post>> create_post(NewPost post, Writer who) override;
    Awaitable<Result<Post>> update_post(PostId id, PostChange change, Writer who) override;
    Awaitable<Result<void>> delete_post(PostId id, Writer who) override;
    Awaitable<Result<PostPage>> page_posts(std::int64_t skip, std::int64_t limit,
                                           std::optional<UserId> author) override;
    Awaitable<Result<PostSlice>> slice_posts(SliceQuery query) override;
    Awaitable<Result<std::vector<Post>>> scan_posts(ScanQuery query) override;

    // --- session_accounts.cpp
    Awaitable<Result<Account>> find_account(std::string email) override;
    Awaitable<Result<Account>> find_account_by_id(UserId id) override;
    Awaitable<Result<std::vector<Account>>> list_accounts(UserId after,
                                                          std::int64_t limit) override;
    Awaitable<Result<void>> check_new_user(NewUser user) override;
    Awaitable<Result<void>> change_password(UserId id, PasswordChange change) override;
    Awaitable<Result<void>> replace_hash(UserId id, std::string old_hash,
                                         std::string new_hash) override;
    Awaitable<Result<void>> set_disabled(UserId id, std::optional<SysTime> since) override;
    Awaitable<Result<LoginId>> open_login(NewLogin login) override;
    Awaitable<Result<LoggedIn>> find_login(std::string token_hash, SysTime now,
                                           SysTime unused_since) override;
    Awaitable<Result<void>> touch_login(LoginId id, SysTime now) override;
    Awaitable<Result<std::vector<Login>>> list_logins(UserId user, SysTime now,
                                                      SysTime unused_since) override;
    Awaitable<Result<void>> end_login(UserId user, LoginId id) override;
    Awaitable<Result<std::int64_t>> end_logins(UserId user, std::optional<LoginId> but) override;
    Awaitable<Result<std::chrono::milliseconds>> take_attempt(std::vector<Bucket> buckets,
                                                              SysTime now) override;

    Awaitable<Result<void>> request_reset(std::string email, SysTime now) override;
    Awaitable<Result<UserId>> find_reset(std::string token_hash, SysTime now) override;
    Awaitable<Result<UserId>> use_reset(std::string token_hash, std::string password_hash,
                                        SysTime now) override;
    Awaitable<Result<std::optional<DueMail>>> claim_mail(SysTime now,
                                                         SysTime claimed_until) override;
    Awaitable<Result<void>> put_reset_token(NewResetToken token) override;
    Awaitable<Result<void>> finish_mail(MailId id) override;
    Awaitable<Result<void>> postpone_mail(MailId id, SysTime due, std::string reason) override;
    Awaitable<Result<void>> bury_mail(MailId id, std::string reason) override;
    Awaitable<Result<void>> sweep_accounts(SysTime now, SysTime unused_since,
                                           SysTime dead_before) override;

    Awaitable<Result<std::optional<std::string>>> find_picture(std::string name) override;
    Awaitable<Result<User>> set_picture(UserId id, NewPicture picture, Writer who) override;
    Awaitable<Result<User>> remove_picture(UserId id, Writer who) override;

    Awaitable<Result<void>> ping() override;

private:
    // The result of a read that rests on `topic`.
    Awaitable<Result<ResultPtr>> read(Statement const& statement, Params const& params,
                                      Generations::Topic topic);
    Awaitable<Result<ResultPtr>> read_from_primary(Statement const& statement, Params const& params,
                                                   Generations::Topic topic, Deadline patience);
    using Replica = LoopLanes::Replica;
    Awaitable<Result<ResultPtr>> read_from(Replica const& replica, Statement const& statement,
                                           Params const& params, Generations::Topic topic);
    Replica const* choose_replica(Generations::Topic topic) noexcept;
    Replica const* choose_stand_in() const noexcept;
    // The results of a write, in `results`, one of each step.
    using Steps = std::vector<Question::Step>;
    Awaitable<Result<Version>> write(Steps const& steps, std::vector<ResultPtr>& results);
    // `result`: of the write's last statement, which says its transaction in its last column.
    void published(Touched const& touched, Version version, ResultPtr const& result);
    void published_user(UserId id, Version version, ResultPtr const& result);

    // --- session_accounts.cpp
    Awaitable<Result<ResultPtr>> read_account_data(Statement const& statement,
                                                   Params const& params);
    // A write that nothing which is kept rests on, or whose triggers tell of it soon enough: its
    // last statement's rows. Its place in the log is not noted: the primary alone is asked about
    // accounts, and the cookie would tell whether there was anything to write.
    Awaitable<Result<ResultPtr>> write_quietly(Steps const& steps);
    // The same, where these say at most whether there was something to write.
    Awaitable<Result<void>> carry_out(Steps const& steps, std::optional<Errc> if_no_row = {});
    Awaitable<Result<User>> write_picture(UserId id, Steps const& steps);

    LoopLanes& lanes_;
    Publisher& publisher_;
    std::atomic<bool> const& taking_writes_;
    Version seen_ = 0;
    Deadline deadline_{};
    Caller const* caller_ = nullptr;
};

class PostgresSessionPool final : public SessionPool {
public:
    PostgresSessionPool(std::unique_ptr<LoopLanes> lanes, std::chrono::milliseconds wait_max,
                        asio::any_io_executor loop,
                        std::vector<std::unique_ptr<PostgresSession>> sessions,
                        std::size_t waiters_max);
    ~PostgresSessionPool() override;

    Awaitable<Result<Lease>> acquire(Borrower borrower) override;
    void rest() noexcept override { lanes_->writes->rest(); }

protected:
    void release(Session& session) noexcept override;

private:
    std::unique_ptr<LoopLanes> const lanes_;  // before the sessions, which use it
    std::chrono::milliseconds const wait_max_;
    Pool<PostgresSession> pool_;
};

}  // namespace blog::db::postgres
