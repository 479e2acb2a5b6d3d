// What every store promises of names, passwords and accounts (db/store.hpp, db/accounts.hpp).
#include "db/accounts_site.hpp"

#include <string_view>

using namespace blog;
using namespace blog::db;
using namespace std::chrono_literals;
using test::failed_with;

BOOST_FIXTURE_TEST_SUITE(accounts_contract, test::AccountsSite)

// --- names

BOOST_AUTO_TEST_CASE(an_account_with_a_password_says_so_wherever_its_user_is_read) {
    auto const ada = add_protected("ada");
    auto const bob = add_open("bob");
    BOOST_TEST(run(db.find_user(ada))->has_password);
    BOOST_TEST(!run(db.find_user(bob))->has_password);
    auto const post = *run(db.create_post({"t", "c", ada, noon}, test::as(ada)));
    BOOST_TEST(post.author.has_password);
    site.add_post(bob, "t", noon + 1min);
    BOOST_TEST(run(db.find_post(post.id))->author.has_password);
    for (auto const& listed :
         {run(db.page_posts(0, 9, {}))->posts, run(db.slice_posts({}))->posts, site.all_posts()}) {
        BOOST_TEST_REQUIRE(listed.size() == 2u);
        for (auto const& one : listed)
            BOOST_TEST(one.author.has_password == (one.author.id == ada));
    }
    BOOST_TEST(run(db.page_posts(0, 9, ada))->author->has_password);
    BOOST_TEST(!run(db.slice_posts({.author = bob}))->author->has_password);
}

BOOST_AUTO_TEST_CASE(the_names_of_a_protected_account_are_nobody_elses_however_they_are_spelled) {
    add_protected("Ada");
    for (auto const* const hash : {"", "hash"}) {
        BOOST_TEST(failed_with(run(db.create_user({"ADA", "x", hash})), Errc::username_taken));
        BOOST_TEST(failed_with(run(db.create_user({"ada", "ADA@EXAMPLE.COM", hash})),
                               Errc::username_taken));
        BOOST_TEST(
            failed_with(run(db.create_user({"x", "ADA@example.com", hash})), Errc::email_taken));
        BOOST_TEST(failed_with(run(db.check_new_user({"aDa", "x", hash})), Errc::username_taken));
        BOOST_TEST(
            failed_with(run(db.check_new_user({"x", "aDa@example.com", hash})), Errc::email_taken));
        BOOST_TEST(!!run(db.check_new_user({"x", "x", hash})));
    }
    auto const x = *run(db.create_user({"x", "x"}));
    BOOST_TEST((x.id == UserId{2}), "what was refused or only asked has used no id up");
}

BOOST_AUTO_TEST_CASE(open_accounts_compare_byte_by_byte_among_themselves) {
    add_open("ada");
    BOOST_TEST(!!run(db.check_new_user({"Ada", "Ada@example.com"})));
    BOOST_TEST(!!run(db.create_user({"Ada", "Ada@example.com"})));
    BOOST_TEST(failed_with(run(db.create_user({"Ada", "x"})), Errc::username_taken));
    // One with a password takes nobody's name, also not in another spelling.
    BOOST_TEST(failed_with(run(db.create_user({"ADA", "x", "hash"})), Errc::username_taken));
    BOOST_TEST(
        failed_with(run(db.create_user({"x", "ADA@example.com", "hash"})), Errc::email_taken));
}

BOOST_AUTO_TEST_CASE(case_is_that_of_ascii_on_every_store) {
    using namespace std::string_literals;
    BOOST_TEST(!!run(db.create_user({"\xc3\xa4", "\xc3\xa4@example.com", "hash"})));
    BOOST_TEST(!!run(db.create_user({"\xc3\x84", "\xc3\x84@example.com", "hash"})));
    BOOST_TEST(!!run(db.create_user({"n\0ul"s, "n\0ul@example.com"s, "hash"})));
    BOOST_TEST(failed_with(run(db.create_user({"N\0UL"s, "x", "hash"})), Errc::username_taken));
}

