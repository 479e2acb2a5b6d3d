#include "schemas/body.hpp"

#include "schemas/golden.hpp"
#include "schemas/page.hpp"
#include "schemas/posts.hpp"
#include "schemas/users.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <random>

using namespace blog;
using namespace blog::schemas;
using namespace blog::schemas::tests;
namespace data = boost::unit_test::data;
using namespace std::string_literals;

namespace {

// The value, or a failure of the test.
template <class T>
T good(std::string_view body, std::string_view content_type = "application/json") {
    auto parsed = parse_body<T>(content_type, body, {});
    if (auto const* issues = std::get_if<Issues>(&parsed)) BOOST_FAIL(to_json(*issues));
    if (auto const* unreadable = std::get_if<Unreadable>(&parsed)) BOOST_FAIL(unreadable->detail);
    return std::move(*std::get_if<T>(&parsed));
}

// "type field input" for each issue; "400 ..." when unreadable.
template <class T>
std::string faults(std::string_view body, std::string_view content_type = "application/json") {
    auto const parsed = parse_body<T>(content_type, body, {});
    if (auto const* unreadable = std::get_if<Unreadable>(&parsed))
        return "400 " + unreadable->detail;
    auto const* issues = std::get_if<Issues>(&parsed);
    if (!issues) return "none";
    std::string out;
    for (auto const& issue : issues->list) {
        if (!out.empty()) out += "; ";
        out += std::string(issue.type) + ' ' + std::string(issue.field) + ' ' + issue.input_json;
    }
    return out;
}

constexpr std::string_view post = R"({"title":"T","content":"C","user_id":1})";

struct Type {
    std::string_view text;
    bool json;
    friend std::ostream& operator<<(std::ostream& out, Type const& t) { return out << t.text; }
};
constexpr Type types[] = {
    {"", true},
    {"application/json", true},
    {"APPLICATION/Json", true},
    {" application/json ; charset=latin-1", true},
    {"application/json;", true},
    {"application/vnd.api+JSON", true},
    {"application/+json", true},
    {"application/jsonx", false},
    {"application/json, text/plain", false},
    {"application/json/x+json", false},
    {"application /json", false},
    {"application/", false},
    {"text/json", false},
    {"application/*", false},
    {"json", false},
    {";", false},
    {" ", false},
};

db::User ada() {
    return {.id = db::UserId(7),
            .username = "ada",
            .email = "ada@example.com",
            .image_file = std::nullopt};
}

std::string query_faults(std::vector<NameValue> const& pairs) {
    auto const parsed = parse_query<PageQuery>(pairs);
    auto const* issues = std::get_if<Issues>(&parsed);
    return issues ? to_json(*issues) : "none";
}
PageQuery page_query(std::vector<NameValue> const& pairs) {
    auto const parsed = parse_query<PageQuery>(pairs);
    BOOST_REQUIRE(std::holds_alternative<PageQuery>(parsed));
    return std::get<PageQuery>(parsed);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(body)

BOOST_DATA_TEST_CASE(the_media_type_decides_whether_it_is_json, data::make(types)) {
    BOOST_TEST(std::holds_alternative<PostCreate>(parse_body<PostCreate>(sample.text, post, {})) ==
               sample.json);
}

BOOST_AUTO_TEST_CASE(fields_are_read_and_unknown_ones_ignored) {
    auto const in =
        good<PostCreate>(R"({"x":{"title":1},"user_id":" +1_0.0 ","title":"é","content":" "})");
    BOOST_TEST(in.title == "é");
    BOOST_TEST(in.content == " ");
    BOOST_TEST((in.user_id == Integer{10, false}));
}

BOOST_AUTO_TEST_CASE(user_ids_may_be_written_in_many_ways) {
    auto const id = [](std::string_view json) {
        return good<PostCreate>(R"({"title":"T","content":"C","user_id":)" + std::string(json) +
                                "}")
            .user_id;
    };
    BOOST_TEST((id("true") == Integer{1, false}));
    BOOST_TEST((id("false") == Integer{0, false}));
    BOOST_TEST((id("-0.0") == Integer{0, false}));
    BOOST_TEST((id("1e2") == Integer{100, false}));
    BOOST_TEST((id("-9.223372036854775e18") == Integer{-9223372036854774784, false}));
    BOOST_TEST((id("9223372036854775808") == Integer::huge(false)));
    BOOST_TEST((id("\"-9223372036854775809\"") == Integer::huge(true)));
}

BOOST_AUTO_TEST_CASE(an_update_tells_absent_from_null) {
    auto const user = good<UserUpdate>(R"({"username":null,"image_file":"a.png"})");
    BOOST_TEST(!user.username);
    BOOST_TEST(!user.email);
    BOOST_TEST(user.image_file.value() == "a.png");
    BOOST_TEST(!good<PostUpdate>("{}").title);
    BOOST_TEST(good<PostUpdate>(R"({"title":"x"})").title.value() == "x");
    BOOST_TEST(faults<PostUpdate>(R"({"title":null,"content":null})") ==
               "string_type title null; string_type content null");
}

BOOST_AUTO_TEST_CASE(a_body_is_missing_when_empty_or_null) {
    for (auto const text : {"", "null", " null "})
        BOOST_TEST(faults<PostCreate>(text) == "missing  null");
    BOOST_TEST(faults<PostCreate>("", "text/plain") == "missing  null");
    BOOST_TEST(faults<PostCreate>("null", "text/plain") == "model_attributes_type  \"null\"");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_no_422) {
    auto const parsing = "400 There was an error parsing the body"s;
    BOOST_TEST(faults<PostCreate>("\xFF\xFE\x31") == parsing);
    BOOST_TEST(faults<PostCreate>("\xFF\xFE", "text/plain") == parsing);
    BOOST_TEST(faults<PostCreate>("{\"title\":\"\xC0\xAF\"}") == parsing);
    BOOST_TEST(faults<PostCreate>(std::string(4301, '1')) == parsing);
    BOOST_TEST(faults<PostCreate>(std::string(600, '[')) ==
               parsing + ": it is nested more than 512 levels deep");
    BOOST_TEST(faults<PostCreate>("\xEF\xBB\xBF" + std::string(post)) == "none");
}

BOOST_AUTO_TEST_CASE(an_address_is_bounded_in_its_normal_form) {
    auto const domain = "@" + std::string(60, 'd') + ".com";
    auto const address = [&](std::size_t local) { return std::string(local, 'l') + domain; };
    auto const body = [](std::string const& email) {
        return R"({"username":"u","email":")" + email + "\"}";
    };
    BOOST_TEST(good<UserCreate>(body("  A <" + address(55) + ">  ")).email.size() == 120);
    auto const parsed = parse_body<UserCreate>("", body(address(56)), {});
    BOOST_TEST(
        to_json(std::get<Issues>(parsed)) ==
        R"({"detail":[{"type":"too_long","loc":["body","email"],"msg":"Value should have at )"
        R"(most 120 items after validation, not 121","input":")" +
            address(56) +
            R"(","ctx":{"field_type":"Value","max_length":120,"actual_length":121}}]})");
    BOOST_TEST(good<UserCreate>(body("A@B.COM")).email == "A@b.com");
}

