// What `blogd copy` moves of accounts, between a file and PostgreSQL.
#include "db/accounts_site.hpp"
#include "db/copy.hpp"
#include "support/temp_dir.hpp"

using namespace blog;
using namespace blog::db;
using namespace std::chrono_literals;

namespace {

struct Silent final : CopyProgress {
    void begin(std::string_view, std::int64_t) override {}
    void row() override {}
    void end() override {}
};

struct Copying {
    test::TempDir folder;
    std::unique_ptr<test::ContractDatabase> database = test::make_contract_database();
    StoreOptions const postgres = database->options();
    static constexpr SysTime noon = test::ManualClock::start;

    StoreOptions file(std::string const& name) const {
        return test::Site::options_for(folder.file(name));
    }
    void copy(StoreOptions const& from, StoreOptions const& to, bool replace = false) {
        test::LogLines lines;
        test::ManualClock clock;
        Silent progress;
        copy_database({.from = from, .to = to, .replace = replace, .strict = false}, clock,
                      lines.log(), progress);
    }
    // ada, who has a password and has logged in; bob, who is open and disabled.
    void fill(StoreOptions const& options, std::string const& token) {
        test::Site site(options);
        auto const ada = *site.run(site.db().create_user({"ada", "ada@example.com", "hash"}));
        auto const bob = site.add_user("bob").id;
        BOOST_TEST(!!site.run(site.db().set_disabled(bob, noon)));
        NewLogin const login{.user = ada.id,
                             .token_hash = token,
                             .password_hash = "hash",
                             .created = noon,
                             .expires = noon + 1h};
        BOOST_TEST(!!site.run(site.db().open_login(login)));
        BOOST_TEST(!!site.run(site.db().put_reset_token({ada.id, "reset", noon, noon + 1h})));
    }
    void check(StoreOptions const& options, std::string const& token) {
        test::Site site(options);
        auto const accounts = *site.run(site.db().list_accounts(UserId{0}, 9));
        BOOST_TEST_REQUIRE(accounts.size() == 2u);
        BOOST_TEST(accounts[0].password_hash == "hash");
        BOOST_TEST(accounts[0].user.has_password);
        BOOST_TEST(!accounts[0].disabled);
        BOOST_TEST(!accounts[1].user.has_password);
        BOOST_TEST(accounts[1].disabled);
        BOOST_TEST(!!site.run(site.db().find_reset("reset", noon)));
        BOOST_TEST(!site.run(site.db().find_login(token, noon, noon - 1h)), "people log in again");
        BOOST_TEST(!!site.run(site.db().update_user(UserId{2}, {.username = "bob again"})));
        BOOST_TEST((site.add_user("next").id == UserId{3}));
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(copy_accounts, Copying)

BOOST_AUTO_TEST_CASE(accounts_go_there_and_back_without_their_logins) {
    fill(file("a.db"), "token");
    copy(file("a.db"), postgres);
    copy(postgres, file("b.db"));
    check(file("b.db"), "token");
    check(postgres, "token");
}

// An id that is given to another user must not bring the logins of the one who had it.
BOOST_AUTO_TEST_CASE(a_replacement_leaves_no_login_of_the_users_that_were_there) {
    fill(file("a.db"), "adas");
    for (StoreOptions const& to : {postgres, file("c.db")}) {
        fill(to, "of another first user");
        copy(file("a.db"), to, true);
        check(to, "of another first user");
    }
}

BOOST_AUTO_TEST_SUITE_END()
