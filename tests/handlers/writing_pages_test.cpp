#include "handlers/browser.hpp"

#include <boost/test/unit_test.hpp>

using namespace blog;
using namespace blog::test;
using blog::net::Status;

BOOST_TEST_DONT_PRINT_LOG_VALUE(blog::net::Status)

namespace {

// ada has written post 1; eve has an account too.
struct Writers : Site {
    Writers() : Site(protected_accounts()) {
        ada.sign_up("ada");
        eve.sign_up("eve");
        written = ada.post("/posts/new", {{"title", "First"}, {"content", "One\r\n  two"}});
    }
    Browser ada{*this}, eve{*this}, nobody{*this};
    Answer written;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(writing_pages, Writers)

BOOST_AUTO_TEST_CASE(a_post_is_written_and_shown_with_a_word_about_it) {
    BOOST_TEST(written.status == Status::see_other);
    BOOST_TEST(header_of(written, "Location") == "/posts/1");
    auto const page = ada.follow(written);
    BOOST_TEST(has(page.body, "Your post was published."));
    BOOST_TEST(has(page.body, "One\n  two</div>"), "lines end with a line feed");
    BOOST_TEST(has(get("/posts/1").body, "First"));
}

BOOST_AUTO_TEST_CASE(a_post_without_a_title_is_shown_again_with_its_text) {
    auto const page = ada.post("/posts/new", {{"title", ""}, {"content", "\n<kept>"}});
    BOOST_TEST(page.status == Status::unprocessable);
    BOOST_TEST(has(page.body, R"(id="title-fault">Please give your post a title.)"));
    BOOST_TEST(has(page.body, ">\n\n&lt;kept&gt;</textarea>"), "its own first line end stays");
}

BOOST_AUTO_TEST_CASE(only_its_owner_sees_how_to_change_a_post) {
    BOOST_TEST(has(ada.get("/posts/1").body, "/posts/1/edit"));
    BOOST_TEST(has(ada.get("/posts/1").body, "/posts/1/delete"));
    for (auto* const other : {&eve, &nobody})
        BOOST_TEST(!has(other->get("/posts/1").body, "/posts/1/edit"));
}

BOOST_AUTO_TEST_CASE(the_owner_changes_a_post) {
    auto const form = ada.get("/posts/1/edit");
    BOOST_TEST(has(form.body, R"(value="First")"));
    BOOST_TEST(has(form.body, "One\n  two</textarea>"));
    auto const done = ada.post("/posts/1/edit", {{"title", "Second"}, {"content", "c"}});
    BOOST_TEST(header_of(done, "Location") == "/posts/1");
    BOOST_TEST(has(ada.follow(done).body, "Your changes were saved."));
    BOOST_TEST(has(get("/posts/1").body, "Second"));
}

BOOST_AUTO_TEST_CASE(nobody_else_changes_or_deletes_it) {
    BOOST_TEST(eve.get("/posts/1/edit").status == Status::forbidden);
    BOOST_TEST(eve.get("/posts/1/delete").status == Status::forbidden);
    auto const changed = eve.post("/posts/1/edit", {{"title", "Mine"}, {"content", "c"}});
    BOOST_TEST(changed.status == Status::forbidden);
    BOOST_TEST(has(changed.body, "Not authorized to update this post"));
    BOOST_TEST(eve.post("/posts/1/delete").status == Status::forbidden);
    BOOST_TEST(header_of(nobody.get("/posts/1/edit"), "Location") ==
               "/login?next=%2Fposts%2F1%2Fedit");
    BOOST_TEST(header_of(nobody.post("/posts/1/delete"), "Location") == "/login");
    BOOST_TEST(has(get("/posts/1").body, "First"));
    BOOST_TEST(ada.get("/posts/9/edit").status == Status::not_found);
    BOOST_TEST(ada.post("/posts/9/edit", {{"title", "t"}, {"content", "c"}}).status ==
               Status::not_found);
}

BOOST_AUTO_TEST_CASE(whoever_was_logged_out_keeps_the_text) {
    for (std::string const path : {"/posts/new", "/posts/1/edit"}) {
        auto const page = nobody.post(path, {{"title", "Long"}, {"content", "work"}});
        BOOST_TEST(page.status == Status::forbidden);
        BOOST_TEST(has(page.body, R"(value="Long")"));
        BOOST_TEST(has(page.body, "work</textarea>"));
        BOOST_TEST(has(page.body, "You are not logged in any more"));
    }
    BOOST_TEST(!has(get("/").body, "Long"));
}

BOOST_AUTO_TEST_CASE(a_text_that_cannot_be_stored_now_is_kept) {
    store->close();
    for (std::string const path : {"/posts/new", "/posts/1/edit"}) {
        auto const page = ada.post(path, {{"title", "Long"}, {"content", "work"}});
        BOOST_TEST(page.status == Status::unavailable);
        BOOST_TEST(has(page.body, "Nothing was stored."));
        BOOST_TEST(has(page.body, "work</textarea>"));
    }
}

BOOST_AUTO_TEST_CASE(a_text_that_is_one_too_many_is_kept) {
    Config settings = protected_accounts();
    settings.rate_limit = "on";
    settings.write_rate = {2, std::chrono::hours(1)};
    Site site(settings);
    Browser bob(site);
    bob.sign_up("bob");
    for (int i = 0; i < 2; ++i)
        BOOST_TEST(bob.post("/posts/new", {{"title", "t"}, {"content", "c"}}).status ==
                   Status::see_other);
    for (std::string const path : {"/posts/new", "/posts/1/edit"}) {
        auto const page = bob.post(path, {{"title", "Long"}, {"content", "work"}});
        BOOST_TEST(page.status == Status::too_many_requests);
        BOOST_TEST(header_of(page, "Retry-After") == "1800");
        BOOST_TEST(has(page.body, "Too many attempts."));
        BOOST_TEST(has(page.body, "work</textarea>"));
    }
}

BOOST_AUTO_TEST_CASE(a_post_is_deleted_after_a_question) {
    BOOST_TEST(has(ada.get("/posts/1/delete").body, "Delete this post?"));
    auto const done = ada.post("/posts/1/delete");
    BOOST_TEST(done.status == Status::see_other);
    BOOST_TEST(has(ada.follow(done).body, "Your post was deleted."));
    BOOST_TEST(get("/posts/1").status == Status::not_found);
}

BOOST_AUTO_TEST_CASE(an_empty_blog_invites_to_write) {
    Site empty(protected_accounts());
    BOOST_TEST(has(empty.get("/").body, "/register?next=/posts/new"));
    BOOST_TEST(!has(empty.get("/").body, "curl"));
    Site open;
    BOOST_TEST(has(open.get("/").body, "curl"));
}

BOOST_AUTO_TEST_SUITE_END()
