// Which answers are kept, under which keys, and what a write makes old.
#include "handlers/blog.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <utility>
#include <vector>

using namespace blog;
using namespace blog::test;
using blog::net::Method;
using blog::net::Status;
namespace data = boost::unit_test::data;

BOOST_TEST_DONT_PRINT_LOG_VALUE(blog::net::Status)

namespace {

constexpr char const* kept_paths[] = {
    "/",
    "/posts",
    "/posts/1",
    "/posts/2",
    "/posts/3",
    "/users/1/posts",
    "/users/2/posts",
    "/users/3/posts",
    "/api/posts?skip=0&limit=10",
    "/api/users/1/posts?skip=0&limit=10",
    "/api/users/2/posts?skip=0&limit=10",
    "/api/posts/1",
    "/api/posts/2",
    "/api/posts/3",
    "/api/users/1",
    "/api/users/2",
};

struct Changing : Blog {
    // Which of the paths had to be made again after `write`, one a line.
    template <class Write>
    std::string made_again(Write write) {
        for (auto const* path : kept_paths)
            get(path);
        for (auto const* path : kept_paths)
            BOOST_TEST(ready(path), path << " was not kept");
        write();
        std::string out;
        for (auto const* path : kept_paths)
            if (!ready(path)) out.append(path).append("\n");
        return out;
    }
};

constexpr std::string_view lists_of_ada =
    "/\n/posts\n/users/1/posts\n/api/posts?skip=0&limit=10\n/api/users/1/posts?skip=0&limit=10\n";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(kept_answers, Changing)

BOOST_DATA_TEST_CASE_F(Changing, the_second_answer_is_the_first_one_again, data::make(kept_paths)) {
    auto const made = get(sample);
    BOOST_TEST(!was_ready);
    auto const kept = get(sample);
    BOOST_TEST(was_ready);
    BOOST_TEST(kept.status == Status::ok);
    BOOST_TEST(kept.body == made.body);
    BOOST_TEST(kept.headers == made.headers);
    BOOST_TEST(line(kept.headers, "Content-Length") == std::to_string(kept.body.size()));
    BOOST_TEST(line(kept.headers, "Cache-Control") == "no-cache");
    bool const api = std::string_view(sample).starts_with("/api/");
    BOOST_TEST(line(kept.headers, "Vary") == (api ? "Accept-Encoding" : "Accept-Encoding, Cookie"));
    BOOST_TEST(line(kept.headers, "X-Content-Type-Options") == "nosniff");
    BOOST_TEST(etag(kept).size() == 34u);
}

// What a write makes old

BOOST_AUTO_TEST_CASE(a_changed_post_is_made_again_with_the_lists_that_show_it) {
    BOOST_TEST(made_again([&] { patch("/api/posts/1", R"({"title":"New words"})"); }) ==
               "/\n/posts\n/posts/1\n/users/1/posts\n/api/posts?skip=0&limit=10\n"
               "/api/users/1/posts?skip=0&limit=10\n/api/posts/1\n");
    for (auto const* path :
         {"/", "/posts", "/posts/1", "/users/1/posts", "/api/posts?skip=0&limit=10",
          "/api/users/1/posts?skip=0&limit=10", "/api/posts/1"})
        BOOST_TEST((get(path).body.find("New words") != std::string::npos), path);
}

BOOST_AUTO_TEST_CASE(a_post_that_changes_hands_touches_both_authors) {
    auto const give = [&] {
        request(Method::put, "/api/posts/1", R"({"title":"t","content":"c","user_id":2})",
                {{"Content-Type", "application/json"}});
    };
    BOOST_TEST(made_again(give) ==
               "/\n/posts\n/posts/1\n/users/1/posts\n/users/2/posts\n/api/posts?skip=0&limit=10\n"
               "/api/users/1/posts?skip=0&limit=10\n/api/users/2/posts?skip=0&limit=10\n"
               "/api/posts/1\n");
}

BOOST_AUTO_TEST_CASE(a_new_name_is_shown_wherever_the_author_is) {
    BOOST_TEST(made_again([&] { patch("/api/users/1", R"({"username":"countess"})"); }) ==
               "/\n/posts\n/posts/1\n/posts/2\n/users/1/posts\n/api/posts?skip=0&limit=10\n"
               "/api/users/1/posts?skip=0&limit=10\n/api/posts/1\n/api/posts/2\n/api/users/1\n");
    for (auto const* path : {"/", "/posts", "/posts/1", "/posts/2", "/users/1/posts",
                             "/api/posts?skip=0&limit=10", "/api/posts/2", "/api/users/1"})
        BOOST_TEST((get(path).body.find("countess") != std::string::npos), path);
}

BOOST_AUTO_TEST_CASE(a_deleted_post_is_gone_at_once) {
    BOOST_TEST(made_again([&] { del("/api/posts/2"); }) ==
               "/\n/posts\n/posts/2\n/users/1/posts\n/api/posts?skip=0&limit=10\n"
               "/api/users/1/posts?skip=0&limit=10\n/api/posts/2\n");
    BOOST_TEST(get("/posts/2").status == Status::not_found);
    BOOST_TEST(get("/api/posts/2").status == Status::not_found);
    BOOST_TEST(get("/").body.find("Second of ada") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_deleted_author_takes_all_posts_along) {
    made_again([&] { del("/api/users/1"); });
    for (auto const* path : {"/posts/1", "/posts/2", "/users/1/posts", "/api/users/1",
                             "/api/posts/1", "/api/users/1/posts?skip=0&limit=10"})
        BOOST_TEST((get(path).status == Status::not_found), path);
    BOOST_TEST(get("/posts/3").status == Status::ok);
    BOOST_TEST(get("/").body.find("of ada") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_new_post_touches_the_lists_alone) {
    BOOST_TEST(made_again([&] { add_post("Third of ada"); }) == lists_of_ada);
    BOOST_TEST(get("/").body.find("Third of ada") != std::string::npos);
    BOOST_TEST(get("/api/users/1/posts?skip=0&limit=10").body.find("Third of ada") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_write_that_fails_makes_nothing_old) {
    BOOST_TEST(made_again([&] {
                   patch("/api/posts/99", R"({"title":"t"})");
                   patch("/api/users/1", R"({"username":"bob"})");
                   patch("/api/posts/1", R"({"title":1})");
                   patch("/api/posts/1", "{}");
                   del("/api/users/99");
               }) == "");
}

// What is never kept

BOOST_AUTO_TEST_CASE(errors_are_never_kept) {
    for (auto const* path : {"/posts/99", "/api/posts/99", "/users/99/posts", "/api/users/99",
                             "/api/posts/x", "/posts/x", "/api/posts?limit=0", "/nope", "/api/nope",
                             "/posts/", "/api/users/99/posts?limit=1"})
        for (int times = 0; times < 3; ++times) {
            auto const answer = get(path);
            BOOST_TEST(!was_ready, path);
            BOOST_TEST(static_cast<int>(answer.status) >= 300, path);
            BOOST_TEST((etag(answer) == ""), path);
        }
    BOOST_TEST(stored() == 0u);
    add_post("Post four");
    BOOST_TEST(get("/posts/4").status == Status::ok);
    for (int id = 5; id <= 99; ++id)
        add_post("x");
    BOOST_TEST(get("/posts/99").status == Status::ok);
}

BOOST_AUTO_TEST_CASE(lists_of_everything_are_streamed_and_never_kept) {
    for (auto const* path : {"/api/posts?skip=0&limit=10", "/api/users/1/posts?skip=0&limit=10"})
        BOOST_TEST((get(path).body.starts_with('{') && ready(path)));  // is no answer to these:
    for (auto const* path : {"/api/posts", "/api/posts?utm_source=x", "/api/users/1/posts"})
        for (int times = 0; times < 3; ++times) {
            auto const answer = get(path);
            BOOST_TEST(!was_ready);
            BOOST_TEST(answer.body.starts_with('['));
            BOOST_TEST(etag(answer) == "");
        }
    BOOST_TEST(stored() == 2u);
}

BOOST_AUTO_TEST_CASE(what_is_no_question_to_the_blog_is_not_kept) {
    for (auto const* path : {"/health", "/docs", "/openapi.json", "/static/css/main.css"})
        for (int times = 0; times < 2; ++times) {
            get(path);
            BOOST_TEST(!was_ready, path);
        }
    for (auto const method : {Method::post, Method::put, Method::del, Method::options}) {
        get("/posts/1");
        request(method, "/posts/1");
        BOOST_TEST(!was_ready);
    }
    BOOST_TEST(stored() == 1u);
}

BOOST_AUTO_TEST_CASE(a_very_long_answer_goes_out_as_it_is) {
    Blog site(Blog::with_cache(std::size_t{64} << 20));
    std::string const content(900'000, 'x');
    for (int i = 0; i < 2; ++i)
        site.post("/api/posts", R"({"title":"long","content":")" + content + R"(","user_id":1})");
    BOOST_TEST(site.get("/api/posts?skip=0&limit=10").body.size() > 1'800'000u);
    site.get("/api/posts?skip=0&limit=10");
    BOOST_TEST(!site.was_ready);
    site.get("/api/posts/4");
    BOOST_TEST(site.ready("/api/posts/4"));
}

// Keys

BOOST_AUTO_TEST_CASE(parameters_that_mean_nothing_share_one_answer) {
    auto const plain = get("/posts/1");
    for (int i = 0; i < 500; ++i) {
        auto const answer = get("/posts/1?utm_source=" + std::to_string(i));
        BOOST_TEST(answer.body == plain.body);
        BOOST_TEST(etag(answer) == etag(plain));
        get("/?page=" + std::to_string(i));
        get("/users/1/posts?a" + std::to_string(i) + "=b");
        get("/api/posts?limit=10&skip=0&x=" + std::to_string(i));
        get("/api/posts/1?x=" + std::to_string(i));
    }
    BOOST_TEST(stored() == 5u);
    BOOST_TEST(metric("blogd_cache_entries") == 5u);
    BOOST_TEST(metric("blogd_cache_lookups_total{outcome=\"miss\"}") == 5u);
}

BOOST_AUTO_TEST_CASE(all_spellings_of_a_target_share_one_answer) {
    auto const by_id = get("/api/posts/1").body;
    for (auto const* path : {"/api/posts/01", "/api/posts/+1", "/api/posts/0001", "/api/posts/1?",
                             "/api/posts/1.0", "/api/posts/ 1"})
        BOOST_TEST((get(path).body == by_id || get(path).status == Status::unprocessable), path);
    auto const page = get("/api/posts?skip=0&limit=10").body;
    for (auto const* query : {"limit=10", "skip=0", "limit=10&skip=0", "skip=00&limit=+10",
                              "limit=3&limit=10", "skip=%30", "limit=10&LIMIT=3"})
        BOOST_TEST(get("/api/posts?" + std::string(query)).body == page, query);
    get("/?before=x");
    get("/?before=99999999999999999999_1");
    get("/");
    BOOST_TEST(stored() == 3u);
}

BOOST_AUTO_TEST_CASE(different_questions_have_different_answers) {
    for (int i = 0; i < 12; ++i)
        add_post("Another " + std::to_string(i));
    std::vector<std::string> const paths = {"/api/posts?skip=0&limit=1",
                                            "/api/posts?skip=1&limit=1",
                                            "/api/posts?skip=0&limit=11",
                                            "/api/users/1/posts?skip=0&limit=1",
                                            "/api/users/2/posts?skip=0&limit=1",
                                            "/",
                                            "/posts/1",
                                            "/api/posts/1",
                                            "/api/users/1",
                                            "/users/1/posts"};
    std::vector<std::string> bodies;
    for (auto const& path : paths)
        bodies.push_back(get(path).body);
    for (std::size_t i = 0; i < paths.size(); ++i) {
        BOOST_TEST(get(paths[i]).body == bodies[i]);
        BOOST_TEST(was_ready);
        for (std::size_t j = 0; j < i; ++j)
            BOOST_TEST((bodies[i] != bodies[j]), paths[i] << " and " << paths[j]);
    }
}

BOOST_AUTO_TEST_CASE(every_place_in_the_order_of_posts_has_an_answer_of_its_own) {
    for (int i = 0; i < 30; ++i)
        add_post("Another " + std::to_string(i));
    auto const link = [](std::string const& page, std::string const& query) {
        auto const at = page.find("/?" + query + "=");
        return page.substr(at, page.find('"', at) - at);
    };
    std::string const home = get("/").body, older = link(home, "before");
    auto const second = get(older).body, third = get(link(second, "before")).body;
    auto const back = link(third, "after");
    std::vector<std::string> const bodies = {home, second, third, get(back).body};
    BOOST_TEST((bodies[0] != bodies[1] && bodies[1] != bodies[2] && bodies[0] != bodies[2]));
    BOOST_TEST(bodies[3] == second);  // the way back, by another question
    BOOST_TEST(stored() == 4u);
    for (auto const& [path, body] : {std::pair("/", home), std::pair(older.c_str(), second),
                                     std::pair(back.c_str(), second)}) {
        BOOST_TEST(get(path).body == body, path);
        BOOST_TEST(was_ready);
    }
    // The links of the same posts lead elsewhere from here.
    BOOST_TEST(get("/posts" + older.substr(1)).body.find("\"/posts?after=") != std::string::npos);
    BOOST_TEST(get(older).body.find("\"/?after=") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(without_a_cache_the_answers_look_the_same) {
    Blog bare(Blog::with_cache(0));
    for (auto const* path : kept_paths) {
        get(path);
        auto const kept = get(path);
        for (int times = 0; times < 2; ++times) {
            auto const made = bare.get(path);
            BOOST_TEST(!bare.was_ready);
            BOOST_TEST(made.body == kept.body);
            BOOST_TEST(made.headers == kept.headers);
        }
        BOOST_TEST(bare.with(path, "If-None-Match", etag(kept)).status == Status::not_modified);
        BOOST_TEST(bare.with(path, "If-Match", "\"x\"").status == Status::precondition_failed);
    }
    BOOST_TEST(bare.stored() == 0u);
}

BOOST_AUTO_TEST_CASE(new_templates_make_new_pages) {
    BOOST_TEST(made_again([&] { service.reload_templates(); }).size() > 200u);
}

BOOST_AUTO_TEST_SUITE_END()
