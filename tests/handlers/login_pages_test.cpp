#include "handlers/browser.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace blog;
using namespace blog::test;
using blog::net::Status;
namespace data = boost::unit_test::data;

BOOST_TEST_DONT_PRINT_LOG_VALUE(blog::net::Status)

namespace {

struct Blogs : Site {
    Blogs() : Site(protected_accounts()) {}
    Browser ada{*this};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(login_pages, Blogs)

BOOST_AUTO_TEST_CASE(who_registers_is_logged_in_and_welcomed_once) {
    auto const done = ada.sign_up("ada");
    BOOST_TEST(done.status == Status::see_other);
    BOOST_TEST(header_of(done, "Location") == "/");
    BOOST_TEST(ada.knows("blogd-login"));
    auto const home = ada.follow(done);
    BOOST_TEST(has(home.body, "Your account is ready"));
    BOOST_TEST(has(home.body, "<bdi>ada</bdi>"));
    BOOST_TEST(!ada.knows("blogd-notice"));
    BOOST_TEST(!has(ada.get("/").body, "Your account is ready"));
}

BOOST_AUTO_TEST_CASE(faults_stand_beside_their_fields_and_the_input_is_kept) {
    auto const page = ada.post(
        "/register", {{"username", "A<b>"}, {"email", "no address"}, {"password", "short"}});
    BOOST_TEST(page.status == Status::unprocessable);
    BOOST_TEST(has(page.body, R"(value="A&lt;b&gt;")"));
    BOOST_TEST(has(page.body, R"(value="no address")"));
    BOOST_TEST(has(page.body, R"(aria-describedby="email-fault")"));
    BOOST_TEST(has(page.body, R"(id="email-fault">This is not an e-mail address: )"));
    BOOST_TEST(has(page.body, R"(id="password-fault">Use at least 8 characters.<)"));
    BOOST_TEST(!has(page.body, "short\""), "the password is sent back");
    BOOST_TEST(!ada.knows("blogd-login"));
}

BOOST_AUTO_TEST_CASE(taken_names_and_common_passwords_are_told_beside_their_fields) {
    ada.sign_up("ada");
    Browser eve(*this);
    auto const name = eve.post(
        "/register",
        {{"username", "ADA"}, {"email", "eve@example.com"}, {"password", Browser::password}});
    BOOST_TEST(name.status == Status::unprocessable);
    BOOST_TEST(has(name.body, R"(id="username-fault">This name is taken)"));
    auto const common =
        eve.post("/register",
                 {{"username", "eve"}, {"email", "eve@example.com"}, {"password", "password123"}});
    BOOST_TEST(common.status == Status::unprocessable);
    BOOST_TEST(has(common.body, R"(id="password-fault">This is one of)"));
    BOOST_TEST(!has(common.body, "password123"));
}

BOOST_AUTO_TEST_CASE(nobody_registers_where_that_is_closed) {
    auto settings = protected_accounts();
    settings.registration = "closed";
    Site closed(settings);
    Browser eve(closed);
    BOOST_TEST(eve.get("/register").status == Status::forbidden);
    BOOST_TEST(eve.sign_up("eve").status == Status::forbidden);
    BOOST_TEST(!has(closed.get("/").body, "/register"));
    BOOST_TEST(has(closed.get("/").body, "/login"));
}

BOOST_AUTO_TEST_CASE(a_log_in_leads_to_where_one_came_from) {
    ada.sign_up("ada");
    ada.post("/logout");
    auto const asked = ada.get("/posts/7/edit?x=1");
    BOOST_TEST(header_of(asked, "Location") == "/login?next=%2Fposts%2F7%2Fedit%3Fx%3D1");
    auto const page = ada.follow(asked);
    BOOST_TEST(has(page.body, R"(name="next" value="/posts/7/edit?x=1")"));
    auto const done = ada.post("/login", {{"email", "Ada@Example.com"},
                                          {"password", Browser::password},
                                          {"next", "/posts/7/edit?x=1"}});
    BOOST_TEST(header_of(done, "Location") == "/posts/7/edit?x=1");
    BOOST_TEST(ada.get("/login?next=/account").status == Status::see_other);
}

BOOST_DATA_TEST_CASE_F(Blogs, a_log_in_leads_to_no_other_site,
                       data::make({"//evil.example/", "https://evil.example/", "/\\evil.example",
                                   "/\t/evil.example", "/x\r\nSet-Cookie: a=b"}),
                       next) {
    ada.sign_up("ada");
    auto const done = ada.post(
        "/login", {{"email", "ada@example.com"}, {"password", Browser::password}, {"next", next}});
    BOOST_TEST(done.status == Status::see_other);
    BOOST_TEST(header_of(done, "Location") == "/");
}

BOOST_AUTO_TEST_CASE(a_wrong_password_and_an_unknown_address_read_the_same) {
    ada.sign_up("ada");
    Browser eve(*this);
    auto wrong = eve.log_in("ada", "wrong horse battery"), unknown = eve.log_in("nobody");
    BOOST_TEST(wrong.status == Status::unprocessable);
    auto const at = unknown.body.find("nobody@");
    BOOST_REQUIRE(at != std::string::npos);
    BOOST_TEST(unknown.body.replace(at, 6, "ada") == wrong.body);
    BOOST_TEST(!eve.knows("blogd-login"));
    BOOST_TEST(!has(wrong.body, "wrong horse"));
}

BOOST_AUTO_TEST_CASE(each_log_in_gives_a_new_token_and_ends_the_old_one) {
    ada.sign_up("ada");
    auto const first = ada.cookies["blogd-login"];
    ada.log_in("ada");
    BOOST_TEST(ada.cookies["blogd-login"] != first);
    BOOST_TEST(ada.get("/account").status == Status::ok);
    ada.cookies["blogd-login"] = first;
    BOOST_TEST(ada.get("/account").status == Status::see_other);
}

BOOST_AUTO_TEST_CASE(a_token_that_was_planted_does_not_become_a_login) {
    ada.sign_up("ada");
    Browser victim(*this);
    victim.cookies["blogd-login"] = std::string(43, 'A');
    victim.log_in("ada");
    BOOST_TEST(victim.cookies["blogd-login"] != std::string(43, 'A'));
}

BOOST_AUTO_TEST_CASE(who_logs_out_is_out_with_that_token_too) {
    ada.sign_up("ada");
    auto const token = ada.cookies["blogd-login"];
    auto const done = ada.post("/logout");
    BOOST_TEST(done.status == Status::see_other);
    BOOST_TEST(!ada.knows("blogd-login"));
    BOOST_TEST(has(ada.follow(done).body, "You are logged out."));
    ada.cookies["blogd-login"] = token;
    BOOST_TEST(ada.get("/account").status == Status::see_other);
    BOOST_TEST(get("/logout").status == Status::method_not_allowed);
}

BOOST_DATA_TEST_CASE_F(Blogs, forms_of_other_sites_are_refused,
                       data::make({"/register", "/login", "/logout", "/account", "/posts/new",
                                   "/account/password", "/account/delete", "/forgot-password",
                                   "/reset-password", "/account/picture",
                                   "/account/sessions/end-others"}),
                       path) {
    ada.sign_up("ada");
    for (std::string const from : {"cross-site", "same-site"}) {
        ada.site_header = from;
        BOOST_TEST(ada.post(path, {{"title", "t"}, {"content", "c"}}).status == Status::forbidden);
    }
    ada.site_header = "same-origin";
    BOOST_TEST(ada.get("/account").status == Status::ok, "still logged in");
}

BOOST_AUTO_TEST_CASE(too_many_log_ins_are_told_to_wait) {
    ada.sign_up("ada");
    ada.post("/logout");
    Site::Answer last{};
    for (std::size_t i = 0; i < config.login_rate.count + 1; ++i)
        last = ada.log_in("ada", "wrong horse battery");
    BOOST_TEST(last.status == Status::too_many_requests);
    BOOST_TEST(header_of(last, "Retry-After") != "");
    BOOST_TEST(has(last.body, "Too many attempts"));
}

BOOST_AUTO_TEST_CASE(a_forgotten_password_is_answered_alike_for_everybody) {
    ada.sign_up("ada");
    Browser eve(*this);
    std::string first;
    for (std::string const who : {"ada", "nobody"}) {
        auto const done = eve.post("/forgot-password", {{"email", who + "@example.com"}});
        BOOST_TEST(done.status == Status::see_other);
        auto const page = eve.follow(done);
        BOOST_TEST(has(page.body, "If there is an account with this address"));
        if (first.empty()) first = page.body;
        BOOST_TEST(page.body == first);
    }
    BOOST_TEST(mails == 1u);
}

BOOST_AUTO_TEST_CASE(the_page_of_a_reset_tells_its_address_nobody) {
    auto const page = ada.get("/reset-password?token=abc");
    BOOST_TEST(page.status == Status::ok);
    BOOST_TEST(header_of(page, "Referrer-Policy") == "no-referrer");
    BOOST_TEST(header_of(page, "Cache-Control") == "no-store");
    BOOST_TEST(has(header_of(page, "Content-Security-Policy"), "script-src 'self'"));
    BOOST_TEST(has(page.body, R"(name="token" value="abc")"));
    auto const bad =
        ada.post("/reset-password", {{"token", "abc"}, {"new_password", Browser::password}});
    BOOST_TEST(bad.status == Status::unprocessable);
    BOOST_TEST(has(bad.body, "This link has been used"));
    BOOST_TEST(header_of(bad, "Referrer-Policy") == "no-referrer");
}

BOOST_AUTO_TEST_CASE(pages_that_know_their_visitor_are_kept_by_nobody) {
    ada.sign_up("ada");
    for (std::string const path : {"/", "/account", "/posts/new", "/nope"}) {
        auto const page = ada.get(path);
        BOOST_TEST(header_of(page, "Cache-Control") == (path == "/nope" ? "" : "no-store"));
        BOOST_TEST(header_of(page, "ETag") == "");
    }
    Browser nobody(*this);
    for (std::string const path : {"/login", "/register", "/forgot-password"})
        BOOST_TEST(header_of(nobody.get(path), "Cache-Control") == "no-store");
}

BOOST_AUTO_TEST_CASE(what_others_are_shown_knows_nobody) {
    auto const before = get("/");
    ada.sign_up("ada");
    BOOST_TEST(has(ada.get("/").body, "ada"));
    auto const after = get("/");
    BOOST_TEST(after.body == before.body);
    BOOST_TEST(header_of(after, "Vary") == "Accept-Encoding, Cookie");
    BOOST_TEST(header_of(get("/api/posts?limit=1"), "Vary") == "Accept-Encoding");
    Browser stale(*this);
    stale.cookies = {{"blogd-login", std::string(43, 'A')}, {"blogd-notice", "published"}};
    service.reload_templates();  // nothing is kept: what is made for this one is for the others too
    BOOST_TEST(stale.get("/").body == before.body);
    BOOST_TEST(get("/").body == before.body);
}

BOOST_AUTO_TEST_SUITE_END()
