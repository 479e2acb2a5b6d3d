#include "net/finished.hpp"

#include "net/response.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>

using namespace blog::net;

namespace {

constexpr std::string_view lines = "Cache-Control: no-cache\r\nVary: Accept-Encoding\r\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(finished)

BOOST_AUTO_TEST_CASE(has_every_byte_ready) {
    Finished const answer("text/plain", Coding::identity, "\"abc\"", lines, "hello");
    BOOST_TEST(answer.whole() ==
               "Content-Type: text/plain\r\nContent-Length: 5\r\nETag: \"abc\"\r\n"
               "Cache-Control: no-cache\r\nVary: Accept-Encoding\r\n\r\nhello");
    BOOST_TEST(std::string(answer.head()) + "hello" == answer.whole());
    BOOST_TEST(answer.body() == "hello");
    BOOST_TEST(answer.etag() == "\"abc\"");
    BOOST_TEST(answer.lines() == lines);
    BOOST_TEST(answer.type() == "text/plain");
}

BOOST_AUTO_TEST_CASE(a_304_repeats_the_validator_and_the_lines_only) {
    Finished const answer("text/plain", Coding::gzip, "\"abc-gzip\"", lines, "packed");
    BOOST_TEST(answer.not_modified() ==
               "ETag: \"abc-gzip\"\r\nCache-Control: no-cache\r\nVary: Accept-Encoding\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(names_its_coding) {
    for (auto const coding : {Coding::gzip, Coding::brotli}) {
        Finished const answer("text/plain", coding, "\"1\"", lines, "packed");
        BOOST_TEST(answer.head().find("Content-Encoding: " + std::string(to_string(coding)) +
                                      "\r\n") != std::string_view::npos);
        BOOST_TEST(answer.body() == "packed");
        BOOST_TEST(answer.lines() == lines);
    }
    Finished const plain("text/plain", Coding::identity, "\"1\"", lines, "");
    BOOST_TEST(plain.whole().find("Content-Encoding") == std::string_view::npos);
    BOOST_TEST(plain.whole().find("Content-Length: 0\r\n") != std::string_view::npos);
    BOOST_TEST(plain.body().empty());
}

BOOST_AUTO_TEST_CASE(is_empty_of_lines_when_it_has_none) {
    Finished const answer("t/p", Coding::identity, "\"1\"", "", "x");
    BOOST_TEST(answer.lines().empty());
    BOOST_TEST(answer.not_modified() == "ETag: \"1\"\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(knows_its_memory) {
    std::string const body(100'000, 'x');
    Finished const answer("text/plain", Coding::identity, etag_of(body), lines, body);
    BOOST_TEST(answer.memory_bytes() >= answer.whole().size() + sizeof answer);
    BOOST_TEST(answer.memory_bytes() < body.size() + 1000);
}

BOOST_AUTO_TEST_CASE(comes_after_the_lines_that_differ_each_time) {
    auto const kept =
        std::make_shared<Finished const>("text/plain", Coding::identity, "\"1\"", lines, "hello");
    Response answer(Status::not_modified, kept, kept->type());
    answer.set_fixed_lines("Strict-Transport-Security: max-age=1\r\n");
    HeadOptions options{.date = "Sun, 06 Nov 1994 08:49:37 GMT", .keep_alive = false};
    std::string out;
    append_head(answer, options, out);
    BOOST_TEST(out ==
               "HTTP/1.1 304 Not Modified\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
               "Strict-Transport-Security: max-age=1\r\nConnection: close\r\n");
    BOOST_TEST(answer.body_size().value() == 5u);
}

BOOST_AUTO_TEST_CASE(a_tag_tells_bodies_apart_and_is_the_same_after_a_restart) {
    BOOST_TEST(etag_of("") == "\"99aa06d3014798d86001c324468d497f\"");
    BOOST_TEST(etag_of("hello") == "\"b5e9c1ad071b3e7fc779cfaa5e523818\"");
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i)
        seen.insert(etag_of("text " + std::to_string(i)));
    BOOST_TEST(seen.size() == 1000u);
}

BOOST_AUTO_TEST_CASE(a_coding_has_a_tag_of_its_own) {
    BOOST_TEST(with_coding("\"abc\"", Coding::identity) == "\"abc\"");
    BOOST_TEST(with_coding("\"abc\"", Coding::gzip) == "\"abc-gzip\"");
    BOOST_TEST(with_coding("\"abc\"", Coding::brotli) == "\"abc-br\"");
}

BOOST_AUTO_TEST_SUITE_END()