BOOST_AUTO_TEST_CASE(faults_of_the_path_come_first_but_broken_json_stands_alone) {
    Issues path;
    add_path_issue(path, "post_id", "a\xFF", IntegerFault::not_an_integer);
    auto const bad_path =
        R"({"type":"int_parsing","loc":["path","post_id"],"msg":"Input should be a valid integer, )"
        "unable to parse string as an integer\",\"input\":\"a\uFFFD\"}"s;
    BOOST_TEST(to_json(path) == "{\"detail\":[" + bad_path + "]}");
    auto const issues = [](std::string_view text) {
        auto const parsed = parse_body<PostUpdate>("", text, {});
        return std::get<Issues>(parsed);
    };
    BOOST_TEST(to_json(merged(path, issues(R"({"title":5})"))) ==
               "{\"detail\":[" + bad_path +
                   R"(,{"type":"string_type","loc":["body","title"],"msg":"Input should be a )"
                   R"(valid string","input":5}]})");
    BOOST_TEST(to_json(merged(path, issues("{"))) == to_json(issues("{")));
    BOOST_TEST(to_json(merged(path, {})) == to_json(path));
}

BOOST_AUTO_TEST_CASE(a_query_takes_the_last_of_equal_names) {
    auto const query =
        page_query({{"skip", "x"}, {"limit", "5"}, {"skip", " 20 "}, {"other", "1"}});
    BOOST_TEST(query.asked());
    BOOST_TEST(query.skip_value() == 20);
    BOOST_TEST(query.limit_value() == 5);
    BOOST_TEST(!page_query({}).asked());
    BOOST_TEST(page_query({}).limit_value() == 10);
    BOOST_TEST(page_query({{"skip", "0"}}).asked());
    BOOST_TEST(page_query({{"limit", "100"}}).limit_value() == 100);
}

