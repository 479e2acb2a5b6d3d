#include "db/sqlite/accounts.hpp"
#include "db/sqlite/outbox.hpp"
#include "db/sqlite/session_impl.hpp"
#include "db/sqlite/users.hpp"

// The session's part about accounts, mails and pictures.
namespace blog::db {

Awaitable<Result<Account>> SqliteSession::find_account(std::string email) {
    co_return read(topic::all_posts,
                   [&email](Connection& db) { return db::find_account(db, email); });
}

Awaitable<Result<Account>> SqliteSession::find_account_by_id(UserId id) {
    co_return read(topic::user(id), [id](Connection& db) { return db::find_account(db, id); });
}

Awaitable<Result<std::vector<Account>>> SqliteSession::list_accounts(UserId after,
                                                                     std::int64_t limit) {
    co_return read(topic::all_posts, [=](Connection& db) {
        return Result<std::vector<Account>>(db::list_accounts(db, after, limit));
    });
}

Awaitable<Result<void>> SqliteSession::check_new_user(NewUser user) {
    co_return read(topic::all_posts,
                   [&user](Connection& db) { return db::check_new_user(db, user); });
}

Awaitable<Result<void>> SqliteSession::change_password(UserId id, PasswordChange change) {
    return write<void>(change.new_hash.size(),
                       [id, change = std::move(change)](Connection& writer, Touched& touched) {
                           return db::change_password(writer, id, change, touched);
                       });
}

Awaitable<Result<void>> SqliteSession::replace_hash(UserId id, std::string old_hash,
                                                    std::string new_hash) {
    return write<void>(0, [id, from = std::move(old_hash), to = std::move(new_hash)](
                              Connection& writer, Touched& touched) {
        return db::replace_hash(writer, id, from, to, touched);
    });
}

Awaitable<Result<void>> SqliteSession::set_disabled(UserId id, std::optional<SysTime> since) {
    return write<void>(0, [id, since](Connection& writer, Touched& touched) {
        return db::set_disabled(writer, id, since, touched);
    });
}

Awaitable<Result<LoginId>> SqliteSession::open_login(NewLogin login) {
    return write<LoginId>(login.device.size(),
                          [login = std::move(login)](Connection& writer, Touched& touched) {
                              return db::open_login(writer, login, touched);
                          });
}

Awaitable<Result<LoggedIn>> SqliteSession::find_login(std::string token_hash, SysTime now,
                                                      SysTime unused_since) {
    co_return read(topic::all_posts, [&](Connection& db) {
        return db::find_login(db, token_hash, now, unused_since);
    });
}

Awaitable<Result<void>> SqliteSession::touch_login(LoginId id, SysTime now) {
    return write<void>(
        0, [id, now](Connection& writer, Touched&) { return db::touch_login(writer, id, now); });
}

Awaitable<Result<std::vector<Login>>> SqliteSession::list_logins(UserId user, SysTime now,
                                                                 SysTime unused_since) {
    co_return read(topic::user(user), [=](Connection& db) {
        return Result<std::vector<Login>>(db::list_logins(db, user, now, unused_since));
    });
}

Awaitable<Result<void>> SqliteSession::end_login(UserId user, LoginId id) {
    return write<void>(0, [user, id](Connection& writer, Touched& touched) {
        return db::end_login(writer, user, id, touched);
    });
}

Awaitable<Result<std::int64_t>> SqliteSession::end_logins(UserId user, std::optional<LoginId> but) {
    return write<std::int64_t>(0, [user, but](Connection& writer, Touched& touched) {
        return db::end_logins(writer, user, but, touched);
    });
}

// One process owns the file, and has buckets in its memory.
Awaitable<Result<std::chrono::milliseconds>> SqliteSession::take_attempt(std::vector<Bucket>,
                                                                         SysTime) {
    co_return std::chrono::milliseconds(0);
}

// --- forgotten passwords and their mails

Awaitable<Result<void>> SqliteSession::request_reset(std::string email, SysTime now) {
    return write<void>(email.size(), [email = std::move(email), now](Connection& writer, Touched&) {
        return db::request_reset(writer, email, now);
    });
}

Awaitable<Result<UserId>> SqliteSession::find_reset(std::string token_hash, SysTime now) {
    co_return read(topic::all_posts,
                   [&](Connection& db) { return db::find_reset(db, token_hash, now); });
}

Awaitable<Result<UserId>> SqliteSession::use_reset(std::string token_hash,
                                                   std::string password_hash, SysTime now) {
    return write<UserId>(0, [token = std::move(token_hash), hash = std::move(password_hash), now](
                                Connection& writer, Touched& touched) {
        return db::use_reset(writer, token, hash, now, touched);
    });
}

// The outbox is looked into often and is mostly empty: no write for that.
Awaitable<Result<std::optional<DueMail>>> SqliteSession::claim_mail(SysTime now,
                                                                    SysTime claimed_until) {
    auto const due = read(topic::all_posts,
                          [now](Connection& db) { return Result<bool>(mail_is_due(db, now)); });
    if (!due) co_return due.error();
    if (!*due) co_return std::optional<DueMail>();
    auto const claim = [now, claimed_until](Connection& writer, Touched&) {
        return Result<std::optional<DueMail>>(db::claim_mail(writer, now, claimed_until));
    };
    co_return co_await write<std::optional<DueMail>>(0, claim);
}

Awaitable<Result<void>> SqliteSession::put_reset_token(NewResetToken token) {
    return write<void>(0, [token = std::move(token)](Connection& writer, Touched& touched) {
        touched.add(topic::account(token.user));
        return db::put_reset_token(writer, token);
    });
}

Awaitable<Result<void>> SqliteSession::finish_mail(MailId id) {
    return write<void>(0, [id](Connection& writer, Touched&) {
        db::finish_mail(writer, id);
        return Result<void>();
    });
}

Awaitable<Result<void>> SqliteSession::postpone_mail(MailId id, SysTime due, std::string reason) {
    return write<void>(reason.size(),
                       [id, due, reason = std::move(reason)](Connection& writer, Touched&) {
                           db::postpone_mail(writer, id, due, reason);
                           return Result<void>();
                       });
}

Awaitable<Result<void>> SqliteSession::bury_mail(MailId id, std::string reason) {
    return write<void>(reason.size(),
                       [id, reason = std::move(reason)](Connection& writer, Touched&) {
                           db::bury_mail(writer, id, reason);
                           return Result<void>();
                       });
}

Awaitable<Result<void>> SqliteSession::sweep_accounts(SysTime now, SysTime unused_since,
                                                      SysTime dead_before) {
    return write<void>(0, [=](Connection& writer, Touched&) {
        end_expired_logins(writer, now, unused_since);
        drop_old_resets(writer, now, dead_before);
        return Result<void>();
    });
}

// --- pictures

Awaitable<Result<std::optional<std::string>>> SqliteSession::find_picture(std::string name) {
    co_return read(topic::all_posts, [&name](Connection& db) {
        return Result<std::optional<std::string>>(db::find_picture(db, name));
    });
}

Awaitable<Result<User>> SqliteSession::set_picture(UserId id, NewPicture picture, Writer who) {
    auto const enter = [id, &name = picture.name](Connection& writer, Touched&) {
        return register_picture(writer, id, name);
    };
    auto const entered = co_await write<void>(0, enter);
    if (!entered) co_return entered.error();
    auto const show = [this, id, who, &picture](Connection& writer, Touched& touched) {
        return db::set_picture(writer, pictures_, id, picture, who, touched);
    };
    auto shown = co_await write<User>(picture.bytes.size(), show);
    co_await sweep_pictures_of(id);
    co_return shown;
}

Awaitable<Result<User>> SqliteSession::remove_picture(UserId id, Writer who) {
    auto const hide = [id, who](Connection& writer, Touched& touched) {
        return db::remove_picture(writer, id, who, touched);
    };
    auto hidden = co_await write<User>(0, hide);
    if (hidden) co_await sweep_pictures_of(id);
    co_return hidden;
}

// Whatever it says: the next start sweeps too.
Awaitable<void> SqliteSession::sweep_pictures_of(UserId id) {
    auto const sweep = [this, id](Connection& writer, Touched&) {
        sweep_pictures(writer, pictures_, id);
        return Result<void>();
    };
    auto const swept = co_await write<void>(0, sweep);
    static_cast<void>(swept);
}

}  // namespace blog::db
