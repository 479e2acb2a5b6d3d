#include "schemas/openapi.hpp"

#include "schemas/golden.hpp"
#include "schemas/page.hpp"
#include "schemas/posts.hpp"
#include "schemas/users.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <initializer_list>

using namespace blog::schemas;
using namespace blog::schemas::tests;

namespace {

// The operations of the recorded application, as the handlers will declare them.
std::vector<Operation> operations() {
    return {
        {.method = "post",
         .pattern = "/api/users",
         .name = "create_user",
         .tag = "users",
         .description = {},
         .body = body_of<UserCreate>(),
         .status = 201,
         .answers = {answer_of<UserResponse>()},
         .refusals = {{400, "Username or e-mail taken"}}},
        {.method = "patch",
         .pattern = "/api/users/{user_id}",
         .name = "update_user",
         .tag = "users",
         .description = {},
         .body = body_of<UserUpdate>(),
         .answers = {answer_of<UserResponse>()},
         .refusals = {{404, "No such user"}, {400, "Taken"}}},
        {.method = "get",
         .pattern = "/api/users/{user_id}/posts",
         .name = "get_user_posts",
         .tag = "users",
         .description = "All of them, or a page.",
         .query = &shape_of<PageQuery>,
         .answers = {list_of<PostResponse>(), answer_of<PaginatedPostsResponse>()},
         .refusals = {{404, "No such user"}}},
        {.method = "get",
         .pattern = "/api/posts",
         .name = "get_posts",
         .tag = "posts",
         .description = {},
         .answers = {list_of<PostResponse>()}},
        {.method = "post",
         .pattern = "/api/posts",
         .name = "create_post",
         .tag = "posts",
         .description = {},
         .body = body_of<PostCreate>(),
         .status = 201,
         .answers = {answer_of<PostResponse>()}},
        {.method = "patch",
         .pattern = "/api/posts/{post_id}",
         .name = "update_post_partial",
         .tag = "posts",
         .description = {},
         .body = body_of<PostUpdate>(),
         .answers = {answer_of<PostResponse>()}},
        {.method = "delete",
         .pattern = "/api/posts/{post_id}",
         .name = "delete_post",
         .tag = "posts",
         .description = {},
         .status = 204,
         .refusals = {{404, "No such post"}}},
    };
}

JsonDocument const& ours() {
    static auto const document = document_of(
        openapi_json({.title = "Blog", .version = "1.0", .description = "A blog."}, operations()));
    return document;
}

JsonDocument const& recorded() {
    static auto const document =
        document_of(std::ranges::find(golden(), "/openapi.json", &Exchange::path)->answer);
    return document;
}

// The part of a document at the end of a path of names, as text; "absent" when there is none.
std::string at(JsonDocument const& document, std::initializer_list<std::string_view> names) {
    auto value = document.root();
    for (auto const name : names) {
        auto const next = value.member(name);
        if (!next) return "absent";
        value = *next;
    }
    return dumped(value);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(openapi)

BOOST_AUTO_TEST_CASE(shapes_are_documented_as_the_original_does) {
    for (auto const name : {"UserUpdate", "UserResponse", "HTTPValidationError"}) {
        BOOST_TEST_CONTEXT(name) {
            auto const component = {std::string_view("components"), std::string_view("schemas"),
                                    std::string_view(name)};
            BOOST_TEST(at(recorded(), component) != "absent");
            BOOST_TEST(at(ours(), component) == at(recorded(), component));
        }
    }
}

// What accounts add: a password that is needed where they are protected, an author who may have
// one, and a user_id that a login stands for.
BOOST_AUTO_TEST_CASE(shapes_that_accounts_change_are_otherwise_the_originals) {
    auto const schema = [](JsonDocument const& document, std::string_view name,
                           std::string_view part) {
        return at(document, {"components", "schemas", name, part});
    };
    BOOST_TEST(at(ours(), {"components", "schemas", "UserCreate", "properties", "password"}) ==
               R"({"type":"string","minLength":8,"title":"Password"})");
    BOOST_TEST(schema(ours(), "UserCreate", "required") ==
               schema(recorded(), "UserCreate", "required"));
    BOOST_TEST(schema(ours(), "PostCreate", "properties") ==
               schema(recorded(), "PostCreate", "properties"));
    BOOST_TEST(schema(ours(), "PostCreate", "required") == R"(["title","content"])");
    BOOST_TEST(schema(ours(), "PostResponse", "required") ==
               schema(recorded(), "PostResponse", "required"));
    BOOST_TEST(at(ours(), {"components", "schemas", "PostResponse", "properties", "author"}) ==
               R"({"$ref":"#/components/schemas/UserPublic"})");
}

BOOST_AUTO_TEST_CASE(a_post_update_takes_no_null) {
    BOOST_TEST(at(ours(), {"components", "schemas", "PostUpdate"}) ==
               R"({"properties":{"title":{"type":"string","maxLength":100,"minLength":1,)"
               R"("title":"Title"},"content":{"type":"string","minLength":1,"title":"Content"}},)"
               R"("type":"object","title":"PostUpdate"})");
}

BOOST_AUTO_TEST_CASE(operations_have_the_names_and_bodies_of_the_original) {
    struct {
        std::string_view path, method, status;
    } const all[] = {{"/api/users", "post", "201"},
                     {"/api/users/{user_id}", "patch", "200"},
                     {"/api/posts", "post", "201"},
                     {"/api/posts", "get", "200"},
                     {"/api/posts/{post_id}", "delete", "204"}};
    for (auto const& [path, method, status] : all) {
        BOOST_TEST_CONTEXT(method << ' ' << path) {
            for (auto const part : {"summary", "operationId", "parameters"})
                BOOST_TEST(at(ours(), {"paths", path, method, part}) ==
                           at(recorded(), {"paths", path, method, part}));
            for (auto const part : {"required", "content"})
                BOOST_TEST(at(ours(), {"paths", path, method, "requestBody", part}) ==
                           at(recorded(), {"paths", path, method, "requestBody", part}));
            BOOST_TEST(at(ours(), {"paths", path, method, "responses", "422"}) ==
                       at(recorded(), {"paths", path, method, "responses", "422"}));
            BOOST_TEST(at(ours(), {"paths", path, method, "responses", status}) != "absent");
        }
    }
    BOOST_TEST(at(ours(), {"paths", "/api/users/{user_id}/posts", "get", "operationId"}) ==
               "\"get_user_posts_api_users__user_id__posts_get\"");
}

BOOST_AUTO_TEST_CASE(refusals_are_documented_with_a_detail) {
    auto const detail =
        R"("content":{"application/json":{"schema":{"$ref":"#/components/schemas/Detail"}}}})";
    BOOST_TEST(at(ours(), {"paths", "/api/users", "post", "responses", "400"}) ==
               std::string(R"({"description":"Username or e-mail taken",)") + detail);
    // A body that cannot be read gets a 400 everywhere.
    BOOST_TEST(at(ours(), {"paths", "/api/posts", "post", "responses", "400"}) ==
               std::string(R"({"description":"There was an error parsing the body",)") + detail);
    BOOST_TEST(at(ours(), {"paths", "/api/posts/{post_id}", "delete", "responses", "400"}) ==
               "absent");
    BOOST_TEST(at(ours(), {"paths", "/api/posts", "get", "responses", "422"}) == "absent");
}

BOOST_AUTO_TEST_CASE(a_list_may_have_two_forms_and_a_query) {
    auto const path = "/api/users/{user_id}/posts";
    BOOST_TEST(at(ours(), {"paths", path, "get", "responses", "200", "content", "application/json",
                           "schema"}) ==
               R"({"anyOf":[{"type":"array","items":{"$ref":"#/components/schemas/PostResponse"}},)"
               R"({"$ref":"#/components/schemas/PaginatedPostsResponse"}],)"
               R"("title":"Response Get User Posts Api Users  User Id  Posts Get"})");
    BOOST_TEST(at(ours(), {"paths", path, "get", "parameters"}) ==
               R"([{"name":"user_id","in":"path","required":true,)"
               R"("schema":{"type":"integer","title":"User Id"}},)"
               R"({"name":"skip","in":"query","required":false,"schema":{"type":"integer",)"
               R"("maximum":9223372036854775807,"minimum":0,"default":0,"title":"Skip"}},)"
               R"({"name":"limit","in":"query","required":false,"schema":{"type":"integer",)"
               R"("maximum":100,"minimum":1,"default":10,"title":"Limit"}}])");
    BOOST_TEST(
        at(ours(), {"components", "schemas", "PaginatedPostsResponse", "properties", "posts"}) ==
        R"({"type":"array","items":{"$ref":"#/components/schemas/PostResponse"},"title":"Posts"})");
    BOOST_TEST(at(ours(), {"components", "schemas", "PageQuery"}) == "absent");
}

BOOST_AUTO_TEST_CASE(an_empty_interface_is_a_document_too) {
    auto const document =
        document_of(openapi_json({.title = "t", .version = "v", .description = {}}, {}));
    BOOST_TEST(at(document, {"openapi"}) == "\"3.1.0\"");
    BOOST_TEST(at(document, {"paths"}) == "{}");
    BOOST_TEST(at(document, {"tags"}) == "[]");
    BOOST_TEST(at(ours(), {"tags"}) == R"([{"name":"users"},{"name":"posts"}])");
    BOOST_TEST(at(document, {"info", "description"}) == "absent");
}

BOOST_AUTO_TEST_SUITE_END()
