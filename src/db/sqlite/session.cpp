#include "db/sqlite/session.hpp"

#include "db/sqlite/posts.hpp"
#include "db/sqlite/session_impl.hpp"
#include "db/sqlite/users.hpp"

#include <string>
#include <utility>

namespace blog::db {

namespace {

constexpr Query any_user{"SELECT 1 FROM users LIMIT 1"};

std::size_t size_of(std::optional<std::string> const& text) noexcept {
    return text ? text->size() : 0;
}

// What a list of posts rests on.
Generations::Topic topic_of(std::optional<UserId> author) noexcept {
    return author ? topic::posts_of(*author) : topic::all_posts;
}

}  // namespace

Awaitable<Result<User>> SqliteSession::find_user(UserId id) {
    co_return read(topic::user(id), [id](Connection& db) { return db::find_user(db, id); });
}

Awaitable<Result<User>> SqliteSession::create_user(NewUser user) {
    auto const bytes = user.username.size() + user.email.size() + user.password_hash.size();
    return write<User>(bytes, [user = std::move(user)](Connection& writer, Touched& touched) {
        return db::create_user(writer, user, touched);
    });
}

Awaitable<Result<User>> SqliteSession::update_user(UserId id, UserChange change, Writer who) {
    auto const bytes =
        size_of(change.username) + size_of(change.email) + size_of(change.image_file);
    return write<User>(bytes,
                       [id, who, change = std::move(change)](Connection& writer, Touched& touched) {
                           return db::update_user(writer, id, change, who, touched);
                       });
}

Awaitable<Result<void>> SqliteSession::delete_user(UserId id, Writer who) {
    auto const remove = [id, who](Connection& writer, Touched& touched) {
        return db::delete_user(writer, id, who, touched);
    };
    auto const removed = co_await write<void>(0, remove);
    if (removed) co_await sweep_pictures_of(id);
    co_return removed;
}

Awaitable<Result<Post>> SqliteSession::find_post(PostId id) {
    auto post = read(topic::post(id), [id](Connection& db) { return db::find_post(db, id); });
    if (post) note(topic::user(post->author.id));
    co_return post;
}

Awaitable<Result<Post>> SqliteSession::create_post(NewPost post, Writer who) {
    auto const bytes = post.title.size() + post.content.size();
    return write<Post>(bytes, [who, post = std::move(post)](Connection& writer, Touched& touched) {
        return db::create_post(writer, post, who, touched);
    });
}

Awaitable<Result<Post>> SqliteSession::update_post(PostId id, PostChange change, Writer who) {
    auto const bytes = size_of(change.title) + size_of(change.content);
    return write<Post>(bytes,
                       [id, who, change = std::move(change)](Connection& writer, Touched& touched) {
                           return db::update_post(writer, id, change, who, touched);
                       });
}

Awaitable<Result<void>> SqliteSession::delete_post(PostId id, Writer who) {
    return write<void>(0, [id, who](Connection& writer, Touched& touched) {
        return db::delete_post(writer, id, who, touched);
    });
}

Awaitable<Result<PostPage>> SqliteSession::page_posts(std::int64_t skip, std::int64_t limit,
                                                      std::optional<UserId> author) {
    co_return read(topic_of(author),
                   [=](Connection& db) { return db::page_posts(db, skip, limit, author); });
}

Awaitable<Result<PostSlice>> SqliteSession::slice_posts(SliceQuery query) {
    co_return read(topic_of(query.author),
                   [&query](Connection& db) { return db::slice_posts(db, query); });
}

Awaitable<Result<std::vector<Post>>> SqliteSession::scan_posts(ScanQuery query) {
    co_return read(topic_of(query.author),
                   [&query](Connection& db) { return db::scan_posts(db, query); });
}

Awaitable<Result<void>> SqliteSession::ping() {
    if (writes_ != nullptr && !writes_->accepting()) co_return Error{Errc::unavailable};
    co_return read(topic::all_posts, [](Connection& db) {
        db.number_or(0, any_user);
        return Result<void>();
    });
}

SqliteSessionPool::SqliteSessionPool(std::shared_ptr<Reader> reader,
                                     std::chrono::milliseconds wait_max, asio::any_io_executor loop,
                                     std::vector<std::unique_ptr<SqliteSession>> sessions,
                                     std::size_t waiters_max)
    : reader_(std::move(reader)),
      wait_max_(wait_max),
      pool_(std::move(loop), std::move(sessions), waiters_max) {}

Awaitable<Result<Lease>> SqliteSessionPool::acquire(Borrower borrower) {
    SqliteSession* session = pool_.try_acquire();
    if (session == nullptr) {
        auto const waited = co_await pool_.acquire(wait_max_);
        if (!waited) co_return waited.error();
        session = *waited;
    }
    session->record(borrower.sources);
    session->see_newest();
    co_return Lease(session, ReturnSession{this});
}

void SqliteSessionPool::release(Session& session) noexcept {
    pool_.release(static_cast<SqliteSession&>(session));
}

}  // namespace blog::db
