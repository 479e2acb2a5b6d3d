#include "admin/run_user_command.hpp"

#include "admin/account_text.hpp"
#include "auth/password.hpp"
#include "auth/secret.hpp"
#include "auth/token.hpp"
#include "mail/reset_mail.hpp"
#include "schemas/body.hpp"
#include "schemas/users.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <stdexcept>
#include <utility>
#include <vector>

namespace blog::admin {

// The password alone, by the API's rule.
struct NewPassword {
    std::string password;
};

}  // namespace blog::admin

template <>
struct blog::schemas::Schema<blog::admin::NewPassword> {
    static constexpr std::string_view name = "NewPassword";
    static constexpr auto fields =
        std::tuple{required("password", &blog::admin::NewPassword::password, password_rule)};
};

namespace blog::admin {
namespace {

constexpr std::int64_t page_rows = 100;
constexpr db::UserId before_all{std::numeric_limits<std::int64_t>::min()};

// A command's own: a session, and what the operator has set.
struct Task {
    db::Session& db;
    Workplace& place;
    UserCommand const& command;
};

std::string sentence(Errc code) {
    switch (code) {
        case Errc::username_taken:
            return "the username is taken";
        case Errc::email_taken:
            return "the e-mail address is taken";
        case Errc::user_not_found:
            return "that account is gone";
        case Errc::login_not_found:
            return "it has no such session; blogd user sessions shows them";
        case Errc::text_not_storable:
            return "the database cannot store that text";
        case Errc::outcome_unknown:
            return "the database went away while it wrote: look whether it was done";
        default:
            return "the database does not answer, or is too busy; nothing was changed";
    }
}

[[noreturn]] void refuse(Error const& error) {
    throw std::runtime_error(sentence(error.code));
}

template <class T>
T taken(Result<T> result) {
    if (!result) refuse(result.error());
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}

// --- what the operator typed, by the rules of the API

template <class T>
T checked(std::vector<schemas::NameValue> const& pairs) {
    auto parsed = schemas::parse_form<T>(pairs);
    if (auto const* issues = std::get_if<schemas::Issues>(&parsed)) {
        std::string text;
        for (auto const& issue : issues->list)
            text += (text.empty() ? "" : "; ") + std::string(issue.field) + ": " + issue.msg;
        throw ConfigError(text);
    }
    return std::move(*std::get_if<T>(&parsed));
}

// The hash of a password that may be one, which is wiped.
std::string hashed(std::string password, Config const& config) {
    auth::HashCost const cost{config.password_memory.value,
                              static_cast<unsigned>(config.password_passes)};
    auth::Secret const secret(password);
    if (auth::too_common(secret.view()))
        throw std::runtime_error(
            "password: it is among those that everybody tries first; choose another one");
    return auth::hash_password(secret.view(), cost);
}

// --- whom it is about

// By username, of which there is no index that asks for this: once through all accounts.
Awaitable<std::optional<db::Account>> find_by_username(db::Session& db, std::string username) {
    auto after = before_all;
    for (;;) {
        auto page = taken(co_await db.list_accounts(after, page_rows));
        if (page.empty()) co_return std::nullopt;
        auto const found =
            std::ranges::find(page, username, [](db::Account const& a) { return a.user.username; });
        if (found != page.end()) co_return std::move(*found);
        after = page.back().user.id;
    }
}

std::optional<db::UserId> as_id(std::string_view text) noexcept {
    std::int64_t id = 0;
    auto const* const end = text.data() + text.size();
    auto const read = std::from_chars(text.data(), end, id);
    if (text.empty() || read.ec != std::errc() || read.ptr != end) return std::nullopt;
    return db::UserId{id};
}

// A number is an id, and what has an @ is an address, whatever usernames people have chosen:
// nobody can take a name that makes the operator mean them.
Awaitable<db::Account> find_user(Task task) {
    auto const& name = task.command.user;
    auto const id = as_id(name);
    std::optional<db::Account> account;
    if (id) {
        auto found = co_await task.db.find_account_by_id(*id);
        if (found)
            account = std::move(*found);
        else if (found.error().code != Errc::user_not_found)
            refuse(found.error());
    } else if (name.find('@') != name.npos) {
        auto found = co_await task.db.find_account(name);
        if (found)
            account = std::move(*found);
        else if (found.error().code != Errc::user_not_found)
            refuse(found.error());
    } else {
        account = co_await find_by_username(task.db, name);
    }
    if (!account)
        throw std::runtime_error(
            "there is no user " + printable(name) +
            ": name one by id, username or e-mail; blogd user list shows them");
    co_return std::move(*account);
}

// --- the commands

Awaitable<void> list(Task task) {
    AccountList text(task.command.json);
    auto after = before_all;
    for (;;) {
        auto const page = taken(co_await task.db.list_accounts(after, page_rows));
        if (page.empty()) break;
        after = page.back().user.id;
        co_await task.place.out.print(text.page(page));
    }
    co_await task.place.out.print(text.end());
}

Awaitable<void> print_reset_link(Task task, db::User user) {
    auto const& config = task.place.config;
    auto token = auth::new_token();
    auto const now = task.place.clock.wall();
    db::NewResetToken row{user.id, std::move(token.hash), now, now + config.reset_lifetime};
    auto const put = co_await task.db.put_reset_token(std::move(row));
    if (!put) refuse(put.error());
    // The link is alone on standard output's last line, for scripts.
    std::string text = "a new password for " + name_of(user) + ", once and for " +
                       mail::in_words(config.reset_lifetime) +
                       (config.base_url.empty() ? " (behind the blog's address):\n" : ":\n") +
                       mail::reset_link(config.base_url, token.text) + "\n";
    co_await task.place.out.print(std::move(text));
}

Awaitable<void> add(Task task, std::optional<std::string> secret) {
    auto const& command = task.command;
    auto const& config = task.place.config;
    if (command.no_password && config.accounts == "protected")
        throw ConfigError(
            "add: this blog's accounts are protected, so that each has a password: leave "
            "--no-password out, or say --link");
    std::vector<schemas::NameValue> pairs{{"username", command.user}, {"email", command.email}};
    if (secret) pairs.push_back({"password", std::move(*secret)});
    auto in = checked<schemas::UserCreate>(pairs);
    if (secret) auth::wipe(pairs.back().value);
    db::NewUser user{std::move(in.username), std::move(in.email)};
    // Before the link is used nobody may log in, nor write as an account without a password.
    if (command.link) in.password = auth::new_token().text;
    if (in.password) {
        user.password_hash = "to come";
        auto const free = co_await task.db.check_new_user(user);
        if (!free) refuse(free.error());
        user.password_hash = hashed(std::move(*in.password), config);
    }
    auto const made = taken(co_await task.db.create_user(std::move(user)));
    co_await task.place.out.print("added " + name_of(made) + "\n");
    if (command.link) co_await print_reset_link(task, made);
}

Awaitable<void> set_password(Task task, std::optional<std::string> secret) {
    std::vector<schemas::NameValue> pairs{{"password", std::move(*secret)}};
    auto in = checked<NewPassword>(pairs);
    auth::wipe(pairs.front().value);
    auto const account = co_await find_user(task);
    db::PasswordChange change;
    change.new_hash = hashed(std::move(in.password), task.place.config);
    auto const changed = co_await task.db.change_password(account.user.id, std::move(change));
    if (!changed) refuse(changed.error());
    co_await task.place.out.print("set the password of " + name_of(account.user) +
                                  "; all its sessions have ended\n");
}

Awaitable<void> reset_link(Task task) {
    auto const account = co_await find_user(task);
    if (account.disabled)
        throw std::runtime_error(name_of(account.user) +
                                 " is disabled: blogd user enable comes first");
    co_await print_reset_link(task, account.user);
}

Awaitable<void> set_disabled(Task task, bool disabled) {
    auto const account = co_await find_user(task);
    std::optional<SysTime> since;
    if (disabled) since = task.place.clock.wall();
    auto const set = co_await task.db.set_disabled(account.user.id, since);
    if (!set) refuse(set.error());
    co_await task.place.out.print(
        name_of(account.user) +
        (disabled ? " cannot log in any more; its sessions have ended and its posts stay\n"
                  : " may log in\n"));
}

Awaitable<void> remove(Task task) {
    auto const account = co_await find_user(task);
    auto const id = account.user.id;
    auto const page = taken(co_await task.db.page_posts(0, 1, id));
    auto const what = name_of(account.user) + " with " + std::to_string(page.total) +
                      (page.total == 1 ? " post" : " posts") +
                      (account.user.image_file.value_or("").empty() ? "" : ", its picture") +
                      " and everything else that is its own";
    if (!task.command.yes) {
        co_await task.place.out.print("this deletes " + what + ", for good\n");
        co_return;
    }
    db::Writer writer;
    writer.user = id;
    auto const removed = co_await task.db.delete_user(id, writer);
    if (!removed) refuse(removed.error());
    co_await task.place.out.print("deleted " + what + "\n");
}

Awaitable<void> sessions(Task task) {
    auto const account = co_await find_user(task);
    auto const id = account.user.id;
    auto const& command = task.command;
    if (command.end) {
        auto const ended = co_await task.db.end_login(id, *command.end);
        if (!ended) refuse(ended.error());
        co_await task.place.out.print("ended 1 session of " + name_of(account.user) + "\n");
    } else if (command.end_all) {
        auto const count = taken(co_await task.db.end_logins(id, std::nullopt));
        co_await task.place.out.print("ended " + std::to_string(count) + " sessions of " +
                                      name_of(account.user) + "\n");
    } else {
        auto const now = task.place.clock.wall();
        SysTime const unused_since = now - task.place.config.login_idle;
        auto const logins = taken(co_await task.db.list_logins(id, now, unused_since));
        co_await task.place.out.print(login_list(logins, command.json));
    }
}

}  // namespace

Awaitable<void> run_user_command(Workplace place, UserCommand command,
                                 std::optional<std::string> secret) {
    if (command.takes_password() != secret.has_value())
        throw ConfigError("user: a password is missing, or one that nobody asked for");
    auto const lease = taken(co_await place.sessions.acquire());
    Task const task{*lease, place, command};
    switch (command.verb) {
        case UserVerb::list:
            co_await list(task);
            break;
        case UserVerb::add:
            co_await add(task, std::move(secret));
            break;
        case UserVerb::set_password:
            co_await set_password(task, std::move(secret));
            break;
        case UserVerb::reset_link:
            co_await reset_link(task);
            break;
        case UserVerb::disable:
            co_await set_disabled(task, true);
            break;
        case UserVerb::enable:
            co_await set_disabled(task, false);
            break;
        case UserVerb::remove:
            co_await remove(task);
            break;
        case UserVerb::sessions:
            co_await sessions(task);
            break;
    }
}

}  // namespace blog::admin
