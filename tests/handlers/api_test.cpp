#include "handlers/site.hpp"

#include <boost/test/unit_test.hpp>

using namespace blog;
using blog::net::Status;
using blog::test::Site;

BOOST_TEST_DONT_PRINT_LOG_VALUE(blog::net::Status)

BOOST_AUTO_TEST_SUITE(api)

BOOST_AUTO_TEST_CASE(a_user_is_created_and_read_back) {
    Site site;
    auto const made = site.post("/api/users", R"({"username":"ada","email":"ada@example.com"})");
    BOOST_TEST(made.status == Status::created);
    BOOST_TEST(made.body ==
               R"({"username":"ada","email":"ada@example.com","id":1,"image_file":null,)"
               R"("image_path":"/static/profile_pics/default.jpg"})");
    BOOST_TEST(site.get("/api/users/1").body == made.body);
}

BOOST_AUTO_TEST_CASE(a_taken_name_is_told_before_a_taken_address) {
    Site site;
    site.add_user("ada");
    auto const both = site.post("/api/users", R"({"username":"ada","email":"ada@example.com"})");
    BOOST_TEST(both.status == Status::bad_request);
    BOOST_TEST(both.body == R"({"detail":"Username already exists"})");
    BOOST_TEST(site.post("/api/users", R"({"username":"x","email":"ada@example.com"})").body ==
               R"({"detail":"Email already registered"})");
}

BOOST_AUTO_TEST_CASE(a_post_carries_its_author_and_the_clocks_date) {
    Site site;
    site.add_user("ada");
    site.clock.set(SysTime(std::chrono::sys_days(std::chrono::year(2026) / 6 / 8)) +
                   std::chrono::microseconds(7));
    auto const made = site.post("/api/posts", R"({"title":"T","content":"C","user_id":1})");
    BOOST_TEST(made.status == Status::created);
    BOOST_TEST(made.body.starts_with(
        R"({"title":"T","content":"C","id":1,"user_id":1,"date_posted":"2026-06-08T00:00:00.000007Z",)"
        R"("author":{"username":"ada",)"));
}

BOOST_AUTO_TEST_CASE(faults_of_path_and_body_come_in_one_list) {
    Site site;
    auto const answer = site.request(net::Method::put, "/api/posts/x", R"({"title":""})");
    BOOST_TEST(answer.status == Status::unprocessable);
    auto const path = answer.body.find(R"("loc":["path","post_id"])");
    auto const title = answer.body.find(R"("loc":["body","title"])");
    auto const content = answer.body.find(R"("loc":["body","content"])");
    BOOST_TEST(path != std::string::npos);
    BOOST_TEST(path < title);
    BOOST_TEST(title < content);
}

BOOST_AUTO_TEST_CASE(broken_json_is_told_alone) {
    Site site;
    auto const answer = site.request(net::Method::put, "/api/posts/x", "{");
    BOOST_TEST(answer.body.find("path") == std::string::npos);
    BOOST_TEST(answer.body.find("json_invalid") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_change_of_one_field_keeps_the_others) {
    Site site;
    site.add_user("ada");
    site.add_post("before");
    auto const changed = site.patch("/api/posts/1", R"({"content":"new"})");
    BOOST_TEST(changed.body.starts_with(R"({"title":"before","content":"new")"));
    BOOST_TEST(site.patch("/api/posts/1", "{}").body == changed.body);
    BOOST_TEST(site.patch("/api/posts/1", R"({"title":null})").status == Status::unprocessable);
}

BOOST_AUTO_TEST_CASE(posts_go_with_their_author) {
    Site site;
    site.add_user("ada");
    site.add_post("one");
    BOOST_TEST(site.del("/api/users/1").status == Status::no_content);
    BOOST_TEST(site.get("/api/posts/1").body == R"({"detail":"Post not found"})");
    BOOST_TEST(site.get("/api/users/1/posts").body == R"({"detail":"User not found"})");
}

BOOST_AUTO_TEST_CASE(the_plain_list_is_in_id_order_and_complete_over_many_pieces) {
    Site site;
    site.add_user("ada");
    for (int i = 0; i < 250; ++i)
        site.add_post("p" + std::to_string(i));
    auto const list = site.get("/api/posts").body;
    BOOST_TEST(list.starts_with(R"([{"title":"p0",)"));
    BOOST_TEST(list.ends_with("}]"));
    std::size_t count = 0, last = 0;
    for (auto at = list.find(R"("user_id":1)"); at != list.npos;
         at = list.find(R"("user_id":1)", at + 1))
        ++count, last = at;
    BOOST_TEST(count == 250u);
    BOOST_TEST(list.find(R"("title":"p249")") < last);
}

BOOST_AUTO_TEST_CASE(an_empty_list_is_an_empty_array) {
    Site site;
    BOOST_TEST(site.get("/api/posts").body == "[]");
}

BOOST_AUTO_TEST_CASE(skip_or_limit_gives_a_page_newest_first) {
    Site site;
    site.add_user("ada");
    for (auto const* title : {"a", "b", "c"})
        site.add_post(title);
    auto const page = site.get("/api/posts?limit=2").body;
    BOOST_TEST(page.starts_with(R"({"posts":[{"title":"c",)"));
    BOOST_TEST(page.ends_with(R"("total":3,"skip":0,"limit":2,"has_more":true})"));
    BOOST_TEST(site.get("/api/users/1/posts?skip=2")
                   .body.ends_with(R"("total":3,"skip":2,"limit":10,"has_more":false})"));
    BOOST_TEST(site.get("/api/posts?limit=101").status == Status::unprocessable);
}

BOOST_AUTO_TEST_CASE(ids_beyond_64_bit_are_not_found) {
    Site site;
    BOOST_TEST(site.get("/api/posts/99999999999999999999").body ==
               R"({"detail":"Post not found"})");
    BOOST_TEST(site.del("/api/users/-99999999999999999999").body ==
               R"({"detail":"User not found"})");
}

BOOST_AUTO_TEST_SUITE_END()
