#include "net/response.hpp"

#include "net/request.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace blog::net;
using std::string_literals::operator""s;

namespace {

std::string head_of(Response const& response, HeadOptions options = {}) {
    options.date = "Sun, 06 Nov 1994 08:49:37 GMT";
    std::string out;
    append_head(response, options, out);
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(response)

BOOST_AUTO_TEST_CASE(writes_a_head) {
    Response answer(Status::ok, "hello"s, "text/plain");
    answer.header("ETag", "\"1\"");
    answer.set_fixed_lines("X-Content-Type-Options: nosniff\r\n");
    BOOST_TEST(
        head_of(answer) ==
        "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: text/plain\r\n"
        "Content-Length: 5\r\nETag: \"1\"\r\nX-Content-Type-Options: nosniff\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(says_how_the_connection_goes_on) {
    Response const answer(Status::ok, "x"s, "text/plain");
    HeadOptions close, stay;
    close.keep_alive = false;
    close.http_1_0 = stay.http_1_0 = true;
    BOOST_TEST(head_of(answer, close).ends_with("\r\nConnection: close\r\n\r\n"));
    BOOST_TEST(head_of(answer, stay).ends_with("\r\nConnection: keep-alive\r\n\r\n"));
    BOOST_TEST(head_of(answer).find("Connection") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_empty_body_has_the_length_nought) {
    BOOST_TEST(head_of(Response(Status::ok)).find("Content-Length: 0\r\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(answers_that_never_have_a_body_have_no_length) {
    for (auto const status : {Status::no_content, Status::not_modified})
        BOOST_TEST(head_of(Response(status)).find("Content-Length") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_value_cannot_start_a_line) {
    auto const answer = Response(Status::ok).header("Location", "/a\r\nSet-Cookie: b\n\0c"s);
    auto const head = head_of(answer);
    BOOST_TEST(head.find("\r\nLocation: /a  Set-Cookie: b  c\r\n") != std::string::npos);
    BOOST_TEST(head.find("\nSet-Cookie") == std::string::npos);
    BOOST_TEST(head.find('\0') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(knows_the_size_of_every_kind_of_body) {
    BOOST_TEST(Response(Status::ok, "abc"s, "t").body_size().value() == 3u);
    BOOST_TEST(Response(Status::ok, SharedBytes{nullptr, "abcd"}, "t").body_size().value() == 4u);
    BOOST_TEST(Response(Status::ok, FileSlice{{}, 7, 1u << 20}, "t").body_size().value() ==
               1u << 20);
    BOOST_TEST(Response(Status::ok, Streamed{nullptr, 9}, "t").body_size().value() == 9u);
    BOOST_TEST(!Response(Status::ok, Streamed{nullptr, {}}, "t").body_size());
}

BOOST_AUTO_TEST_CASE(every_status_has_a_reason) {
    for (int code = 0; code < 1000; ++code) {
        auto const text = reason(static_cast<Status>(code));
        if (!text.empty())
            BOOST_TEST(head_of(Response(static_cast<Status>(code)))
                           .starts_with("HTTP/1.1 " + std::to_string(code) + " " +
                                        std::string(text) + "\r\n"));
    }
    BOOST_TEST(reason(Status::not_found) == "Not Found");
}

BOOST_AUTO_TEST_CASE(a_request_finds_fields_without_case) {
    HeaderView const fields[] = {{"Accept", "a"}, {"ACCEPT", "b"}, {"X-Empty", ""}};
    Request::Parts parts;
    parts.headers = fields;
    Request const request(parts);
    BOOST_TEST(request.header("accept") == "a");
    BOOST_TEST(request.header("Accep") == "");
    BOOST_TEST(request.has_header("x-empty"));
    BOOST_TEST(!request.has_header("x-other"));
}

BOOST_AUTO_TEST_CASE(methods_have_their_names) {
    BOOST_TEST(to_string(Method::get) == "GET");
    BOOST_TEST(to_string(Method::del) == "DELETE");
    BOOST_TEST(to_string(Method::trace) == "TRACE");
}

BOOST_AUTO_TEST_SUITE_END()
