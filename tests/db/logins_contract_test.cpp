// What every store promises of logins, and of accounts that go (db/accounts.hpp).
#include "db/accounts_site.hpp"

using namespace blog;
using namespace blog::db;
using namespace std::chrono_literals;
using test::failed_with;

namespace {

std::string devices(std::vector<Login> const& logins) {
    std::string out;
    for (auto const& login : logins)
        out += (out.empty() ? "" : " ") + login.device;
    return out;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(logins_contract, test::AccountsSite)

BOOST_AUTO_TEST_CASE(a_token_says_who_has_logged_in_and_how) {
    auto const ada = add_protected("ada");
    add_protected("bob");
    using namespace std::string_literals;
    auto const device = "curl\0 \xf0\x9f\x98\x80 '\""s;
    auto const id = run(db.open_login({.user = ada,
                                       .token_hash = "token",
                                       .password_hash = "hash",
                                       .kind = LoginKind::api,
                                       .device = device,
                                       .created = noon + 7us,
                                       .expires = noon + 1h + 9us}));
    BOOST_TEST_REQUIRE(!!id);
    auto const found = find("token");
    BOOST_TEST_REQUIRE(!!found);
    BOOST_TEST((found->user.id == ada));
    BOOST_TEST(found->user.has_password);
    BOOST_TEST((found->login.id == *id));
    BOOST_TEST((found->login.kind == LoginKind::api));
    BOOST_TEST(found->login.device == device);
    BOOST_TEST((found->login.created == noon + 7us));
    BOOST_TEST((found->login.last_used == noon + 7us));
    BOOST_TEST((found->login.expires == noon + 1h + 9us));
    BOOST_TEST(!is_in("Token"));
    BOOST_TEST(!is_in(""));
    BOOST_TEST(failed_with(run(db.open_login({.user = UserId{9}, .token_hash = "x"})),
                           Errc::user_not_found));
}

BOOST_AUTO_TEST_CASE(a_password_that_is_no_longer_the_one_opens_nothing) {
    auto const ada = add_protected("ada");
    NewLogin const late{.user = ada,
                        .token_hash = "token",
                        .password_hash = "hash",
                        .created = noon,
                        .expires = noon + 1h};
    PasswordChange const change{.old_hash = "hash", .new_hash = "another"};
    BOOST_TEST(!!run(db.change_password(ada, change)));
    BOOST_TEST(failed_with(run(db.open_login(late)), Errc::user_not_found));
    BOOST_TEST(!is_in("token"));
}

BOOST_AUTO_TEST_CASE(a_login_ends_when_it_expires_to_the_microsecond) {
    auto const ada = add_protected("ada");
    BOOST_TEST(!!run(db.open_login({.user = ada,
                                    .token_hash = "token",
                                    .password_hash = "hash",
                                    .created = noon,
                                    .expires = noon + 1h})));
    auto const at = [&](SysTime now) { return !!run(db.find_login("token", now, noon - 1h)); };
    BOOST_TEST(at(noon + 1h - 1us));
    BOOST_TEST(!at(noon + 1h));
    auto const listed = [&](SysTime now) {
        return run(db.list_logins(ada, now, noon - 1h))->size();
    };
    BOOST_TEST(listed(noon + 1h - 1us) == 1u);
    BOOST_TEST(listed(noon + 1h) == 0u);
}

BOOST_AUTO_TEST_CASE(a_login_that_is_not_used_ends_to_the_microsecond) {
    auto const ada = add_protected("ada");
    auto const id = log_in(ada, "token");
    auto const since = [&](SysTime unused) {
        bool const listed = run(db.list_logins(ada, noon, unused))->size() == 1;
        bool const found = !!run(db.find_login("token", noon, unused));
        BOOST_TEST(listed == found);
        return found;
    };
    BOOST_TEST(since(noon - 1us));
    BOOST_TEST(!since(noon));
    BOOST_TEST(!!run(db.touch_login(id, noon + 5min)));
    BOOST_TEST(since(noon + 5min - 1us));
    BOOST_TEST(!since(noon + 5min));
    BOOST_TEST(!!run(db.touch_login(id, noon)), "of another instance, which was late");
    BOOST_TEST(since(noon + 5min - 1us));
    BOOST_TEST(!!run(db.touch_login(LoginId{99}, noon)), "it has ended meanwhile");
}

BOOST_AUTO_TEST_CASE(logins_are_listed_by_their_last_use) {
    auto const ada = add_protected("ada");
    auto const open = [&](std::string name, SysTime at) {
        NewLogin const login{.user = ada,
                             .token_hash = name,
                             .password_hash = "hash",
                             .device = name,
                             .created = at,
                             .expires = noon + 1h};
        return *run(db.open_login(login));
    };
    auto const first = open("first", noon);
    open("second", noon + 1min);
    open("third", noon + 1min);
    auto const bob = add_protected("bob");
    log_in(bob, "bobs");
    auto const list = [&] { return devices(*run(db.list_logins(ada, noon + 5min, noon - 1h))); };
    BOOST_TEST(list() == "third second first");
    BOOST_TEST(!!run(db.touch_login(first, noon + 2min)));
    BOOST_TEST(list() == "first third second");
    BOOST_TEST(run(db.list_logins(UserId{9}, noon, noon - 1h))->empty());
}

BOOST_AUTO_TEST_CASE(a_user_has_so_many_logins_and_the_longest_unused_end) {
    auto const ada = add_protected("ada");
    auto const bob = add_protected("bob");
    log_in(bob, "bobs", noon - 1h);
    auto const open = [&](std::string token, SysTime at) {
        NewLogin const login{.user = ada,
                             .token_hash = token,
                             .password_hash = "hash",
                             .created = at,
                             .expires = noon + 1h,
                             .logins_max = 3};
        return *run(db.open_login(login));
    };
    auto const first = open("1", noon - 10min);
    open("2", noon - 9min);
    open("3", noon - 8min);
    BOOST_TEST(is_in("1"));
    BOOST_TEST(!!run(db.touch_login(first, noon)));
    open("4", noon - 7min);
    BOOST_TEST(is_in("1"));
    BOOST_TEST(!is_in("2"));
    BOOST_TEST(is_in("3"));
    BOOST_TEST(is_in("4"));
    BOOST_TEST(is_in("bobs"));
}

BOOST_AUTO_TEST_CASE(a_login_is_ended_by_its_owner_alone) {
    auto const ada = add_protected("ada");
    auto const bob = add_protected("bob");
    auto const adas = log_in(ada, "adas");
    BOOST_TEST(failed_with(run(db.end_login(bob, adas)), Errc::login_not_found));
    BOOST_TEST(is_in("adas"));
    BOOST_TEST(!!run(db.end_login(ada, adas)));
    BOOST_TEST(!is_in("adas"));
    BOOST_TEST(failed_with(run(db.end_login(ada, adas)), Errc::login_not_found));
    BOOST_TEST((log_in(ada, "next") > adas), "an id is never given out again");
}

BOOST_AUTO_TEST_CASE(all_logins_of_a_user_end_but_one) {
    auto const ada = add_protected("ada");
    auto const bob = add_protected("bob");
    auto const kept = log_in(ada, "1");
    log_in(ada, "2");
    log_in(ada, "3");
    log_in(bob, "bobs");
    BOOST_TEST(*run(db.end_logins(ada, kept)) == 2);
    BOOST_TEST(is_in("1"));
    BOOST_TEST(!is_in("2"));
    BOOST_TEST(*run(db.end_logins(ada, {})) == 1);
    BOOST_TEST(!is_in("1"));
    BOOST_TEST(*run(db.end_logins(ada, {})) == 0);
    BOOST_TEST(is_in("bobs"));
}

BOOST_AUTO_TEST_CASE(what_has_had_its_time_is_swept) {
    auto const ada = add_protected("ada");
    auto const open = [&](std::string token, SysTime used, SysTime expires) {
        return *run(db.open_login({.user = ada,
                                   .token_hash = token,
                                   .password_hash = "hash",
                                   .created = used,
                                   .expires = expires}));
    };
    open("good", noon - 1h + 1us, noon + 1us);
    open("expired", noon - 1min, noon);
    open("unused", noon - 1h, noon + 1h);
    BOOST_TEST(!!run(db.sweep_accounts(noon, noon - 1h, noon - 1h)));
    auto const always = SysTime();
    auto const there = [&](std::string token) {
        return !!run(db.find_login(token, always, always));
    };
    BOOST_TEST(there("good"));
    BOOST_TEST(!there("expired"));
    BOOST_TEST(!there("unused"));
}

// --- accounts that go

constexpr char const* const tables_of_users[] = {"users", "password_reset_tokens", "blogd_logins",
                                                 "blogd_outbox", "blogd_pictures"};

BOOST_AUTO_TEST_CASE(an_account_that_goes_leaves_nothing_behind) {
    auto const ada = add_protected("ada");
    BOOST_TEST(!!run(db.create_post({"t", "c", ada, noon}, test::as(ada))));
    log_in(ada, "token");
    BOOST_TEST(!!run(db.request_reset("ada@example.com", noon)));
    put_token(ada, "reset");
    std::string const name = std::string(32, 'a') + ".jpg";
    BOOST_TEST(!!run(db.set_picture(ada, {name, "bytes"}, test::as(ada))));

    BOOST_TEST(failed_with(run(db.delete_user(ada)), Errc::forbidden));
    BOOST_TEST(is_in("token"));
    BOOST_TEST(is_token("reset"));
    BOOST_TEST(site.all_posts().size() == 1u, "a refused removal removes nothing");

    BOOST_TEST(!!run(db.delete_user(ada, test::as(ada))));
    BOOST_TEST(!is_in("token"));
    BOOST_TEST(!is_token("reset"));
    BOOST_TEST(site.all_posts().empty());
    BOOST_TEST(!run(db.claim_mail(noon, noon + 1h))->has_value());
    BOOST_TEST(!run(db.find_picture(name))->has_value());
    BOOST_TEST(failed_with(run(db.find_account("ada@example.com")), Errc::user_not_found));
    for (std::string const table : tables_of_users) {
        auto const rows = database->elsewhere("SELECT count(*) FROM " + table);
        if (rows) BOOST_TEST(*rows == 0, table);
    }
    BOOST_TEST((add_protected("ada") > ada), "an id is never given out again");
}

BOOST_AUTO_TEST_CASE(what_was_a_users_goes_with_it_whoever_removes_it) {
    auto const ada = add_protected("ada");
    auto const bob = add_protected("bob");
    for (auto const& [user, token] : {std::pair(ada, "adas"), std::pair(bob, "bobs")})
        log_in(user, token);
    BOOST_TEST(!!run(db.request_reset("ada@example.com", noon)));
    BOOST_TEST(!!run(db.request_reset("bob@example.com", noon)));
    if (!database->elsewhere("DELETE FROM users WHERE username = 'ada'")) return;
    BOOST_TEST(*database->elsewhere("SELECT count(*) FROM blogd_logins") == 1);
    BOOST_TEST(*database->elsewhere("SELECT count(*) FROM blogd_outbox") == 1);
    database->settle();
    add_open("carol");  // and its session sees the newest
    BOOST_TEST(!is_in("adas"));
    BOOST_TEST(is_in("bobs"));
    auto const mail = *run(db.claim_mail(noon, noon + 1h));
    BOOST_TEST_REQUIRE(mail.has_value());
    BOOST_TEST((mail->user == bob));
}

BOOST_AUTO_TEST_SUITE_END()
