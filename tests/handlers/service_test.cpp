#include "handlers/site.hpp"

#include <boost/test/unit_test.hpp>

using namespace blog;
using blog::net::Method;
using blog::net::Status;
using blog::test::Site;

BOOST_TEST_DONT_PRINT_LOG_VALUE(blog::net::Status)

BOOST_AUTO_TEST_SUITE(service)

BOOST_AUTO_TEST_CASE(an_unknown_path_is_json_below_api_and_a_page_elsewhere) {
    Site site;
    BOOST_TEST(site.get("/api/nope").body == R"({"detail":"Not Found"})");
    auto const page = site.get("/nope");
    BOOST_TEST(page.status == Status::not_found);
    BOOST_TEST(page.body.starts_with("<!DOCTYPE html>"));
    BOOST_TEST(page.body.find("Not Found") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_wrong_method_is_told_the_right_ones) {
    Site site;
    auto const answer = site.del("/api/posts");
    BOOST_TEST(answer.status == Status::method_not_allowed);
    BOOST_TEST(answer.headers.find("Allow: GET, HEAD, POST, OPTIONS\r\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(options_answers_without_a_body) {
    Site site;
    auto const answer = site.request(Method::options, "/api/posts/1");
    BOOST_TEST(answer.status == Status::no_content);
    BOOST_TEST(answer.headers.find("Allow: GET, HEAD, PUT, PATCH, DELETE, OPTIONS\r\n") !=
               std::string::npos);
    BOOST_TEST(site.request(Method::options, "*").status == Status::no_content);
}

BOOST_AUTO_TEST_CASE(head_finds_the_route_of_get) {
    Site site;
    BOOST_TEST(site.request(Method::head, "/api/posts").status == Status::ok);
    BOOST_TEST(site.request(Method::head, "/api/posts/1").status == Status::not_found);
}

BOOST_AUTO_TEST_CASE(a_trailing_slash_is_redirected_without_naming_a_host) {
    Site site;
    auto const answer = site.get("/api/posts/?a=b&c");
    BOOST_TEST(answer.status == Status::temporary_redirect);
    BOOST_TEST(answer.headers.find("Location: /api/posts?a=b&c\r\n") != std::string::npos);
    BOOST_TEST(site.get("/static").headers.find("Location: /static/\r\n") != std::string::npos);
    BOOST_TEST(site.get("/nope/").status == Status::not_found);
    BOOST_TEST(site.get("//evil.example/").status == Status::not_found);
}

BOOST_AUTO_TEST_CASE(writes_that_came_through_a_proxy_are_refused_unless_accounts_are_open) {
    auto const body = R"({"username":"eve","email":"eve@example.com"})";
    Site careful;
    auto const refused =
        careful.request(Method::post, "/api/users", body, {{"x-forwarded-for", "1.2.3.4"}});
    BOOST_TEST(refused.status == Status::forbidden);
    BOOST_TEST(refused.body.find("accounts = open") != std::string::npos);
    Config config;
    config.accounts = "open";
    Site open(config);
    BOOST_TEST(open.request(Method::post, "/api/users", body, {{"Forwarded", "for=x"}}).status ==
               Status::created);
}

BOOST_AUTO_TEST_CASE(writes_from_the_pages_of_other_sites_are_refused) {
    auto const body = R"({"username":"eve","email":"eve@example.com"})";
    Config config;
    config.accounts = "open";
    Site site(config);
    for (auto const* from : {"cross-site", "same-site"})
        BOOST_TEST(
            site.request(Method::post, "/api/users", body, {{"Sec-Fetch-Site", from}}).status ==
            Status::forbidden);
    BOOST_TEST(
        site.request(Method::get, "/api/posts", {}, {{"Sec-Fetch-Site", "cross-site"}}).status ==
        Status::ok);
    BOOST_TEST(site.request(Method::post, "/api/users", body, {{"Sec-Fetch-Site", "same-origin"}})
                   .status == Status::created);
}

BOOST_AUTO_TEST_CASE(every_answer_carries_the_security_lines) {
    Site site;
    for (auto const* path : {"/", "/api/posts", "/nope", "/api/nope", "/docs", "/health"}) {
        auto const answer = site.get(path);
        for (auto const* line :
             {"X-Content-Type-Options: nosniff", "Content-Security-Policy: default-src 'none'",
              "frame-ancestors 'none'", "Referrer-Policy: "})
            BOOST_TEST((answer.headers.find(line) != std::string::npos), path << " lacks " << line);
    }
    auto const refused = site.service.refuse(Status::bad_request, "why", "/api/x");
    BOOST_TEST(!refused.fixed_lines().empty());
    BOOST_TEST(std::get<std::string>(refused.body()) == R"({"detail":"why"})");
}

BOOST_AUTO_TEST_CASE(the_looser_policy_is_for_the_documentation_alone) {
    Site site;
    BOOST_TEST(site.get("/docs").headers.find("worker-src blob:") != std::string::npos);
    BOOST_TEST(site.get("/").headers.find("blob:") == std::string::npos);
    BOOST_TEST(site.get("/docs").headers.find("unsafe") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(absolute_links_begin_with_the_base_url) {
    Config config;
    config.base_url = "https://blog.example.org";
    Site site(config);
    BOOST_TEST(site.get("/posts/").headers.find("Location: https://blog.example.org/posts\r\n") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(health_asks_the_database) {
    Site site;
    BOOST_TEST(site.get("/health").body == R"({"status":"healthy"})");
}

BOOST_AUTO_TEST_SUITE_END()
