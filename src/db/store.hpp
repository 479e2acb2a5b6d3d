#pragma once
#include "async.hpp"
#include "caller.hpp"
#include "db/accounts.hpp"
#include "db/models.hpp"
#include "db/outbox.hpp"
#include "db/pictures.hpp"
#include "db/store_metrics.hpp"
#include "error.hpp"
#include "generations.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace blog::db {

// One pooled connection and every question the blog asks. One method = one use case = one round
// trip or one transaction, of one moment; each expected error stands in the comment. A database
// that is broken makes reads throw DatabaseError (db/database_error.hpp); one that is away, or too
// busy, gives `unavailable` or `busy`, also to writes, which were then not stored.
// `outcome_unknown`: it went away while it stored a write. A write that returned a success is
// durable.
class Session : public Accounts, public Outbox, public Pictures {
public:
    // From now on, and until the lease ends, every read adds to `sources` what its outcome rests
    // on; null: no longer. `sources` outlives that.
    void record(Sources* sources) noexcept { sources_ = sources; }

    // --- users
    virtual Awaitable<Result<User>> find_user(UserId) = 0;  // user_not_found
    // The two checks and the insert are one transaction, the username is looked at first. Names of
    // accounts with a password are nobody else's, however they are spelled; the others compare byte
    // by byte among themselves. The address of an account with a password is stored in lower case.
    virtual Awaitable<Result<User>> create_user(NewUser) = 0;  // username_taken, email_taken
    // user_not_found, forbidden, username_taken, email_taken. A change of nothing returns the user
    // as it is. With another address the user's reset tokens end, and the mail that waits: they
    // were the old mailbox's.
    virtual Awaitable<Result<User>> update_user(UserId, UserChange, Writer = {}) = 0;
    // Everything of the user goes too, in the same transaction. user_not_found, forbidden
    virtual Awaitable<Result<void>> delete_user(UserId, Writer = {}) = 0;

    // --- posts
    virtual Awaitable<Result<Post>> find_post(PostId) = 0;  // post_not_found
    // forbidden: the writer is not the author, now or after.
    virtual Awaitable<Result<Post>> create_post(NewPost, Writer = {}) = 0;  // user_not_found
    // post_not_found, then forbidden for its author, then user_not_found, then forbidden for its
    // next one. A change of nothing returns the post as it is.
    virtual Awaitable<Result<Post>> update_post(PostId, PostChange, Writer = {}) = 0;
    virtual Awaitable<Result<void>> delete_post(PostId, Writer = {}) = 0;  // post_not_found

    // `skip` and `limit` count newest first; of one author (user_not_found), or of all.
    virtual Awaitable<Result<PostPage>> page_posts(std::int64_t skip, std::int64_t limit,
                                                   std::optional<UserId> author) = 0;
    // The `limit` posts that follow `older_than`, or precede `newer_than`, or the newest ones when
    // neither is given (never both). Of one author (user_not_found), or of all.
    struct SliceQuery {
        std::optional<PostCursor> older_than{}, newer_than{};
        std::optional<UserId> author{};
        std::int64_t limit = 10;
    };
    virtual Awaitable<Result<PostSlice>> slice_posts(SliceQuery) = 0;
    // The next posts in id order after `after`, of one author or of all: at most `rows_max`, and no
    // further row once `bytes_max` bytes of title and content are there. Empty: there are no more.
    // Each call is a read of its own, so a long listing never pins the write-ahead log.
    struct ScanQuery {
        PostId after{};
        std::optional<UserId> author{};
        std::int64_t rows_max = 100;
        std::size_t bytes_max = 16u << 10;
    };
    virtual Awaitable<Result<std::vector<Post>>> scan_posts(ScanQuery) = 0;

    // Answers when the database does: for /health.
    virtual Awaitable<Result<void>> ping() = 0;

protected:
    Sources* sources_ = nullptr;
};

// For whom a session is borrowed. What the pointers point to outlives the lease.
struct Borrower {
    Sources* sources = nullptr;      // see Session::record()
    Version seen = 0;                // what is read is never older than this
    Caller const* caller = nullptr;  // a long read may be given up when the caller is gone
};

class SessionPool;
struct ReturnSession {
    SessionPool* pool = nullptr;
    void operator()(Session* session) const noexcept;
};
// A session on loan; goes back to its pool at scope end.
using Lease = std::unique_ptr<Session, ReturnSession>;

// The sessions of one event loop. Used on that loop only.
class SessionPool {
public:
    virtual ~SessionPool() = default;
    // busy: none free before the deadline.
    virtual Awaitable<Result<Lease>> acquire(Borrower borrower = {}) = 0;
    // For whoever writes seldom: gives back what is kept ready for writes only, until there is one.
    virtual void rest() noexcept {}

protected:
    friend struct ReturnSession;
    virtual void release(Session&) noexcept = 0;
};
inline void ReturnSession::operator()(Session* session) const noexcept {
    session->record(nullptr);
    pool->release(*session);
}

// The database: opened, migrated and locked by its factory (db/open_store.hpp). Any thread.
class Store {
public:
    virtual ~Store() = default;
    // Throws DatabaseError. The pool must be destroyed before the store and before its loop.
    virtual std::unique_ptr<SessionPool> open_sessions(asio::any_io_executor loop) = 0;
    // Where the data is, for people: without user and password.
    virtual std::string name() const = 0;
    // What it has done so far; cheap, and the numbers are of nearly the same moment.
    virtual StoreMetrics metrics() const = 0;
    // Takes no further writes, stores those already accepted, checkpoints. Blocks; call once, after
    // the loops have stopped.
    virtual void close() = 0;
};

}  // namespace blog::db
