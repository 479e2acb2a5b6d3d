#include "net/static_files.hpp"

#include "net/file_request.hpp"
#include "net/media_type.hpp"
#include "net/multipart_ranges.hpp"

#include <array>

using namespace blog;
using namespace blog::net;
using namespace std::chrono_literals;

namespace {

struct FixedClock final : Clock {
    SysTime wall() const noexcept override { return SysTime(1'700'000'000s); }
};
FixedClock const fixed_clock;

// 64 digits that need not be a hash: the tree only repeats them.
constexpr std::string_view sha_a =
    "aaaaaaaaaaaa00000000000000000000ffffffffffffffffffffffffffffffff";
constexpr std::string_view sha_b =
    "bbbbbbbbbbbb00000000000000000000ffffffffffffffffffffffffffffffff";

constexpr std::array files{
    Asset{"demo/posts.json", "[]", sha_a},
    Asset{"static/css/main.css", "body { color: black; }", sha_a},
    Asset{"static/empty.txt", "", sha_a},
    Asset{"static/evil.svg", "<svg/>", sha_a},
    Asset{"static/letters.jpg", "abcdefghijklmnopqrstuvwxyz", sha_b},
    Asset{"static/page.html", "<h1>hi</h1>", sha_a},
    Asset{"templates/home.html", "{{ secret }}", sha_a},
};

StaticFiles tree(Trust trust = Trust::ours) {
    auto const started = std::chrono::floor<std::chrono::seconds>(fixed_clock.wall()) - 1h;
    return {"/static/", std::make_unique<EmbeddedTree>(files, "static/", started), trust,
            fixed_clock};
}

std::optional<Response> get(std::string_view rest, FileRequest const& request = {},
                            Trust trust = Trust::ours) {
    auto answer = tree(trust).serve(request, rest);
    BOOST_REQUIRE(answer);
    return std::move(*answer);
}

Response found(std::string_view rest, FileRequest const& request = {}, Trust trust = Trust::ours) {
    auto answer = get(rest, request, trust);
    BOOST_REQUIRE(answer);
    return std::move(*answer);
}

std::string_view bytes(Response const& response) {
    auto const* shared = std::get_if<SharedBytes>(&response.body());
    BOOST_REQUIRE(shared);
    return shared->bytes;
}

std::string_view text(Response const& response) {
    return std::get<std::string>(response.body());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(static_files_test)

BOOST_AUTO_TEST_CASE(serves_an_embedded_file_with_all_that_a_cache_wants) {
    auto const response = found("css/main.css");
    BOOST_TEST(status(response) == 200);
    BOOST_TEST(response.type() == "text/css; charset=utf-8");
    BOOST_TEST(bytes(response) == "body { color: black; }");
    BOOST_TEST(bytes(response).data() == files[1].bytes.data(), "no copy is made");
    BOOST_TEST(field(response, "ETag") == "\"aaaaaaaaaaaa00000000000000000000\"");
    BOOST_TEST(field(response, "Last-Modified") == "Tue, 14 Nov 2023 21:13:20 GMT");
    BOOST_TEST(field(response, "Accept-Ranges") == "bytes");
    BOOST_TEST(field(response, "Cache-Control") == "no-cache");
    BOOST_TEST(response.fixed_lines().empty());
}

BOOST_AUTO_TEST_CASE(the_right_fingerprint_makes_a_file_immutable) {
    BOOST_TEST(tree().url("css/main.css").value() == "/static/css/main.css?v=aaaaaaaaaaaa");
    auto const cache = [](std::string_view query) {
        return field(found("css/main.css", {{}, Method::get, query}), "Cache-Control");
    };
    BOOST_TEST(cache("v=aaaaaaaaaaaa") == "public, max-age=31536000, immutable");
    for (auto const query :
         {"v=1", "v=", "v", "v=aaaaaaaaaaab", "v=aaaaaaaaaaaaa", "x=aaaaaaaaaaaa"})
        BOOST_TEST(cache(query) == "no-cache", query);
}

BOOST_AUTO_TEST_CASE(a_name_that_is_not_there_has_no_url) {
    BOOST_TEST(!tree().url("css/missing.css"));
    BOOST_TEST(!tree().url("../templates/home.html"));
}

BOOST_AUTO_TEST_CASE(cleans_paths_as_the_recorded_server_does) {
    for (auto const rest : {"css//main.css", "css/./main.css", "css/main.css/", "/css/main.css",
                            "css/../css/main.css", "./css/main.css/.", "nope/../css/main.css"})
        BOOST_TEST(get(rest).has_value(), rest);
}

BOOST_AUTO_TEST_CASE(what_is_no_file_is_not_found) {
    using namespace std::string_view_literals;
    for (auto const rest : {""sv, "."sv, "/"sv, "css"sv, "css/"sv, "nope.css"sv, "css/main"sv,
                            "CSS/main.css"sv, "css/main.css\0"sv, "\0"sv, "css\\main.css"sv})
        BOOST_TEST(!get(rest).has_value());
    BOOST_TEST(!get(std::string(300, 'a')).has_value());
    BOOST_TEST(!get(std::string(1'000'000, '/')).has_value());
}

BOOST_AUTO_TEST_CASE(dots_never_leave_the_tree) {
    for (auto const rest : {"../templates/home.html", "css/../../templates/home.html", "..",
                            "../css/main.css", "../static/css/main.css", "../../etc/passwd",
                            "css/../../static/css/main.css", "..//..//demo/posts.json"})
        BOOST_TEST(!get(rest).has_value(), rest);
}

BOOST_AUTO_TEST_CASE(hidden_names_are_never_served) {
    BOOST_TEST(!normal_path(".env"));
    BOOST_TEST(!normal_path("css/.git/config"));
    BOOST_TEST(!normal_path("..."));
    BOOST_TEST(normal_path("a.b").value() == "a.b");
}

BOOST_AUTO_TEST_CASE(a_segment_may_have_255_bytes) {
    BOOST_TEST(normal_path(std::string(255, 'a')).has_value());
    BOOST_TEST(!normal_path(std::string(256, 'a')).has_value());
}

BOOST_AUTO_TEST_CASE(a_current_copy_is_answered_with_304) {
    auto const response = found(
        "css/main.css", FileRequest({{"If-None-Match", "\"aaaaaaaaaaaa00000000000000000000\""}}));
    BOOST_TEST(status(response) == 304);
    BOOST_TEST(response.type().empty());
    BOOST_TEST(text(response).empty());
    BOOST_TEST(field(response, "ETag") == "\"aaaaaaaaaaaa00000000000000000000\"");
    BOOST_TEST(field(response, "Cache-Control") == "no-cache");
    BOOST_TEST(status(found("css/main.css",
                            FileRequest({{"If-None-Match", "*"}, {"Range", "bytes=0-1"}}))) == 304);
    BOOST_TEST(status(found(
                   "css/main.css",
                   FileRequest({{"If-Modified-Since", "Tue, 14 Nov 2023 21:13:20 GMT"}}))) == 304);
    BOOST_TEST(status(found(
                   "css/main.css",
                   FileRequest({{"If-Modified-Since", "Tue, 14 Nov 2023 21:13:19 GMT"}}))) == 200);
}

BOOST_AUTO_TEST_CASE(a_failed_condition_is_answered_with_412) {
    auto const response = found("css/main.css", FileRequest({{"If-Match", "\"x\""}}));
    BOOST_TEST(status(response) == 412);
    BOOST_TEST(field(response, "ETag") == "");
}

BOOST_AUTO_TEST_CASE(one_range_is_answered_with_206) {
    auto const response = found("letters.jpg", FileRequest({{"Range", "bytes=2-5"}}));
    BOOST_TEST(status(response) == 206);
    BOOST_TEST(response.type() == "image/jpeg");
    BOOST_TEST(bytes(response) == "cdef");
    BOOST_TEST(field(response, "Content-Range") == "bytes 2-5/26");
    BOOST_TEST(field(response, "ETag") == "\"bbbbbbbbbbbb00000000000000000000\"");
    BOOST_TEST(field(response, "Accept-Ranges") == "bytes");
}

BOOST_AUTO_TEST_CASE(a_head_request_ignores_ranges) {
    auto const response = found("letters.jpg", FileRequest({{"Range", "bytes=2-5"}}, Method::head));
    BOOST_TEST(status(response) == 200);
    BOOST_TEST(response.body_size().value() == 26u);
}

BOOST_AUTO_TEST_CASE(a_range_of_another_state_gets_the_whole_file) {
    auto const outcome = [](std::string_view if_range) {
        return status(
            found("letters.jpg", FileRequest({{"Range", "bytes=2-5"}, {"If-Range", if_range}})));
    };
    BOOST_TEST(outcome("\"bbbbbbbbbbbb00000000000000000000\"") == 206);
    BOOST_TEST(outcome("W/\"bbbbbbbbbbbb00000000000000000000\"") == 200);
    BOOST_TEST(outcome("\"aaaaaaaaaaaa00000000000000000000\"") == 200);
    BOOST_TEST(outcome("Tue, 14 Nov 2023 21:13:20 GMT") == 206);
    BOOST_TEST(outcome("Tue, 14 Nov 2023 21:13:21 GMT") == 200);
}

BOOST_AUTO_TEST_CASE(a_range_behind_the_end_is_answered_with_416) {
    auto const response = found("letters.jpg", FileRequest({{"Range", "bytes=26-"}}));
    BOOST_TEST(status(response) == 416);
    BOOST_TEST(field(response, "Content-Range") == "bytes */26");
    BOOST_TEST(text(response) == "");
    BOOST_TEST(field(response, "ETag") == "");
    BOOST_TEST(status(found("empty.txt", FileRequest({{"Range", "bytes=0-"}}))) == 416);
}

BOOST_AUTO_TEST_CASE(a_malformed_range_is_answered_with_400_as_recorded) {
    auto const response = found("letters.jpg", FileRequest({{"Range", "bytes=5-2"}}));
    BOOST_TEST(status(response) == 400);
    BOOST_TEST(response.type() == "text/plain; charset=utf-8");
    BOOST_TEST(text(response) == "Range header: start must be less than end");
    BOOST_TEST(response.extra_lines().empty());
}

BOOST_AUTO_TEST_CASE(several_ranges_come_as_multipart) {
    auto response = found("letters.jpg", FileRequest({{"Range", "bytes=0-2,-2"}}));
    BOOST_TEST(status(response) == 206);
    BOOST_TEST(response.type() == multipart_ranges_type());
    BOOST_TEST(field(response, "Content-Range") == "");

    constexpr std::string_view start = "multipart/byteranges; boundary=";
    BOOST_REQUIRE(response.type().starts_with(start));
    auto const boundary = std::string(response.type().substr(start.size()));
    auto const body = joined(pieces(*std::get<Streamed>(response.body()).stream));
    BOOST_TEST(body == "\r\n--" + boundary +
                           "\r\nContent-Type: image/jpeg\r\nContent-Range: bytes 0-2/26\r\n\r\nabc"
                           "\r\n--" +
                           boundary +
                           "\r\nContent-Type: image/jpeg\r\nContent-Range: bytes 24-25/26\r\n\r\nyz"
                           "\r\n--" +
                           boundary + "--\r\n");
    BOOST_TEST(response.body_size().value() == body.size());
}

BOOST_AUTO_TEST_CASE(a_thousand_ranges_get_the_whole_file_once) {
    std::string ranges = "bytes=0-";
    for (int i = 0; i < 999; ++i)
        ranges += ",0-";
    auto const response = found("letters.jpg", FileRequest({{"Range", ranges}}));
    BOOST_TEST(status(response) == 200);
    BOOST_TEST(bytes(response).size() == 26u);
}

BOOST_AUTO_TEST_CASE(large_parts_are_streamed_in_small_pieces) {
    std::string const content(300'000, 'x');
    auto const body = multipart_ranges(std::string_view(content), content.size(), "text/plain",
                                       {{0, 200'000}, {250'000, 50'000}});
    auto const all = pieces(*body.stream);
    BOOST_TEST(joined(all).size() == body.size.value());
    for (auto const& piece : all)
        BOOST_TEST(piece.size() <= 66'000u);
    BOOST_TEST(all.size() >= 5u);
}

BOOST_AUTO_TEST_CASE(an_uploaded_image_is_shown_but_is_a_page_of_no_origin) {
    auto const response = found("letters.jpg", {}, Trust::uploads);
    BOOST_TEST(response.type() == "image/jpeg");
    BOOST_TEST(field(response, "Content-Disposition") == "");
    BOOST_TEST(field(response, "Cache-Control") == "public, max-age=3600");
    BOOST_TEST(response.fixed_lines().find("X-Content-Type-Options: nosniff\r\n") !=
               std::string_view::npos);
    BOOST_TEST(response.fixed_lines().find("default-src 'none'") != std::string_view::npos);
    BOOST_TEST(response.fixed_lines().find("sandbox\r\n") != std::string_view::npos);
}

BOOST_AUTO_TEST_CASE(any_other_upload_is_only_downloaded) {
    for (auto const name : {"evil.svg", "page.html", "css/main.css", "empty.txt"}) {
        for (auto const range : {"", "bytes=0-0,2-2", "bytes=9999-"}) {
            auto const request = *range ? FileRequest({{"Range", range}}) : FileRequest();
            auto const response = found(name, request, Trust::uploads);
            BOOST_TEST(field(response, "Content-Disposition") == "attachment");
            BOOST_TEST(response.type().find("html") == std::string_view::npos);
            BOOST_TEST(response.type().find("svg") == std::string_view::npos);
            BOOST_TEST(!response.fixed_lines().empty());
        }
        BOOST_TEST(found(name, {}, Trust::uploads).type() == unknown_media_type);
    }
}

BOOST_AUTO_TEST_SUITE_END()