BOOST_AUTO_TEST_CASE(the_address_of_a_protected_account_is_kept_in_lower_case) {
    auto const ada = run(db.create_user({"Ada", "Ada@Example.COM", "hash"}));
    BOOST_TEST_REQUIRE(!!ada);
    BOOST_TEST(ada->email == "ada@example.com");
    BOOST_TEST(ada->username == "Ada");
    auto const changed = run(db.update_user(ada->id, {.email = "A@B.org"}, test::as(ada->id)));
    BOOST_TEST_REQUIRE(!!changed);
    BOOST_TEST(changed->email == "a@b.org");
    auto const bob = run(db.create_user({"Bob", "Bob@Example.COM"}));
    BOOST_TEST(bob->email == "Bob@Example.COM");
}

BOOST_AUTO_TEST_CASE(a_change_of_names_compares_as_a_new_account_does) {
    auto const ada = add_protected("ada");
    auto const bob = add_open("bob");
    auto const change = [&](UserId who, UserChange what) {
        return run(db.update_user(who, what, {.user = who}));
    };
    BOOST_TEST(failed_with(change(bob, {.username = "ADA"}), Errc::username_taken));
    BOOST_TEST(failed_with(change(bob, {.email = "ADA@example.com"}), Errc::email_taken));
    BOOST_TEST(failed_with(change(ada, {.username = "BOB"}), Errc::username_taken));
    BOOST_TEST(failed_with(change(ada, {.email = "BOB@example.com"}), Errc::email_taken));
    BOOST_TEST(!!change(ada, {.username = "ADA", .email = "ADA@example.com"}), "its own");
    add_open("carol");
    BOOST_TEST(!!change(bob, {.username = "Carol"}), "both are open");
}

// --- accounts

BOOST_AUTO_TEST_CASE(an_account_is_found_by_its_address_without_case) {
    auto const ada = add_protected("ada", "$argon2id$x");
    auto const account = run(db.find_account("ADA@Example.com"));
    BOOST_TEST_REQUIRE(!!account);
    BOOST_TEST((account->user.id == ada));
    BOOST_TEST(account->user.username == "ada");
    BOOST_TEST(account->password_hash == "$argon2id$x");
    BOOST_TEST(!account->disabled);
    BOOST_TEST(run(db.find_account_by_id(ada))->user.email == "ada@example.com");
    BOOST_TEST(failed_with(run(db.find_account("ada")), Errc::user_not_found));
    BOOST_TEST(failed_with(run(db.find_account("")), Errc::user_not_found));
    BOOST_TEST(failed_with(run(db.find_account_by_id(UserId{9})), Errc::user_not_found));
}

BOOST_AUTO_TEST_CASE(of_several_with_an_address_the_one_with_a_password_is_found) {
    auto const first = run(db.create_user({"a", "ADA@example.com"}))->id;
    auto const second = run(db.create_user({"b", "ada@example.com"}))->id;
    BOOST_TEST((run(db.find_account("Ada@example.com"))->user.id == first));
    BOOST_TEST(!!run(db.change_password(second, {.new_hash = "hash"})));
    BOOST_TEST((run(db.find_account("Ada@example.com"))->user.id == second));
}

BOOST_AUTO_TEST_CASE(accounts_are_listed_in_the_order_of_their_ids) {
    add_protected("ada");
    add_open("bob");
    add_open("carol");
    BOOST_TEST(!!run(db.set_disabled(UserId{2}, noon)));
    auto const two = *run(db.list_accounts(UserId{0}, 2));
    BOOST_TEST_REQUIRE(two.size() == 2u);
    BOOST_TEST(two[0].password_hash == "hash");
    BOOST_TEST(!two[0].disabled);
    BOOST_TEST(two[1].user.username == "bob");
    BOOST_TEST(two[1].password_hash == "");
    BOOST_TEST(two[1].disabled);
    auto const rest = *run(db.list_accounts(two[1].user.id, 2));
    BOOST_TEST_REQUIRE(rest.size() == 1u);
    BOOST_TEST(rest[0].user.username == "carol");
    BOOST_TEST(run(db.list_accounts(UserId{3}, 2))->empty());
}

// --- passwords

BOOST_AUTO_TEST_CASE(a_new_password_ends_all_logins_but_one_and_all_reset_tokens) {
    auto const ada = add_protected("ada", "old");
    auto const bob = add_protected("bob");
    auto const kept = log_in(ada, "kept");
    log_in(ada, "ended");
    log_in(bob, "bobs");
    put_token(ada, "token");
    put_token(bob, "bobs token");
    BOOST_TEST(!!run(db.request_reset("ada@example.com", noon)));
    put_token(ada, "token");
    PasswordChange const change{.old_hash = "old", .new_hash = "new", .keep = kept};
    BOOST_TEST(!!run(db.change_password(ada, change)));
    BOOST_TEST(hash_of(ada) == "new");
    BOOST_TEST(hash_of(bob) == "hash");
    BOOST_TEST(is_in("kept"));
    BOOST_TEST(!is_in("ended"));
    BOOST_TEST(is_in("bobs"));
    BOOST_TEST(!is_token("token"));
    BOOST_TEST(is_token("bobs token"));
    BOOST_TEST(!run(db.claim_mail(noon, noon + 1h))->has_value(), "nor is one made any more");
}

