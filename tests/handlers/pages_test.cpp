#include "handlers/site.hpp"

#include <boost/test/unit_test.hpp>

using namespace blog;
using blog::net::Status;
using blog::test::Site;

BOOST_TEST_DONT_PRINT_LOG_VALUE(blog::net::Status)

namespace {

bool has(std::string const& text, std::string_view piece) {
    return text.find(piece) != std::string::npos;
}

// The URL of the link whose query begins so; "" when there is none.
std::string link(std::string const& page, std::string const& query) {
    auto const at = page.find("?" + query + "=");
    if (at == page.npos) return {};
    auto const begin = page.rfind('"', at) + 1;
    return page.substr(begin, page.find('"', begin) - begin);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(pages)

BOOST_AUTO_TEST_CASE(the_home_page_is_newest_first) {
    Site site;
    site.add_user("ada");
    site.add_post("Older");
    site.add_post("Newer");
    auto const page = site.get("/").body;
    BOOST_TEST(has(page, "<title>FastAPI Blog - Home</title>"));
    BOOST_TEST(page.find("Newer") < page.find("Older"));
    BOOST_TEST(site.get("/posts").body == page);
}

BOOST_AUTO_TEST_CASE(links_lead_to_older_posts_and_back) {
    Site site;
    site.add_user("ada");
    for (int i = 0; i < 25; ++i)
        site.add_post("Post number " + std::to_string(i) + ".");
    auto const first = site.get("/").body;
    BOOST_TEST(has(first, "Post number 24."));
    BOOST_TEST(!has(first, "Post number 14."));
    BOOST_TEST(link(first, "after") == "");
    auto const second = site.get(link(first, "before")).body;
    BOOST_TEST(has(second, "Post number 14."));
    auto const last = site.get(link(second, "before")).body;
    BOOST_TEST(has(last, "Post number 0."));
    BOOST_TEST(link(last, "before") == "");
    BOOST_TEST(site.get(link(second, "after")).body == first);
}

BOOST_AUTO_TEST_CASE(the_way_back_ends_on_a_full_first_page) {
    Site site;
    site.add_user("ada");
    for (int i = 0; i < 15; ++i)
        site.add_post("Post number " + std::to_string(i) + ".");
    auto const second = site.get(link(site.get("/").body, "before")).body;
    for (int i = 15; i < 18; ++i)
        site.add_post("Post number " + std::to_string(i) + ".");
    auto const back = site.get(link(second, "after")).body;
    BOOST_TEST(has(back, "Post number 14."));
}

BOOST_AUTO_TEST_CASE(a_cursor_that_is_none_is_ignored) {
    Site site;
    site.add_user("ada");
    site.add_post("Only one");
    auto const home = site.get("/").body;
    for (auto const* query : {"?before=x", "?before=1", "?before=1_", "?after=_1", "?before=1_2_3",
                              "?before=99999999999999999999_1", "?page=2"})
        BOOST_TEST(site.get("/" + std::string(query)).body == home);
}

BOOST_AUTO_TEST_CASE(a_posts_title_is_cut_at_fifty_characters_in_the_page_title_only) {
    Site site;
    site.add_user("ada");
    std::string title;
    for (int i = 0; i < 60; ++i)
        title += "ü";
    site.add_post(title);
    auto const page = site.get("/posts/1").body;
    BOOST_TEST(has(page, "<title>FastAPI Blog - " + title.substr(0, 100) + "</title>"));
    BOOST_TEST(has(page, title));
}

BOOST_AUTO_TEST_CASE(a_title_of_spaces_still_can_be_clicked) {
    Site site;
    site.add_user("ada");
    site.add_post("   ");
    for (auto const* path : {"/", "/posts/1"})
        BOOST_TEST(has(site.get(path).body, ">(untitled)<"));
}

BOOST_AUTO_TEST_CASE(an_authors_page_counts_posts_and_an_empty_one_says_so) {
    Site site;
    site.add_user("ada");
    site.add_user("bob");
    site.add_post("Hers");
    auto const page = site.get("/users/1/posts").body;
    BOOST_TEST(has(page, "<title>FastAPI Blog - ada&#39;s Posts</title>"));
    BOOST_TEST(has(page, "Hers"));
    BOOST_TEST(has(site.get("/users/2/posts").body, "No posts by this user yet."));
}

BOOST_AUTO_TEST_CASE(what_people_write_is_text_and_never_markup) {
    Site site;
    site.post("/api/users", R"({"username":"<b>&\"'","email":"b@example.com"})");
    site.post(
        "/api/posts",
        R"({"title":"<script>alert(1)</script>","content":"</p><img src=x onerror=alert(1)>","user_id":1})");
    for (auto const* path : {"/", "/posts/1", "/users/1/posts"}) {
        auto const page = site.get(path).body;
        BOOST_TEST(!has(page, "<script>alert"));
        BOOST_TEST(!has(page, "<img src=x"));
        BOOST_TEST(!has(page, "<b>&"));
    }
}

BOOST_AUTO_TEST_CASE(a_missing_post_is_a_page_that_says_so) {
    Site site;
    auto const page = site.get("/posts/7");
    BOOST_TEST(page.status == Status::not_found);
    BOOST_TEST(has(page.body, "Post not found"));
    BOOST_TEST(has(page.body, "<title>FastAPI Blog - 404</title>"));
    auto const odd = site.get("/posts/seven");
    BOOST_TEST(odd.status == Status::unprocessable);
    BOOST_TEST(has(odd.body, "Invalid request. Please check your input and try again."));
}

BOOST_AUTO_TEST_SUITE_END()
