#include "answer_reader.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

using blog::bench::AnswerReader;
namespace data = boost::unit_test::data;

namespace {

std::string const ok = "HTTP/1.1 200 OK\r\n";

struct Case {
    std::string answer;
    int status;
    bool to_head = false;
};
std::ostream& operator<<(std::ostream& out, Case const& c) {
    return out << c.answer.substr(0, 80);
}

Case const answers[] = {
    {ok + "Content-Length: 5\r\n\r\nhello", 200},
    {ok + "content-length:5 \r\nX: y\r\n\r\nhello", 200},
    {ok + "Content-Length: 0\r\n\r\n", 200},
    {ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nA;x=1\r\n0123456789\r\n0\r\n\r\n", 200},
    {ok + "Transfer-Encoding: chunked\r\n\r\n0\r\nTrailer: x\r\n\r\n", 200},
    {ok + "Content-Length: 5\r\n\r\n", 200, true},
    {ok + "Transfer-Encoding: chunked\r\n\r\n", 200, true},
    {"HTTP/1.1 204 No Content\r\n\r\n", 204},
    {"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", 304},
    {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 1\r\n\r\nx", 201},
};

Case const broken[] = {
    {"HTTP/2 200\r\n\r\n", 0},
    {"hello\r\n\r\n", 0},
    {ok + "Content-Length: many\r\n\r\n", 0},
    {ok + "Transfer-Encoding: chunked\r\n\r\nhello\r\n", 0},
    {ok + std::string(100'000, 'x'), 0},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(answer_reader)

BOOST_DATA_TEST_CASE(finds_the_end_of_an_answer, data::make(answers), sample) {
    AnswerReader reader;
    reader.expect(sample.to_head);
    BOOST_TEST(reader.take(sample.answer + "rest") == sample.answer.size());
    BOOST_TEST(reader.done());
    BOOST_TEST(reader.keep_alive());
    BOOST_TEST(reader.status() == sample.status);
}

BOOST_DATA_TEST_CASE(wherever_the_pieces_are_cut, data::make(answers), sample) {
    for (std::size_t cut = 1; cut < sample.answer.size(); ++cut) {
        AnswerReader reader;
        reader.expect(sample.to_head);
        BOOST_REQUIRE_EQUAL(reader.take(sample.answer.substr(0, cut)), cut);
        BOOST_REQUIRE(!reader.done() && !reader.broken());
        auto const rest = sample.answer.substr(cut);
        BOOST_REQUIRE_EQUAL(reader.take(rest + "rest"), rest.size());
        BOOST_REQUIRE(reader.done());
        BOOST_REQUIRE_EQUAL(reader.status(), sample.status);
    }
}

BOOST_DATA_TEST_CASE(byte_by_byte_and_one_after_the_other, data::make(answers), sample) {
    AnswerReader reader;
    for (int i = 0; i < 3; ++i) {
        reader.expect(sample.to_head);
        for (char const byte : sample.answer)
            BOOST_REQUIRE_EQUAL(reader.take({&byte, 1}), 1u);
        BOOST_REQUIRE(reader.done());
    }
}

BOOST_DATA_TEST_CASE(sees_what_is_no_answer, data::make(broken), sample) {
    AnswerReader reader;
    reader.expect(false);
    reader.take(sample.answer);
    BOOST_TEST(reader.broken());
}

BOOST_AUTO_TEST_CASE(a_body_without_a_length_ends_with_the_connection) {
    AnswerReader reader;
    reader.expect(false);
    reader.take(ok + "\r\nhello");
    BOOST_TEST(!reader.done());
    reader.close();
    BOOST_TEST(reader.done());
    BOOST_TEST(!reader.keep_alive());
}

BOOST_AUTO_TEST_CASE(a_connection_that_ends_too_soon_breaks_the_answer) {
    AnswerReader reader;
    reader.expect(false);
    reader.take(ok + "Content-Length: 5\r\n\r\nhell");
    reader.close();
    BOOST_TEST(reader.broken());
}

BOOST_AUTO_TEST_CASE(knows_whether_the_connection_stays) {
    auto const stays = [](std::string const& head) {
        AnswerReader reader;
        reader.expect(true);
        reader.take(head + "\r\n");
        BOOST_REQUIRE(reader.done());
        return reader.keep_alive();
    };
    BOOST_TEST(stays(ok));
    BOOST_TEST(!stays(ok + "Connection: Close\r\n"));
    BOOST_TEST(!stays("HTTP/1.0 200 OK\r\n"));
    BOOST_TEST(stays("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n"));
}

BOOST_AUTO_TEST_SUITE_END()
