#include "handlers/browser.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace blog;
using namespace blog::test;
using blog::net::Status;
namespace data = boost::unit_test::data;

BOOST_TEST_DONT_PRINT_LOG_VALUE(blog::net::Status)

namespace {

struct Members : Site {
    Members() : Site(protected_accounts()) { ada.sign_up("ada"); }
    Browser ada{*this}, nobody{*this};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(account_pages, Members)

BOOST_DATA_TEST_CASE_F(Members, strangers_are_sent_to_log_in,
                       data::make({"/account", "/account/delete", "/posts/new"}), path) {
    auto const answer = nobody.get(path);
    BOOST_TEST(answer.status == Status::see_other);
    BOOST_TEST(header_of(answer, "Location").starts_with("/login?next="));
}

BOOST_DATA_TEST_CASE_F(Members, strangers_change_nothing,
                       data::make({"/account", "/account/password", "/account/picture",
                                   "/account/picture/delete", "/account/sessions/1/end",
                                   "/account/sessions/end-others", "/account/delete"}),
                       path) {
    auto const answer = nobody.post(path, {{"username", "x"}, {"password", Browser::password}});
    BOOST_TEST(answer.status == Status::see_other);
    BOOST_TEST(header_of(answer, "Location") == "/login");
    BOOST_TEST(ada.get("/account").status == Status::ok);
}

BOOST_AUTO_TEST_CASE(name_and_address_are_saved) {
    auto const done = ada.post("/account", {{"username", "Ada L"}, {"email", "al@example.com"}});
    BOOST_TEST(done.status == Status::see_other);
    auto const page = ada.follow(done).body;
    BOOST_TEST(has(page, "were saved."));
    BOOST_TEST(has(page, R"(value="Ada L")"));
    BOOST_TEST(has(page, R"(value="al@example.com")"));
}

BOOST_AUTO_TEST_CASE(a_taken_address_is_told_beside_its_field) {
    Browser eve(*this);
    eve.sign_up("eve");
    auto const page = eve.post("/account", {{"username", "eve"}, {"email", "ADA@example.com"}});
    BOOST_TEST(page.status == Status::unprocessable);
    BOOST_TEST(has(page.body, R"(id="email-fault">There is an account)"));
    BOOST_TEST(has(page.body, R"(value="ADA@example.com")"));
}

BOOST_AUTO_TEST_CASE(only_listed_fields_count) {
    Browser eve(*this);
    eve.sign_up("eve");
    eve.post("/account", {{"username", "eve2"},
                          {"email", "eve2@example.com"},
                          {"id", "1"},
                          {"user_id", "1"},
                          {"image_file", "x.jpg"},
                          {"password_hash", "x"}});
    BOOST_TEST(has(ada.get("/account").body, R"(value="ada@example.com")"));
    BOOST_TEST(has(eve.get("/account").body, "/static/profile_pics/default.jpg"));
}

BOOST_AUTO_TEST_CASE(a_changed_password_ends_the_other_sessions) {
    Browser phone(*this);
    phone.log_in("ada");
    auto const wrong = ada.post("/account/password", {{"current_password", "no such horse"},
                                                      {"new_password", "another long secret"}});
    BOOST_TEST(wrong.status == Status::unprocessable);
    BOOST_TEST(has(wrong.body, R"(id="current_password-fault">This is not)"));
    BOOST_TEST(!has(wrong.body, "another long secret"));
    auto const done = ada.post("/account/password", {{"current_password", Browser::password},
                                                     {"new_password", "another long secret"}});
    BOOST_TEST(done.status == Status::see_other);
    BOOST_TEST(has(ada.follow(done).body, "Your password was changed."));
    BOOST_TEST(phone.get("/account").status == Status::see_other);
    BOOST_TEST(phone.log_in("ada", "another long secret").status == Status::see_other);
}

BOOST_AUTO_TEST_CASE(sessions_are_listed_and_ended) {
    Browser phone(*this);
    phone.log_in("ada");
    auto const page = ada.get("/account").body;
    BOOST_TEST(has(page, "Firefox on Linux"));
    BOOST_TEST(page.find("This session") < page.find("Last used"), "the own one comes first");
    BOOST_TEST(has(page, "/account/sessions/2/end"));
    BOOST_TEST(!has(page, "/account/sessions/1/end"), "this one has Log out above");
    auto const done = ada.post("/account/sessions/2/end");
    BOOST_TEST(has(ada.follow(done).body, "That session has ended."));
    BOOST_TEST(phone.get("/account").status == Status::see_other);
    phone.log_in("ada");
    ada.post("/account/sessions/end-others");
    BOOST_TEST(phone.get("/account").status == Status::see_other);
    BOOST_TEST(ada.get("/account").status == Status::ok);
}

BOOST_AUTO_TEST_CASE(nobody_ends_the_sessions_of_others) {
    Browser eve(*this);
    eve.sign_up("eve");
    eve.post("/account/sessions/1/end");
    eve.post("/account/sessions/end-others");
    BOOST_TEST(ada.get("/account").status == Status::ok);
}

BOOST_AUTO_TEST_CASE(a_picture_must_be_chosen_first) {
    auto const page = ada.post("/account/picture");
    BOOST_TEST(page.status == Status::unprocessable);
    BOOST_TEST(has(page.body, R"(id="file-fault">Please choose a picture)"));
    BOOST_TEST(ada.post("/account/picture/delete").status == Status::see_other);
}

BOOST_AUTO_TEST_CASE(an_account_is_deleted_with_its_password_only) {
    ada.post("/posts/new", {{"title", "Mine"}, {"content", "c"}});
    auto const wrong = ada.post("/account/delete", {{"password", "no such horse"}});
    BOOST_TEST(wrong.status == Status::unprocessable);
    BOOST_TEST(has(wrong.body, R"(id="password-fault">)"));
    auto const done = ada.post("/account/delete", {{"password", Browser::password}});
    BOOST_TEST(done.status == Status::see_other);
    BOOST_TEST(!ada.knows("blogd-login"));
    BOOST_TEST(has(ada.follow(done).body, "were deleted."));
    BOOST_TEST(get("/posts/1").status == Status::not_found);
    BOOST_TEST(ada.log_in("ada").status == Status::unprocessable);
}

BOOST_AUTO_TEST_SUITE_END()
