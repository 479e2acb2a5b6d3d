// What every store promises of forgotten passwords and their mails (db/outbox.hpp).
#include "db/accounts_site.hpp"

using namespace blog;
using namespace blog::db;
using namespace std::chrono_literals;
using test::failed_with;

namespace {

struct Mails : test::AccountsSite {
    UserId ada = add_protected("ada", "old"), bob = add_protected("bob", "old");

    std::optional<DueMail> claim(SysTime now, SysTime until) {
        return *run(db.claim_mail(now, until));
    }
    template <class Work>
    void at_once(int count, Work const& work) {
        for (int i = 0; i < count; ++i)
            asio::co_spawn(site.loop, work(), [](std::exception_ptr) {});
        site.loop.restart();
        site.loop.run();
    }
    void request(std::string const& email, SysTime now) {
        BOOST_TEST_REQUIRE(!!run(db.request_reset(email, now)));
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(outbox_contract, Mails)

// --- tokens

BOOST_AUTO_TEST_CASE(a_token_sets_a_password_once_and_ends_everything_else) {
    log_in(ada, "login");
    log_in(bob, "bobs");
    put_token(ada, "token");
    BOOST_TEST((*run(db.find_reset("token", noon)) == ada));
    BOOST_TEST((*run(db.find_reset("token", noon)) == ada), "asking uses nothing up");
    auto const used = run(db.use_reset("token", "new", noon));
    BOOST_TEST_REQUIRE(!!used);
    BOOST_TEST((*used == ada));
    BOOST_TEST(hash_of(ada) == "new");
    BOOST_TEST(hash_of(bob) == "old");
    BOOST_TEST(!is_in("login"));
    BOOST_TEST(is_in("bobs"));
    BOOST_TEST(!is_token("token"));
    BOOST_TEST(failed_with(run(db.use_reset("token", "newer", noon)), Errc::reset_token_invalid));
    BOOST_TEST(failed_with(run(db.use_reset("unknown", "newer", noon)), Errc::reset_token_invalid));
    BOOST_TEST(hash_of(ada) == "new");
}

BOOST_AUTO_TEST_CASE(a_new_address_ends_what_was_sent_to_the_old_one) {
    put_token(ada, "adas");
    put_token(bob, "bobs");
    request("ada@example.com", noon);
    put_token(ada, "adas");
    UserChange change;
    change.username = "Ada";
    change.email = "ada@example.com";
    BOOST_TEST(!!run(db.update_user(ada, change, {ada})));
    BOOST_TEST(is_token("adas"), "the address is the same");
    change.email = "lovelace@example.com";
    BOOST_TEST(!!run(db.update_user(ada, change, {ada})));
    BOOST_TEST(!is_token("adas"));
    BOOST_TEST(is_token("bobs"));
    BOOST_TEST(!claim(noon, noon + 1h));
}

BOOST_AUTO_TEST_CASE(a_token_expires_to_the_microsecond) {
    put_token(ada, "token");
    auto const end = noon + 1h;
    BOOST_TEST(is_token("token", end - 1us));
    BOOST_TEST(!is_token("token", end));
    BOOST_TEST(failed_with(run(db.use_reset("token", "new", end)), Errc::reset_token_invalid));
    BOOST_TEST(hash_of(ada) == "old");
    BOOST_TEST(!!run(db.use_reset("token", "new", end - 1us)));
}

BOOST_AUTO_TEST_CASE(a_newer_token_or_request_kills_the_older_ones) {
    put_token(bob, "bobs");
    put_token(ada, "first");
    put_token(ada, "second");
    BOOST_TEST(!is_token("first"));
    BOOST_TEST(is_token("second"));
    request("ADA@example.com", noon);
    BOOST_TEST(!is_token("second"));
    BOOST_TEST(is_token("bobs"));
}

BOOST_AUTO_TEST_CASE(a_token_is_of_a_user_who_is_there_and_may_log_in) {
    put_token(ada, "token");
    BOOST_TEST(!!run(db.set_disabled(ada, noon)));
    BOOST_TEST(failed_with(run(db.use_reset("token", "new", noon)), Errc::reset_token_invalid));
    put_token(bob, "bobs");
    BOOST_TEST(!!run(db.delete_user(bob, test::as(bob))));
    BOOST_TEST(failed_with(run(db.use_reset("bobs", "new", noon)), Errc::reset_token_invalid));
    BOOST_TEST(
        failed_with(run(db.put_reset_token({bob, "x", noon, noon + 1h})), Errc::user_not_found));
}

BOOST_AUTO_TEST_CASE(of_two_uses_of_a_token_at_once_one_is_told) {
    put_token(ada, "token");
    int worked = 0, told = 0;
    auto const use = [&]() -> Awaitable<void> {
        std::string token = "token", hash = "new";
        auto const used = co_await db.use_reset(std::move(token), std::move(hash), noon);
        ++(used ? worked : told);
        if (!used) BOOST_TEST((used.error().code == Errc::reset_token_invalid));
    };
    at_once(2, use);
    BOOST_TEST(worked == 1);
    BOOST_TEST(told == 1);
}

// --- mails

BOOST_AUTO_TEST_CASE(a_request_puts_one_mail_into_the_outbox) {
    BOOST_TEST(failed_with(run(db.request_reset("eve@example.com", noon)), Errc::user_not_found));
    BOOST_TEST(!claim(noon, noon + 1min));
    request("ADA@example.com", noon);
    request("ada@example.com", noon + 1s);
    BOOST_TEST(!claim(noon + 1s - 1us, noon + 1min), "the newer one took the older one's place");
    auto const mail = claim(noon + 1s, noon + 1min);
    BOOST_TEST_REQUIRE(mail.has_value());
    BOOST_TEST((mail->user == ada));
    BOOST_TEST(mail->username == "ada");
    BOOST_TEST(mail->email == "ada@example.com");
    BOOST_TEST(mail->attempts == 1);
    BOOST_TEST(!claim(noon + 1s, noon + 1min));
}

BOOST_AUTO_TEST_CASE(an_open_account_gets_a_mail_as_well) {
    auto const carol = add_open("carol");
    request("carol@example.com", noon);
    BOOST_TEST((claim(noon, noon + 1min)->user == carol));
    put_token(carol, "token");
    BOOST_TEST(!!run(db.use_reset("token", "new", noon)));
    BOOST_TEST(run(db.find_user(carol))->has_password);
}

BOOST_AUTO_TEST_CASE(mails_are_claimed_by_one_until_a_time_and_the_oldest_first) {
    request("bob@example.com", noon + 1s);
    request("ada@example.com", noon);
    auto const first = claim(noon + 1min, noon + 2min);
    BOOST_TEST_REQUIRE(first.has_value());
    BOOST_TEST((first->user == ada));
    auto const second = claim(noon + 1min, noon + 3min);
    BOOST_TEST_REQUIRE(second.has_value());
    BOOST_TEST((second->user == bob));
    BOOST_TEST(!claim(noon + 2min - 1us, noon + 9min));
    auto const again = claim(noon + 2min, noon + 9min);
    BOOST_TEST_REQUIRE(again.has_value());
    BOOST_TEST((again->id == first->id));
    BOOST_TEST(again->attempts == 2);
}

BOOST_AUTO_TEST_CASE(of_two_claimers_at_once_each_gets_another_mail) {
    request("ada@example.com", noon);
    request("bob@example.com", noon);
    std::vector<std::optional<DueMail>> got;
    auto const take = [&]() -> Awaitable<void> {
        auto const mail = co_await db.claim_mail(noon, noon + 1h);
        got.push_back(*mail);
    };
    at_once(4, take);
    int adas = 0, bobs = 0;
    for (auto const& mail : got) {
        adas += mail && mail->user == ada;
        bobs += mail && mail->user == bob;
    }
    // Two that look for the same one may go away with nothing, but never both with it.
    while (auto const mail = claim(noon, noon + 1h)) {
        adas += mail->user == ada;
        bobs += mail->user == bob;
    }
    BOOST_TEST(adas == 1);
    BOOST_TEST(bobs == 1);
}

BOOST_AUTO_TEST_CASE(a_mail_that_was_sent_is_gone) {
    request("ada@example.com", noon);
    auto const mail = claim(noon, noon + 1min);
    BOOST_TEST_REQUIRE(mail.has_value());
    BOOST_TEST(!!run(db.finish_mail(mail->id)));
    BOOST_TEST(!claim(noon + 24h, noon + 25h));
    BOOST_TEST(!!run(db.finish_mail(mail->id)), "it has gone meanwhile");
}

BOOST_AUTO_TEST_CASE(a_request_while_the_mail_is_being_sent_sends_another) {
    request("ada@example.com", noon);
    auto const first = claim(noon, noon + 1h);
    BOOST_TEST_REQUIRE(first.has_value());
    request("ada@example.com", noon + 1s);
    // Whatever becomes of the first one is not said of the second.
    BOOST_TEST(!!run(db.postpone_mail(first->id, noon + 10h, "try later")));
    BOOST_TEST(!!run(db.bury_mail(first->id, "no such mailbox")));
    BOOST_TEST(!!run(db.finish_mail(first->id)));
    auto const second = claim(noon + 1s, noon + 1h);
    BOOST_TEST_REQUIRE(second.has_value());
    BOOST_TEST((second->id != first->id));
    BOOST_TEST((second->user == ada));
    BOOST_TEST(second->attempts == 1);
}

BOOST_AUTO_TEST_CASE(a_mail_that_was_postponed_waits) {
    request("ada@example.com", noon);
    auto const mail = claim(noon, noon + 1min);
    BOOST_TEST(!!run(db.postpone_mail(mail->id, noon + 10min, "421 busy")));
    BOOST_TEST(!claim(noon + 10min - 1us, noon + 1h));
    auto const again = claim(noon + 10min, noon + 1h);
    BOOST_TEST_REQUIRE(again.has_value());
    BOOST_TEST(again->attempts == 2);
}

BOOST_AUTO_TEST_CASE(a_dead_letter_is_kept_for_a_while_and_a_new_request_revives_it) {
    auto const dead = [&] {
        return database->elsewhere("SELECT count(*) FROM blogd_outbox WHERE reason = '550 no'");
    };
    request("ada@example.com", noon);
    auto const mail = claim(noon, noon + 1min);
    BOOST_TEST(!!run(db.bury_mail(mail->id, "550 no")));
    BOOST_TEST(!claim(noon + 24h, noon + 25h));
    BOOST_TEST(!!run(db.sweep_accounts(noon, noon - 1h, noon + 1min)));
    if (auto const count = dead()) BOOST_TEST(*count == 1);
    BOOST_TEST(!!run(db.sweep_accounts(noon, noon - 1h, noon + 1min + 1us)));
    if (auto const count = dead()) BOOST_TEST(*count == 0);

    request("ada@example.com", noon);
    BOOST_TEST(!!run(db.bury_mail(claim(noon, noon + 1min)->id, "550 no")));
    request("ada@example.com", noon + 1h);
    auto const next = claim(noon + 1h, noon + 2h);
    BOOST_TEST_REQUIRE(next.has_value());
    BOOST_TEST(next->attempts == 1);
}

BOOST_AUTO_TEST_CASE(a_sweep_leaves_what_is_needed) {
    put_token(ada, "token");
    request("bob@example.com", noon - 30 * day);
    BOOST_TEST(!!run(db.sweep_accounts(noon + 1h - 1us, noon, noon)));
    BOOST_TEST(is_token("token"));
    BOOST_TEST(!!run(db.sweep_accounts(noon + 1h, noon, noon)));
    BOOST_TEST(!is_token("token"));
    BOOST_TEST(claim(noon, noon + 1h).has_value(), "it was never sent");
}

BOOST_AUTO_TEST_CASE(the_mail_of_a_disabled_account_is_not_sent) {
    request("ada@example.com", noon);
    BOOST_TEST(!!run(db.set_disabled(ada, noon)));
    BOOST_TEST(!claim(noon, noon + 1h));
}

BOOST_AUTO_TEST_SUITE_END()
