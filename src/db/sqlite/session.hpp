#pragma once
#include "db/pool.hpp"
#include "db/sqlite/pictures.hpp"
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
    SqliteSession(Reader& reader, WriteQueue* writes, PictureFolder const& pictures)
        : reader_(reader), writes_(writes), pictures_(pictures) {}

    // A request begins, or has written: its next read is of this moment.
    void see_newest() noexcept { moment_ = Reader::Moment::newest; }

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
    // Runs `Result<T> function(Connection&)`, whose outcome rests on `topic`. (session_impl.hpp)
    template <class Function>
    auto read(Generations::Topic topic, Function const& function);
    // Runs `Result<T> function(Connection&, Touched&)` on the writer; it holds `bytes` meanwhile.
    template <class T, class Function>
    Awaitable<Result<T>> write(std::size_t bytes, Function function);
    // Removes the files of pictures that the user no longer has.
    Awaitable<void> sweep_pictures_of(UserId id);

    // What the last read's outcome rests on.
    void note(Generations::Topic topic) noexcept {
        if (sources_ != nullptr) sources_->add(topic, reader_.as_of());
    }

    Reader& reader_;
    Reader::Moment moment_ = Reader::Moment::newest;
    WriteQueue* writes_;
    PictureFolder const& pictures_;
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
