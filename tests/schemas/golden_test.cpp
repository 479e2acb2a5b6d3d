#include "schemas/golden.hpp"

#include "schemas/body.hpp"
#include "schemas/posts.hpp"
#include "schemas/users.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdio>
#include <map>

using namespace blog;
using namespace blog::schemas;
using namespace blog::schemas::tests;

namespace {

// An answer of ours to a recorded request, as far as the schemas decide it.
struct Verdict {
    int status = 200;  // 200: the schemas have nothing against it
    std::string body;
};

template <class T>
Verdict judge_body(Exchange const& exchange, Issues path) {
    auto parsed = parse_body<T>(exchange.content_type, exchange.body, {});
    if (auto const* unreadable = std::get_if<Unreadable>(&parsed))
        return {400, R"({"detail":")" + unreadable->detail + "\"}"};
    if (auto* body = std::get_if<Issues>(&parsed)) path = merged(std::move(path), std::move(*body));
    if (path.empty()) return {};
    return {422, to_json(path)};
}

// "/api/posts/7/x" has the parts "posts", "7", "x"; the rest is not ours.
std::vector<std::string> api_parts(std::string path) {
    path = percent_decoded(path.substr(0, path.find('?')));
    constexpr std::string_view root = "/api/";
    if (!path.starts_with(root) || path.ends_with('/')) return {};
    std::vector<std::string> parts;
    for (std::size_t begin = root.size(); begin <= path.size();) {
        auto const end = std::min(path.find('/', begin), path.size());
        parts.push_back(path.substr(begin, end - begin));
        begin = end + 1;
    }
    if (parts[0] != "users" && parts[0] != "posts") return {};
    if (parts.size() == 3 && (parts[0] != "users" || parts[2] != "posts")) return {};
    return parts.size() <= 3 ? parts : std::vector<std::string>();
}

std::optional<Verdict> judge(Exchange const& exchange) {
    auto const parts = api_parts(exchange.path);
    if (parts.empty() || exchange.status == 405) return std::nullopt;
    bool const users = parts[0] == "users";
    Issues path;
    if (parts.size() > 1) {
        auto const read = read_integer(parts[1]);
        if (read.fault != IntegerFault::none)
            add_path_issue(path, users ? "user_id" : "post_id", parts[1], read.fault);
    }
    auto const& method = exchange.method;
    if (method == "POST" && users) return judge_body<UserCreate>(exchange, std::move(path));
    if (method == "PATCH" && users) return judge_body<UserUpdate>(exchange, std::move(path));
    if (method == "POST" || method == "PUT")
        return judge_body<PostCreate>(exchange, std::move(path));
    if (method == "PATCH") return judge_body<PostUpdate>(exchange, std::move(path));
    if (path.empty()) return Verdict{};
    return Verdict{422, to_json(path)};
}

constexpr std::string_view unreadable = R"({"detail":"There was an error parsing the body"})";

std::string string_unicode(std::string_view field, std::string_view input) {
    return R"({"detail":[{"type":"string_unicode","loc":["body",")" + std::string(field) +
           R"("],"msg":"Input should be a valid string, unable to parse raw data as a unicode )" +
           R"(string","input":)" + std::string(input) + "}]}";
}
std::string not_finite(std::string_view field) {
    return R"({"detail":[{"type":"finite_number","loc":["body",")" + std::string(field) +
           R"("],"msg":"Input should be a finite number","input":null}]})";
}

// Where the original failed with a 500 or kept no body; an id beyond 64 bits is the handlers' 404.
std::map<int, Verdict> const& ours_alone() {
    static auto const table = [] {
        constexpr std::string_view null_title =
            R"({"detail":[{"type":"string_type","loc":["body","title"],)"
            R"("msg":"Input should be a valid string","input":null}]})";
        std::string const too_deep =
            R"({"detail":"There was an error parsing the body: it is nested more than 512 levels )"
            R"(deep"})";
        std::map<int, Verdict> out{{370, {422, string_unicode("title", "\"\xEF\xBF\xBD\"")}},
                                   {372, {422, std::string(null_title)}},
                                   {382, {400, std::string(unreadable)}},
                                   {390, {400, too_deep}},
                                   {391, {400, too_deep}},
                                   {410, {400, std::string(unreadable)}},
                                   {492, {422, std::string(null_title)}}};
        for (int n = 373; n <= 376; ++n)
            out[n] = {422, not_finite("user_id")};
        for (int n : {86, 88, 89, 90, 91, 93, 112, 113, 460, 461, 462, 463})
            out[n] = {200, ""};
        return out;
    }();
    return table;
}

