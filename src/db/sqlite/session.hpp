#pragma once
#include "db/pool.hpp"
#include "db/sqlite/reader.hpp"
#include "db/sqlite/write_queue.hpp"
#include "db/store.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

namespace blog::db {

// One request's access to blog.db. Reads run at once on the loop, over the loop's own connection:
// none of them suspends, so the sessions of a loop share it. Writes wait for the writer's commit.
class SqliteSession final : public Session {
public:
    // `writes` is null when the file is read only to us: every write is then `unavailable`.
    SqliteSession(Reader& reader, WriteQueue* writes) : reader_(reader), writes_(writes) {}

    // A request begins, or has written: its next read is of this moment.
    void see_newest() noexcept { moment_ = Reader::Moment::newest; }

    Awaitable<Result<User>> find_user(UserId id) override;
    Awaitable<Result<User>> create_user(NewUser user) override;
    Awaitable<Result<User>> update_user(UserId id, UserChange change) override;
    Awaitable<Result<void>> delete_user(UserId id) override;

    Awaitable<Result<Post>> find_post(PostId id) override;
    Awaitable<Result<Post>> create_post(NewPost post) override;
    Awaitable<Result<Post>> update_post(PostId id, PostChange change) override;
    Awaitable<Result<void>> delete_post(PostId id) override;
    Awaitable<Result<PostPage>> page_posts(std::int64_t skip, std::int64_t limit,
                                           std::optional<UserId> author) override;
    Awaitable<Result<PostSlice>> slice_posts(SliceQuery query) override;
    Awaitable<Result<std::vector<Post>>> scan_posts(ScanQuery query) override;

    Awaitable<Result<void>> ping() override;

private:
    // Runs `Result<T> function(Connection&)`, whose outcome rests on `topic`.
    template <class Function>
    auto read(Generations::Topic topic, Function const& function);
    template <class T, class Function>
    Awaitable<Result<T>> write(std::size_t bytes, Function function);

    // What the last read's outcome rests on.
    void note(Generations::Topic topic) noexcept {
        if (sources_ != nullptr) sources_->add(topic, reader_.as_of());
    }

    Reader& reader_;
    Reader::Moment moment_ = Reader::Moment::newest;
    WriteQueue* writes_;
};

class SqliteSessionPool final : public SessionPool {
public:
    SqliteSessionPool(std::shared_ptr<Reader> reader, std::chrono::milliseconds wait_max,
                      asio::any_io_executor loop,
                      std::vector<std::unique_ptr<SqliteSession>> sessions,
                      std::size_t waiters_max);

    Awaitable<Result<Lease>> acquire(Borrower borrower) override;

protected:
    void release(Session& session) noexcept override;

private:
    std::shared_ptr<Reader> const reader_;  // before the sessions, which use it
    std::chrono::milliseconds const wait_max_;
    Pool<SqliteSession> pool_;
};

}  // namespace blog::db
