#pragma once
#include "async.hpp"
#include "db/models.hpp"
#include "error.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace blog::db {

// A user with what only the log in and the operator may see.
struct Account {
    User user;
    std::string password_hash;  // a PHC string; "": an open account
    bool disabled = false;      // may not log in; what was written stays
};

// --- logins: what a token stands for

enum class LoginId : std::int64_t {};
enum class LoginKind : std::uint8_t { browser, api };

struct Login {
    LoginId id{};
    LoginKind kind = LoginKind::browser;
    std::string device;  // what the client called itself
    SysTime created, last_used, expires;
};
struct NewLogin {
    UserId user{};
    std::string token_hash{};
    std::string password_hash{};  // that was verified
    LoginKind kind = LoginKind::browser;
    std::string device{};
    SysTime created{}, expires{};
    std::size_t logins_max = 50;  // of one user; the ones that were used longest ago end
};
// Who sent a token, and over which login.
struct LoggedIn {
    User user;
    Login login;
};

struct PasswordChange {
    std::optional<std::string> old_hash{};  // what it must still be; nothing: whatever it is
    std::string new_hash{};
    std::optional<LoginId> keep{};  // goes on; all others of the user end
};

// Log in, passwords and logins: a part of Session (db/store.hpp), which says what all its methods
// promise. E-mail addresses are compared without case.
class Accounts {
public:
    virtual ~Accounts() = default;

    // user_not_found. Of several with that address: one with a password first.
    virtual Awaitable<Result<Account>> find_account(std::string email) = 0;
    virtual Awaitable<Result<Account>> find_account_by_id(UserId) = 0;
    // The next ones in id order.
    virtual Awaitable<Result<std::vector<Account>>> list_accounts(UserId after,
                                                                  std::int64_t limit) = 0;
    // username_taken, email_taken: what create_user would say now.
    virtual Awaitable<Result<void>> check_new_user(NewUser) = 0;

    // Protects an open account too. The user's other logins and reset tokens end. user_not_found;
    // password_changed: it is no longer `old_hash`.
    virtual Awaitable<Result<void>> change_password(UserId, PasswordChange) = 0;
    // The same password in another form: nothing ends. Nothing happens when it is no longer `old`.
    virtual Awaitable<Result<void>> replace_hash(UserId, std::string old_hash,
                                                 std::string new_hash) = 0;
    // From `since` on the user may not log in, and what was open ends; nothing: may again.
    // user_not_found
    virtual Awaitable<Result<void>> set_disabled(UserId, std::optional<SysTime> since) = 0;

    // user_not_found: also of a disabled one, and of one whose password is another one by now.
    virtual Awaitable<Result<LoginId>> open_login(NewLogin) = 0;
    // login_not_found: unknown, ended, expired at `now`, or not used since `unused_since`.
    virtual Awaitable<Result<LoggedIn>> find_login(std::string token_hash, SysTime now,
                                                   SysTime unused_since) = 0;
    virtual Awaitable<Result<void>> touch_login(LoginId, SysTime now) = 0;
    // Last used first; those that find_login would find.
    virtual Awaitable<Result<std::vector<Login>>> list_logins(UserId, SysTime now,
                                                              SysTime unused_since) = 0;
    virtual Awaitable<Result<void>> end_login(UserId, LoginId) = 0;  // login_not_found
    // All of the user but one; returns how many.
    virtual Awaitable<Result<std::int64_t>> end_logins(UserId, std::optional<LoginId> but) = 0;

    // Takes one attempt from the buckets of all these keys, or from none; returns how long to wait
    // when one is empty. They are shared by every instance; a store that only one process uses has
    // none and says 0.
    struct Bucket {
        std::string key;
        std::int64_t burst = 1;
        std::chrono::milliseconds interval{};  // after which one more attempt is allowed
    };
    virtual Awaitable<Result<std::chrono::milliseconds>> take_attempt(std::vector<Bucket>,
                                                                      SysTime now) = 0;
};

}  // namespace blog::db
