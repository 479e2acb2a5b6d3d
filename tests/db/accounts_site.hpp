#pragma once
#include "db/contract_database.hpp"
#include "db/site.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace blog::test {

// A store for the contract of accounts, with shorthand that asserts that it worked.
struct AccountsSite {
    std::unique_ptr<ContractDatabase> database = make_contract_database();
    Site site{database->options()};
    db::Session& db = site.db();

    static constexpr SysTime noon = ManualClock::start;
    static constexpr std::chrono::hours day{24};

    template <class T>
    T run(Awaitable<T> work) {
        return site.run(std::move(work));
    }
    db::UserId add_open(std::string const& name) { return site.add_user(name).id; }
    db::UserId add_protected(std::string const& name, std::string const& hash = "hash") {
        return run(db.create_user({name, name + "@example.com", hash}))->id;
    }
    db::LoginId log_in(db::UserId user, std::string const& token, SysTime at = noon) {
        return *run(db.open_login({.user = user,
                                   .token_hash = token,
                                   .password_hash = hash_of(user),
                                   .device = "Firefox",
                                   .created = at,
                                   .expires = at + 30 * day}));
    }
    // As somebody who sends it a second later, with a patience of a week.
    Result<db::LoggedIn> find(std::string const& token,
                              SysTime at = noon + std::chrono::seconds(1)) {
        return run(db.find_login(token, at, at - 7 * day));
    }
    bool is_in(std::string const& token) {
        auto const found = find(token);
        BOOST_TEST((found || failed_with(found, Errc::login_not_found)));
        return !!found;
    }
    void put_token(db::UserId user, std::string const& hash) {
        BOOST_TEST_REQUIRE(!!run(db.put_reset_token({.user = user,
                                                     .hash = hash,
                                                     .created = noon,
                                                     .expires = noon + std::chrono::hours(1)})));
    }
    bool is_token(std::string const& hash, SysTime at = noon) {
        auto const found = run(db.find_reset(hash, at));
        BOOST_TEST((found || failed_with(found, Errc::reset_token_invalid)));
        return !!found;
    }
    std::string hash_of(db::UserId user) { return run(db.find_account_by_id(user))->password_hash; }
};

// Writes as oneself; and as nobody, or anybody, where only protected accounts are.
inline db::Writer as(db::UserId user) {
    return {.user = user, .as_open_accounts = false};
}
inline constexpr db::Writer nobody{.user = std::nullopt, .as_open_accounts = false};
inline constexpr db::Writer anybody{};

}  // namespace blog::test