// 2025-01-02T03:04:05[.123456]
SysTime time_of(std::string const& text) {
    int y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0, us = 0;
    std::sscanf(text.c_str(), "%d-%d-%dT%d:%d:%d.%6d", &y, &mo, &d, &h, &mi, &s, &us);
    using namespace std::chrono;
    auto const day = sys_days(year(y) / mo / d);
    return day + hours(h) + minutes(mi) + seconds(s) + microseconds(us);
}

std::int64_t id_of(JsonValue object, std::string_view name) {
    return read_json_integer(object.member(name)->text()).value;
}

db::User user_of(JsonValue object) {
    db::User out{.id = db::UserId(id_of(object, "id")),
                 .username = std::string(object.member("username")->text()),
                 .email = std::string(object.member("email")->text()),
                 .image_file = std::nullopt};
    auto const file = *object.member("image_file");
    if (file.kind() == JsonKind::string) out.image_file = file.text();
    return out;
}

db::Post post_of(JsonValue object) {
    return {.id = db::PostId(id_of(object, "id")),
            .title = std::string(object.member("title")->text()),
            .content = std::string(object.member("content")->text()),
            .date_posted = time_of(std::string(object.member("date_posted")->text())),
            .author = user_of(*object.member("author"))};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(recorded_contract)

BOOST_AUTO_TEST_CASE(every_recorded_request_is_judged_as_it_was) {
    int judged = 0, compared = 0;
    for (auto const& exchange : golden()) {
        auto const verdict = judge(exchange);
        if (!verdict) continue;
        ++judged;
        BOOST_TEST_CONTEXT("exchange " << exchange.number << ' ' << exchange.path.substr(0, 80)
                                       << ' ' << exchange.body.substr(0, 200)) {
            auto const own = ours_alone().find(exchange.number);
            if (own != ours_alone().end()) {
                BOOST_TEST(verdict->status == own->second.status);
                BOOST_TEST(verdict->body == own->second.body);
                continue;
            }
            BOOST_REQUIRE(exchange.status < 500);
            bool const refused = exchange.status == 422 || exchange.answer == unreadable;
            BOOST_TEST(verdict->status == (refused ? exchange.status : 200));
            if (!refused || !exchange.answer_recorded) continue;
            BOOST_TEST(verdict->body == exchange.answer);
            ++compared;
        }
    }
    BOOST_TEST(judged == 408);
    BOOST_TEST(compared == 216);
}

BOOST_AUTO_TEST_CASE(every_recorded_user_and_post_is_written_as_it_was) {
    int users = 0, posts = 0;
    for (auto const& exchange : golden()) {
        if (exchange.status > 201 || !exchange.answer.starts_with("{\"")) continue;
        auto const document = document_of(exchange.answer);
        std::string written, expected = exchange.answer;
        if (document.root().member("username")) {
            auto const user = user_of(document.root());
            append_json(written, UserResponse(user));
            ++users;
        } else if (auto const date = document.root().member("date_posted")) {
            auto const post = post_of(document.root());
            append_json(written, PostResponse(post));
            auto const at = expected.find("\",\"author\":{\"username\"");
            expected.insert(at, "Z");
            ++posts;
        } else {
            continue;
        }
        BOOST_TEST_CONTEXT("exchange " << exchange.number) {
            BOOST_TEST(written == expected);
        }
    }
    BOOST_TEST(users == 59);
    BOOST_TEST(posts == 60);
}

BOOST_AUTO_TEST_CASE(the_normal_form_of_a_recorded_address_is_the_stored_one) {
    int seen = 0;
    for (auto const& exchange : golden()) {
        if (exchange.method != "POST" || exchange.path != "/api/users" || exchange.status != 201)
            continue;
        auto const parsed = parse_body<UserCreate>(exchange.content_type, exchange.body, {});
        auto const* user = std::get_if<UserCreate>(&parsed);
        BOOST_REQUIRE(user);
        auto const answer = document_of(exchange.answer);
        BOOST_TEST(user->username == answer.root().member("username")->text());
        BOOST_TEST(user->email == answer.root().member("email")->text());
        ++seen;
    }
    BOOST_TEST(seen == 45);
}

BOOST_AUTO_TEST_SUITE_END()
