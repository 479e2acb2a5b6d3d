// Who may write what, on every store: the Writer of db/models.hpp.
#include "db/accounts_site.hpp"

using namespace blog;
using namespace blog::db;
using test::anybody;
using test::as;
using test::failed_with;
using test::nobody;

namespace {

struct Writers : test::AccountsSite {
    UserId ada = add_protected("ada"), bob = add_protected("bob"), eve = add_open("eve");
    PostId adas = *add(ada), eves = *add(eve);

    std::optional<PostId> add(UserId author) {
        auto const post = run(db.create_post({"t", "c", author, noon}, as_anybody_but(author)));
        if (!post) return std::nullopt;
        return post->id;
    }
    // Oneself, and open accounts.
    static Writer as_anybody_but(UserId id) { return {.user = id, .as_open_accounts = true}; }

    bool forbidden(UserId id, UserChange const& change, Writer who) {
        return failed_with(run(db.update_user(id, change, who)), Errc::forbidden);
    }
    bool forbidden(PostId id, PostChange const& change, Writer who) {
        return failed_with(run(db.update_post(id, change, who)), Errc::forbidden);
    }
    bool missing(PostId id, PostChange const& change, Writer who) {
        return failed_with(run(db.update_post(id, change, who)), Errc::post_not_found);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(writers_contract, Writers)

BOOST_AUTO_TEST_CASE(a_protected_user_is_changed_by_itself_alone) {
    for (Writer const& who : {anybody, nobody, as(bob), as(eve), Writer{.user = bob}}) {
        BOOST_TEST(forbidden(ada, {.username = "x"}, who));
        BOOST_TEST(forbidden(ada, {}, who));
        BOOST_TEST(forbidden(ada, {.username = "bob"}, who), "before a name is looked at");
        BOOST_TEST(failed_with(run(db.delete_user(ada, who)), Errc::forbidden));
    }
    BOOST_TEST(run(db.find_user(ada))->username == "ada");
    BOOST_TEST(run(db.update_user(ada, {.username = "x"}, as(ada)))->username == "x");
    BOOST_TEST(!!run(db.delete_user(ada, as(ada))));
}

BOOST_AUTO_TEST_CASE(an_open_user_is_changed_by_anybody_where_that_is_allowed) {
    for (Writer const& who : {nobody, as(ada)}) {
        BOOST_TEST(forbidden(eve, {.username = "x"}, who));
        BOOST_TEST(failed_with(run(db.delete_user(eve, who)), Errc::forbidden));
    }
    BOOST_TEST(!!run(db.update_user(eve, {.username = "a"}, anybody)));
    BOOST_TEST(!!run(db.update_user(eve, {.username = "b"}, {.user = bob})));
    BOOST_TEST(!!run(db.update_user(eve, {.username = "c"}, as(eve))), "once it had a password");
    BOOST_TEST(!!run(db.delete_user(eve, anybody)));
}

BOOST_AUTO_TEST_CASE(a_user_that_is_not_there_is_not_found_whoever_asks) {
    for (Writer const& who : {anybody, nobody, as(ada), as(UserId{9})}) {
        BOOST_TEST(failed_with(run(db.update_user(UserId{9}, {.username = "x"}, who)),
                               Errc::user_not_found));
        BOOST_TEST(failed_with(run(db.update_user(UserId{9}, {}, who)), Errc::user_not_found));
        BOOST_TEST(failed_with(run(db.delete_user(UserId{9}, who)), Errc::user_not_found));
    }
}

BOOST_AUTO_TEST_CASE(a_post_is_written_by_its_author) {
    auto const create = [&](UserId author, Writer who) {
        return run(db.create_post({"t", "c", author, noon}, who));
    };
    for (Writer const& who : {anybody, nobody, as(bob), Writer{.user = bob}})
        BOOST_TEST(failed_with(create(ada, who), Errc::forbidden));
    BOOST_TEST(!!create(ada, as(ada)));
    BOOST_TEST(!!create(ada, {.user = ada}));
    BOOST_TEST(!!create(eve, anybody));
    BOOST_TEST(!!create(eve, {.user = bob}));
    BOOST_TEST(!!create(eve, as(eve)));
    BOOST_TEST(failed_with(create(eve, nobody), Errc::forbidden));
    BOOST_TEST(failed_with(create(eve, as(bob)), Errc::forbidden));
    for (Writer const& who : {anybody, nobody, as(UserId{9})})
        BOOST_TEST(failed_with(create(UserId{9}, who), Errc::user_not_found));
    BOOST_TEST(run(db.page_posts(0, 1, {}))->total == 7);
}

BOOST_AUTO_TEST_CASE(a_post_is_changed_and_removed_by_its_author) {
    for (Writer const& who : {anybody, nobody, as(bob), as(eve)}) {
        BOOST_TEST(forbidden(adas, {.title = "x"}, who));
        BOOST_TEST(forbidden(adas, {}, who));
        BOOST_TEST(forbidden(adas, {.author = UserId{9}}, who), "before its next author");
        BOOST_TEST(forbidden(adas, {.author = bob}, who));
        BOOST_TEST(failed_with(run(db.delete_post(adas, who)), Errc::forbidden));
        BOOST_TEST(missing(PostId{9}, {.title = "x", .author = UserId{9}}, who));
        BOOST_TEST(missing(PostId{9}, {}, who));
        BOOST_TEST(failed_with(run(db.delete_post(PostId{9}, who)), Errc::post_not_found));
    }
    auto const post = *run(db.find_post(adas));
    BOOST_TEST(post.title == "t");
    BOOST_TEST((post.author.id == ada));
    BOOST_TEST(run(db.update_post(adas, {.title = "x"}, as(ada)))->title == "x");
    BOOST_TEST(!!run(db.update_post(adas, {}, as(ada))));
    BOOST_TEST(!!run(db.delete_post(adas, as(ada))));
    BOOST_TEST(forbidden(eves, {.title = "x"}, nobody));
    BOOST_TEST(failed_with(run(db.delete_post(eves, as(bob))), Errc::forbidden));
    BOOST_TEST(!!run(db.update_post(eves, {.title = "x"}, anybody)));
    BOOST_TEST(!!run(db.delete_post(eves, {.user = bob})));
}

BOOST_AUTO_TEST_CASE(a_post_passes_to_one_for_whom_the_writer_may_write) {
    auto const move = [&](PostId post, UserId to, Writer who) {
        return run(db.update_post(post, {.author = to}, who));
    };
    BOOST_TEST(failed_with(move(adas, UserId{9}, as(ada)), Errc::user_not_found));
    BOOST_TEST(failed_with(move(adas, bob, as(ada)), Errc::forbidden));
    BOOST_TEST(failed_with(move(adas, bob, {.user = ada}), Errc::forbidden));
    BOOST_TEST(failed_with(move(adas, eve, as(ada)), Errc::forbidden));
    BOOST_TEST(failed_with(move(eves, ada, anybody), Errc::forbidden));
    BOOST_TEST((run(db.find_post(adas))->author.id == ada));
    BOOST_TEST((run(db.find_post(eves))->author.id == eve));
    BOOST_TEST(!!move(adas, ada, as(ada)), "to oneself");
    BOOST_TEST((move(eves, ada, {.user = ada})->author.id == ada));
    BOOST_TEST((move(adas, eve, {.user = ada})->author.id == eve));
    BOOST_TEST(run(db.page_posts(0, 1, ada))->total == 1);
}

BOOST_AUTO_TEST_CASE(an_account_is_protected_from_the_moment_it_has_a_password) {
    BOOST_TEST(!!run(db.change_password(eve, {.new_hash = "hash"})));
    BOOST_TEST(forbidden(eve, {.username = "x"}, anybody));
    BOOST_TEST(forbidden(eves, {.title = "x"}, anybody));
    BOOST_TEST(failed_with(run(db.create_post({"t", "c", eve, noon}, anybody)), Errc::forbidden));
}

BOOST_AUTO_TEST_SUITE_END()