BOOST_AUTO_TEST_CASE(a_query_is_checked_as_fastapi_does) {
    BOOST_TEST(
        query_faults({{"skip", "-1"}, {"limit", "0"}}) ==
        R"({"detail":[{"type":"greater_than_equal","loc":["query","skip"],"msg":"Input should )"
        R"(be greater than or equal to 0","input":"-1","ctx":{"ge":0}},)"
        R"({"type":"greater_than_equal","loc":["query","limit"],"msg":"Input should )"
        R"(be greater than or equal to 1","input":"0","ctx":{"ge":1}}]})");
    BOOST_TEST(
        query_faults({{"limit", "101"}}) ==
        R"({"detail":[{"type":"less_than_equal","loc":["query","limit"],"msg":"Input should )"
        R"(be less than or equal to 100","input":"101","ctx":{"le":100}}]})");
    BOOST_TEST(
        query_faults({{"limit", ""}}) ==
        R"({"detail":[{"type":"int_parsing","loc":["query","limit"],"msg":"Input should be a )"
        R"(valid integer, unable to parse string as an integer","input":""}]})");
    BOOST_TEST(query_faults({{"limit", "99999999999999999999"}}).find("less_than_equal") !=
               std::string::npos);
    BOOST_TEST(query_faults({{"skip", "99999999999999999999"}}).find("less_than_equal") !=
               std::string::npos);
    BOOST_TEST(query_faults({{"skip", "-99999999999999999999"}}).find("greater_than_equal") !=
               std::string::npos);
    BOOST_TEST(query_faults({{"skip", "9223372036854775807"}}) == "none");
    BOOST_TEST(query_faults({{"skip", "\xFF"}}).find("\"input\":\"\uFFFD\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_page_tells_whether_more_follows) {
    db::PostPage page;
    page.total = 3;
    for (int i = 1; i <= 2; ++i)
        page.posts.push_back({.id = db::PostId(i),
                              .title = "t",
                              .content = "c",
                              .date_posted = {},
                              .author = ada()});
    auto const shown = [&](std::vector<NameValue> const& pairs) {
        std::string out;
        append_json(out, PaginatedPostsResponse(page, page_query(pairs)));
        return out;
    };
    auto const author =
        R"("author":{"username":"ada","email":"ada@example.com","id":7,"image_file":null,)"
        R"("image_path":"/static/profile_pics/default.jpg"}})"s;
    auto const one = [&](int id) {
        return R"({"title":"t","content":"c","id":)" + std::to_string(id) +
               R"(,"user_id":7,"date_posted":"1970-01-01T00:00:00Z",)" + author;
    };
    auto const posts = "{\"posts\":[" + one(1) + "," + one(2) + "]";
    BOOST_TEST(shown({{"limit", "2"}}) ==
               posts + R"(,"total":3,"skip":0,"limit":2,"has_more":true})");
    BOOST_TEST(shown({{"skip", "1"}}) ==
               posts + R"(,"total":3,"skip":1,"limit":10,"has_more":false})");
    page.posts.clear();
    BOOST_TEST(shown({{"skip", "9223372036854775807"}}) ==
               R"({"posts":[],"total":3,"skip":9223372036854775807,"limit":10,"has_more":false})");
    page.total = 0;
    BOOST_TEST(shown({{"skip", "0"}}).ends_with("\"has_more\":false}"));
}

BOOST_AUTO_TEST_CASE(an_image_path_needs_a_file_name) {
    auto user = ada();
    auto const path = [&] {
        std::string out;
        append_path(out, UserResponse(user).image_path);
        return out;
    };
    BOOST_TEST(path() == "/static/profile_pics/default.jpg");
    user.image_file = "";
    BOOST_TEST(path() == "/static/profile_pics/default.jpg");
    user.image_file = "ü \"#.png";
    BOOST_TEST(path() == "/media/profile_pics/ü \"#.png");
}

// Whatever comes in, the answer is JSON in UTF-8.
BOOST_AUTO_TEST_CASE(seeded_garbage_gets_a_proper_answer) {
    std::mt19937 random(7);
    int issues_seen = 0, unreadable_seen = 0, good_seen = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::string text(post);
        for (auto edits = random() % 4; edits > 0; --edits) {
            auto const at = random() % text.size();
            switch (random() % 4) {
                case 0:
                    text[at] = static_cast<char>(random());
                    break;
                case 1:
                    text.erase(at, random() % 4);
                    break;
                case 2:
                    text.insert(at, "\\ud800");
                    break;
                default:
                    text.insert(at, "[1,\"é\"],");
                    break;
            }
            if (text.empty()) text = "x";
        }
        auto const parsed = parse_body<PostCreate>(random() % 8 ? "" : "text/plain", text, {});
        if (auto const* issues = std::get_if<Issues>(&parsed)) {
            ++issues_seen;
            auto const json = to_json(*issues);
            BOOST_REQUIRE(dumped(json) == json);
        } else if (std::holds_alternative<Unreadable>(parsed)) {
            ++unreadable_seen;
        } else {
            ++good_seen;
        }
    }
    BOOST_TEST(issues_seen > 5000);
    BOOST_TEST(unreadable_seen > 1000);
    BOOST_TEST(good_seen > 2000);
}

BOOST_AUTO_TEST_SUITE_END()