BOOST_AUTO_TEST_CASE(a_password_that_was_changed_meanwhile_is_not_changed_again) {
    auto const ada = add_protected("ada", "old");
    log_in(ada, "token");
    BOOST_TEST(failed_with(run(db.change_password(ada, {.old_hash = "older", .new_hash = "new"})),
                           Errc::password_changed));
    BOOST_TEST(failed_with(run(db.change_password(ada, {.old_hash = "", .new_hash = "new"})),
                           Errc::password_changed));
    BOOST_TEST(hash_of(ada) == "old");
    BOOST_TEST(is_in("token"), "nothing ended");
    BOOST_TEST(
        failed_with(run(db.change_password(UserId{9}, {.new_hash = "new"})), Errc::user_not_found));
}

BOOST_AUTO_TEST_CASE(a_password_protects_an_open_account) {
    auto const ada = run(db.create_user({"Ada", "Ada@Example.com"}))->id;
    BOOST_TEST(!!run(db.change_password(ada, {.old_hash = "", .new_hash = "hash"})));
    auto const user = *run(db.find_user(ada));
    BOOST_TEST(user.has_password);
    BOOST_TEST(user.email == "ada@example.com");
    BOOST_TEST(user.username == "Ada");
}

BOOST_AUTO_TEST_CASE(an_address_whose_lower_case_is_somebody_elses_stays_as_it_is) {
    auto const ada = run(db.create_user({"a", "Ada@example.com"}))->id;
    add_open("ada");
    BOOST_TEST(!!run(db.change_password(ada, {.new_hash = "hash"})));
    BOOST_TEST(run(db.find_user(ada))->email == "Ada@example.com");
}

BOOST_AUTO_TEST_CASE(a_hash_is_replaced_only_by_another_form_of_itself) {
    auto const ada = add_protected("ada", "old");
    log_in(ada, "token");
    put_token(ada, "reset");
    BOOST_TEST(!!run(db.replace_hash(ada, "older", "new")));
    BOOST_TEST(hash_of(ada) == "old");
    BOOST_TEST(!!run(db.replace_hash(ada, "old", "new")));
    BOOST_TEST(hash_of(ada) == "new");
    BOOST_TEST(is_in("token"));
    BOOST_TEST(is_token("reset"));
    BOOST_TEST(!!run(db.replace_hash(UserId{9}, "old", "new")));
}

// --- disabled accounts

BOOST_AUTO_TEST_CASE(a_disabled_account_cannot_log_in_and_what_was_open_ends) {
    auto const ada = add_protected("ada");
    log_in(ada, "before");
    put_token(ada, "reset");
    BOOST_TEST(!!run(db.set_disabled(ada, noon)));
    BOOST_TEST(run(db.find_account_by_id(ada))->disabled);
    BOOST_TEST(run(db.find_account("ada@example.com"))->disabled);
    BOOST_TEST(!is_in("before"));
    BOOST_TEST(!is_token("reset"));
    BOOST_TEST(
        failed_with(run(db.open_login({.user = ada, .token_hash = "x"})), Errc::user_not_found));
    BOOST_TEST(failed_with(run(db.request_reset("ada@example.com", noon)), Errc::user_not_found));
    BOOST_TEST(!!run(db.find_user(ada)), "what was written stays");

    BOOST_TEST(!!run(db.set_disabled(ada, {})));
    BOOST_TEST(!run(db.find_account_by_id(ada))->disabled);
    BOOST_TEST(!is_in("before"), "it has ended");
    log_in(ada, "after");
    BOOST_TEST(is_in("after"));
    BOOST_TEST(failed_with(run(db.set_disabled(UserId{9}, noon)), Errc::user_not_found));
    BOOST_TEST(failed_with(run(db.set_disabled(UserId{9}, {})), Errc::user_not_found));
}

BOOST_AUTO_TEST_SUITE_END()
