#include "net/support/talk.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <memory>
#include <random>
#include <vector>

using namespace blog::net;
namespace data = boost::unit_test::data;

namespace {

constexpr std::string_view get = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

std::string post(std::string_view body, std::string_view lines = {}) {
    return "POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n" + std::string(lines) + "\r\n" + std::string(body);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(connection)

BOOST_AUTO_TEST_CASE(answers_a_request_and_stays_open) {
    Talk talk;
    auto const answer = talk.say(get);
    BOOST_TEST(status_of(answer) == 200);
    BOOST_TEST(body_of(answer) == "GET /a");
    BOOST_TEST(has_line(answer, "Content-Length: 6"));
    BOOST_TEST(answer.find("Connection:") == answer.npos);
    BOOST_TEST(answer.find("\r\nDate: ") != answer.npos);
    BOOST_TEST(!talk.pipe->closed());
    BOOST_TEST(status_of(talk.say(get)) == 200);
}

BOOST_AUTO_TEST_CASE(an_idle_connection_owns_no_workspace) {
    Talk talk;
    talk.say(get);
    auto const* lent_before = talk.loop.workspaces.take().release();
    BOOST_TEST(lent_before != nullptr);
    BOOST_TEST(lent_before->in.capacity() > 0u);  // the one that the request had used
    delete lent_before;
}

BOOST_AUTO_TEST_CASE(answers_pipelined_requests_in_order) {
    auto const answer =
        ask(std::string(get) + post("1") + post("2") + "GET /b HTTP/1.1\r\nHost: x\r\n\r\n");
    BOOST_TEST(answers_in(answer) == 4u);
    auto const a = answer.find("GET /a"), one = answer.find("POST /p 1"),
               two = answer.find("POST /p 2"), b = answer.find("GET /b");
    BOOST_TEST((a < one && one < two && two < b && b != answer.npos));
}

BOOST_AUTO_TEST_CASE(answers_more_pipelined_requests_than_one_turn_takes) {
    std::string many;
    for (int i = 0; i < 500; ++i)
        many += get;
    BOOST_TEST(answers_in(ask(many)) == 500u);
}

BOOST_AUTO_TEST_CASE(a_request_may_be_split_at_every_byte) {
    std::string const chunked =
        "PUT /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        "3;a=\"b\"\r\nabc\r\nA\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\n";
    auto const whole = "\r\n" + std::string(get) + post("hello") + chunked + std::string(get);
    auto const expected = ask(whole);
    BOOST_TEST(answers_in(expected) == 4u);
    BOOST_TEST(expected.find("PUT /c abc0123456789") != expected.npos);
    for (std::size_t at = 1; at < whole.size(); ++at) {
        Talk talk;
        auto answer = talk.say(std::string_view(whole).substr(0, at));
        answer += talk.say(std::string_view(whole).substr(at));
        BOOST_TEST(answer == expected, "split at byte " << at);
    }
    Talk drip;
    std::string answer;
    for (char const c : whole)
        answer += drip.say(std::string_view(&c, 1));
    BOOST_TEST(answer == expected);
}

BOOST_AUTO_TEST_CASE(a_large_body_arrives_whole) {
    std::string body;
    for (int i = 0; i < 200'000; ++i)
        body += static_cast<char>(i * 7 % 251);
    Talk talk;
    auto const request = post(body);
    for (std::size_t at = 0; at < request.size(); at += 7'777)
        talk.say(std::string_view(request).substr(at, 7'777));
    BOOST_REQUIRE(talk.service.seen.size() == 1u);
    BOOST_TEST((talk.service.seen[0].body == body));
    BOOST_TEST(status_of(talk.say(get)) == 200);
}

BOOST_AUTO_TEST_CASE(what_follows_a_chunked_body_is_the_next_request) {
    Talk talk;
    talk.say("POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n");
    auto const answer = talk.say("2\r\nhi\r\n0\r\n\r\n" + std::string(get));
    BOOST_TEST(answers_in(answer) == 2u);
    BOOST_TEST(talk.service.seen.at(0).body == "hi");
    BOOST_TEST(talk.service.seen.at(1).path == "/a");
}

BOOST_AUTO_TEST_CASE(head_has_the_length_but_no_body) {
    for (auto const* path : {"/a", "/shared", "/sized", "/stream"}) {
        auto const request = "HEAD " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n\r\n";
        auto const answer = ask(request + request);
        BOOST_TEST(answers_in(answer) == 2u);
        BOOST_TEST(answer.ends_with("\r\n\r\n"));
    }
    BOOST_TEST(has_line(ask("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n"), "Content-Length: 7"));
    BOOST_TEST(has_line(ask("HEAD /sized HTTP/1.1\r\nHost: x\r\n\r\n"), "Content-Length: 30"));
}

BOOST_AUTO_TEST_CASE(answers_without_body_have_no_length) {
    for (auto const* path : {"/nothing", "/unchanged"}) {
        Talk talk;
        auto const answer = talk.say("GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n\r\n");
        BOOST_TEST(answer.find("Content-Length") == answer.npos);
        BOOST_TEST(answer.find("Transfer-Encoding") == answer.npos);
        BOOST_TEST(answer.ends_with("\r\n\r\n"));
        BOOST_TEST(!talk.pipe->closed());
    }
}

BOOST_AUTO_TEST_CASE(closes_when_the_client_asks) {
    Talk talk;
    auto const answer = talk.say("GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    BOOST_TEST(has_line(answer, "Connection: close"));
    BOOST_TEST(talk.pipe->closed());
}

BOOST_AUTO_TEST_CASE(reads_on_when_a_client_that_asked_to_close_has_sent_more) {
    Talk talk;
    talk.pipe->send("POST /a HTTP/1.0\r\n\r\n");  // a body without a length
    talk.pipe->send("body");
    talk.run();
    BOOST_TEST(talk.pipe->saw_end());
    BOOST_TEST(talk.pipe->unread() == 0u);
    BOOST_TEST(!talk.pipe->closed());
    talk.finish();
    BOOST_TEST(talk.pipe->closed());
}

BOOST_AUTO_TEST_CASE(serves_a_crowd) {
    Talk talk;
    std::vector<std::shared_ptr<Pipe>> crowd;
    for (int i = 0; i < 1100; ++i) {  // more than keep their coroutine
        talk.connect();
        crowd.push_back(talk.pipe);
    }
    for (int round = 0; round < 3; ++round) {
        for (auto const& pipe : crowd)
            pipe->send(get);
        talk.run();
        for (auto const& pipe : crowd)
            BOOST_REQUIRE(status_of(pipe->take_output()) == 200);
        BOOST_TEST(talk.loop.awake <= 1024u);
        talk.pass(round * 5);
    }
    for (auto const& pipe : crowd)
        pipe->finish();
    talk.run();
    BOOST_TEST(talk.loop.awake == 0u);
    BOOST_TEST(talk.loop.open == 1u);  // the one that Talk has made
}

BOOST_AUTO_TEST_CASE(http_1_0_closes_unless_asked_to_stay) {
    Talk closing;
    auto const answer = closing.say("GET /a HTTP/1.0\r\n\r\n");
    BOOST_TEST(status_of(answer) == 200);
    BOOST_TEST(has_line(answer, "Connection: close"));
    BOOST_TEST(closing.pipe->closed());

    Talk staying;
    BOOST_TEST(has_line(staying.say("GET /a HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"),
                        "Connection: keep-alive"));
    BOOST_TEST(!staying.pipe->closed());
}

BOOST_AUTO_TEST_CASE(a_client_that_has_finished_sending_is_still_answered) {
    Talk talk;
    talk.pipe->send(get);
    talk.pipe->finish();
    talk.run();
    BOOST_TEST(status_of(talk.pipe->output()) == 200);
    BOOST_TEST(talk.pipe->closed());
}

BOOST_AUTO_TEST_CASE(a_request_that_ends_early_is_told_so) {
    for (auto const* input :
         {"GET /a HT", "POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nabc",
          "POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"}) {
        auto const answer = ask(input);
        BOOST_TEST(status_of(answer) == 400);
        BOOST_TEST(has_line(answer, "Connection: close"));
    }
    BOOST_TEST(ask("") == "");
    BOOST_TEST(ask("\r\n") != "x");
}

BOOST_AUTO_TEST_CASE(a_refused_client_can_read_the_answer_before_the_end) {
    Talk talk;
    auto const answer = talk.say("BREW /coffee HTTP/1.1\r\nHost: x\r\n\r\n");
    BOOST_TEST(status_of(answer) == 400);
    BOOST_TEST(has_line(answer, "Connection: close"));
    BOOST_TEST(talk.pipe->saw_end());
    BOOST_TEST(!talk.pipe->closed());  // still reads what the client had on the way
    talk.say(std::string(100'000, 'x'));
    BOOST_TEST(talk.pipe->unread() == 0u);
    BOOST_TEST(talk.service.seen.empty());
    talk.finish();
    BOOST_TEST(talk.pipe->closed());
}

BOOST_AUTO_TEST_CASE(a_refused_client_that_never_closes_is_closed) {
    Talk talk;
    talk.say("BREW /coffee HTTP/1.1\r\nHost: x\r\n\r\n");
    talk.pass(static_cast<int>(talk.limits.linger_time.count()) + 1);
    BOOST_TEST(talk.pipe->closed());
}

// Expect: 100-continue

BOOST_AUTO_TEST_CASE(invites_a_body_that_has_not_come) {
    Talk talk;
    BOOST_TEST(talk.say("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
                        "Expect: 100-Continue\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
    auto const answer = talk.say("hi");
    BOOST_TEST(status_of(answer) == 200);
    BOOST_TEST(body_of(answer) == "POST /p hi");
}

BOOST_AUTO_TEST_CASE(invites_no_body_when_there_is_none_or_it_is_there) {
    constexpr auto expect = "Expect: 100-continue\r\n";
    BOOST_TEST(status_of(ask(post("hi", expect))) == 200);
    BOOST_TEST(status_of(ask(post("", expect))) == 200);
    BOOST_TEST(
        status_of(ask("POST /p HTTP/1.0\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\nhi")) ==
        200);
    Talk old;
    BOOST_TEST(old.say("POST /p HTTP/1.0\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n") ==
               "");
}

BOOST_AUTO_TEST_CASE(a_refused_body_is_not_invited) {
    Talk talk;
    BOOST_TEST(status_of(talk.say("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n"
                                  "Expect: 100-continue\r\n\r\n")) == 413);
    BOOST_TEST(status_of(ask("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
                             "Expect: 200-ok\r\n\r\n")) == 417);
}

// Limits: the last size that passes and the first that does not

BOOST_AUTO_TEST_CASE(the_head_has_a_limit) {
    Limits limits;
    limits.head_bytes_max = 300;
    auto const head = [](std::size_t size) {
        std::string const start = "GET / HTTP/1.1\r\nHost: x\r\nA: ";
        return start + std::string(size - start.size() - 4, 'a') + "\r\n\r\n";
    };
    BOOST_TEST(status_of(ask(head(300), limits)) == 200);
    BOOST_TEST(status_of(ask(head(301), limits)) == 431);
    BOOST_TEST(status_of(ask(head(100'000), limits)) == 431);
    auto const second = ask(std::string(get) + head(301), limits);  // and arrives at once
    BOOST_TEST(answers_in(second) == 2u);
    BOOST_TEST(second.find("HTTP/1.1 431") != second.npos);
}

BOOST_AUTO_TEST_CASE(the_default_head_limit_is_16_kib) {
    auto const head = [](std::size_t size) {
        std::string const start = "GET / HTTP/1.1\r\nHost: x\r\nA: ";
        return start + std::string(size - start.size() - 4, 'a') + "\r\n\r\n";
    };
    BOOST_TEST(status_of(ask(head(16'384))) == 200);
    BOOST_TEST(status_of(ask(head(16'385))) == 431);
    BOOST_TEST(answers_in(ask(head(16'384) + head(10'000) + std::string(get))) == 3u);
}

BOOST_AUTO_TEST_CASE(the_target_has_a_limit) {
    auto const request = [](std::size_t size) {
        return "GET /" + std::string(size - 1, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n";
    };
    BOOST_TEST(status_of(ask(request(8192))) == 200);
    BOOST_TEST(status_of(ask(request(8193))) == 414);
    BOOST_TEST(status_of(ask(request(100'000))) == 414);
    BOOST_TEST(status_of(ask("GET /" + std::string(9000, 'a'))) == 414);  // no line end in sight
}

BOOST_AUTO_TEST_CASE(the_number_of_fields_has_a_limit) {
    auto const request = [](int fields) {
        std::string text = "GET / HTTP/1.1\r\nHost: x\r\n";
        for (int i = 1; i < fields; ++i)
            text += "A: b\r\n";
        return text + "\r\n";
    };
    BOOST_TEST(status_of(ask(request(100))) == 200);
    BOOST_TEST(status_of(ask(request(101))) == 431);
}

BOOST_AUTO_TEST_CASE(the_body_has_a_limit) {
    Limits limits;
    limits.body_bytes_max = 50;
    auto const chunked = [](std::size_t first, std::size_t second) {
        auto const chunk = [](std::size_t size) {
            char line[32];
            std::snprintf(line, sizeof line, "%zx\r\n", size);
            return line + std::string(size, 'b') + "\r\n";
        };
        return "POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(first) +
               chunk(second) + "0\r\n\r\n";
    };
    BOOST_TEST(status_of(ask(post(std::string(50, 'b')), limits)) == 200);
    BOOST_TEST(status_of(ask(post(std::string(51, 'b')), limits)) == 413);
    BOOST_TEST(status_of(ask(chunked(20, 30), limits)) == 200);
    BOOST_TEST(status_of(ask(chunked(20, 31), limits)) == 413);
    BOOST_TEST(status_of(ask(chunked(51, 1), limits)) == 413);
}

// Time

BOOST_AUTO_TEST_CASE(an_idle_connection_is_closed_without_a_word) {
    Talk talk;
    talk.say(get);
    talk.pass(75);
    BOOST_TEST(!talk.pipe->closed());
    talk.pass(2);
    BOOST_TEST(talk.pipe->closed());
    BOOST_TEST(talk.pipe->output() == "");
}

BOOST_AUTO_TEST_CASE(a_client_is_served_however_long_it_thinks) {
    Talk talk;
    for (int const seconds : {0, 1, 2, 3, 4, 30, 74}) {
        talk.pass(seconds);
        BOOST_TEST(status_of(talk.say(get)) == 200, "after " << seconds << " seconds");
    }
}

BOOST_AUTO_TEST_CASE(a_short_idle_limit_holds_too) {
    Limits limits;
    limits.idle_time = std::chrono::seconds(1);
    Talk talk(limits);
    talk.say(get);
    talk.pass(1);
    BOOST_TEST(!talk.pipe->closed());
    talk.pass(1);
    BOOST_TEST(talk.pipe->closed());
}

BOOST_AUTO_TEST_CASE(a_connection_that_never_says_anything_is_closed) {
    Talk talk;
    talk.pass(31);
    BOOST_TEST(talk.pipe->closed());
    BOOST_TEST(talk.pipe->output() == "");
}

BOOST_AUTO_TEST_CASE(a_head_must_come_in_time_however_it_trickles) {
    Talk talk;
    std::string answer = talk.say("GET / HTTP/1.1\r\n");
    for (int second = 0; second < 32 && answer.empty(); ++second) {
        talk.pass(1);
        answer = talk.pipe->take_output() + talk.say("A: b\r\n");
    }
    BOOST_TEST(status_of(answer) == 408);
    BOOST_TEST(talk.pipe->saw_end());
}

BOOST_AUTO_TEST_CASE(a_body_may_be_slow_but_not_stop) {
    Talk talk;
    talk.say("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n");
    for (char const c : std::string_view("abc")) {
        talk.pass(29);
        BOOST_TEST(talk.say(std::string_view(&c, 1)) == "");
    }
    talk.pass(31);
    BOOST_TEST(status_of(talk.pipe->output()) == 408);
}

BOOST_AUTO_TEST_CASE(a_client_that_does_not_read_is_cut) {
    Talk talk;
    talk.pipe->accept(1000);
    talk.say("GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
    talk.pass(29);
    talk.pipe->accept(1000);
    talk.run();
    talk.pass(30);
    BOOST_TEST(!talk.pipe->closed());
    talk.pass(1);
    BOOST_TEST(talk.pipe->closed());
}

// Bodies of answers

BOOST_AUTO_TEST_CASE(a_slow_reader_gets_everything) {
    for (auto const* path : {"/big", "/file", "/stream", "/sized", "/shared"}) {
        Talk talk;
        talk.service.file = "##" + std::string(300'000, 'f');
        auto const request = "GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n\r\n";
        auto const expected = talk.say(request);
        talk.pipe->accept(0);
        std::string answer = talk.say(request);
        for (std::size_t step = 1; answer.size() < expected.size(); step = step * 3 % 65'537) {
            talk.pipe->accept(step);
            talk.run();
            answer += talk.pipe->take_output();
        }
        BOOST_TEST((answer == expected), path);
        talk.pipe->accept(1'000'000);
        BOOST_TEST(status_of(talk.say(get)) == 200);
    }
}

BOOST_AUTO_TEST_CASE(a_file_is_sent_from_its_offset) {
    Talk talk;
    talk.service.file = "##" + std::string(100'000, 'f');
    auto const answer = talk.say("GET /file HTTP/1.1\r\nHost: x\r\n\r\n");
    BOOST_TEST(has_line(answer, "Content-Length: 100000"));
    BOOST_TEST((body_of(answer) == std::string(100'000, 'f')));
}

BOOST_AUTO_TEST_CASE(an_empty_file_is_an_answer) {
    Talk talk;
    talk.service.file = "##";
    auto const answer = talk.say("GET /file HTTP/1.1\r\nHost: x\r\n\r\n");
    BOOST_TEST(has_line(answer, "Content-Length: 0"));
    BOOST_TEST(answer.ends_with("\r\n\r\n"));
}

BOOST_AUTO_TEST_CASE(a_stream_is_chunked) {
    auto const answer = ask("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
    BOOST_TEST(has_line(answer, "Transfer-Encoding: chunked"));
    BOOST_TEST(answer.find("Content-Length") == answer.npos);
    BOOST_TEST(body_of(answer) ==
               "a\r\naaaaaaaaaa\r\na\r\nbbbbbbbbbb\r\na\r\ncccccccccc\r\n0\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(a_stream_of_known_size_is_not_chunked) {
    auto const answer = ask("GET /sized HTTP/1.1\r\nHost: x\r\n\r\n");
    BOOST_TEST(has_line(answer, "Content-Length: 30"));
    BOOST_TEST(body_of(answer) == "aaaaaaaaaabbbbbbbbbbcccccccccc");
}

BOOST_AUTO_TEST_CASE(a_stream_to_http_1_0_ends_with_the_connection) {
    Talk talk;
    auto const answer = talk.say("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    BOOST_TEST(has_line(answer, "Connection: close"));
    BOOST_TEST(body_of(answer) == "aaaaaaaaaabbbbbbbbbbcccccccccc");
    talk.finish();
    BOOST_TEST(talk.pipe->closed());
}

BOOST_AUTO_TEST_CASE(a_stream_that_breaks_off_cuts_the_connection) {
    for (auto const* path : {"/broken", "/short", "/long"}) {
        Talk talk;
        auto const answer = talk.say("GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n\r\n");
        BOOST_TEST(!answer.ends_with("0\r\n\r\n"));
        BOOST_TEST(talk.pipe->closed());
    }
}

BOOST_AUTO_TEST_CASE(a_stream_is_not_asked_before_the_client_reads) {
    Talk talk;
    talk.pipe->accept(25'000);
    CountedStream::asked = 0;
    talk.say("GET /endless HTTP/1.1\r\nHost: x\r\n\r\n");
    BOOST_TEST(CountedStream::asked == 3u);
}

BOOST_AUTO_TEST_CASE(a_long_stream_does_not_starve_others) {
    Talk talk;
    talk.pipe->send("GET /endless HTTP/1.1\r\nHost: x\r\n\r\n");
    auto const first = talk.pipe;
    for (int i = 0; i < 20; ++i)
        talk.io.poll_one();
    BOOST_TEST(first->output().size() > 0u);
    BOOST_TEST(first->output().size() < 1'000'000u);
    talk.run();
    BOOST_TEST(first->output().size() > 10'000'000u);
}

BOOST_AUTO_TEST_CASE(the_memory_of_one_answer_serves_the_next) {
    Talk talk;
    talk.say(
        "GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /wide/enough/to/need/memory/of/its/own HTTP/1.1\r\n"
        "Host: x\r\n\r\nGET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    BOOST_REQUIRE(talk.service.capacities.size() == 3u);
    BOOST_TEST(talk.service.capacities[2] > talk.service.capacities[0]);
}

// Failures

BOOST_AUTO_TEST_CASE(an_exception_of_the_service_is_a_500) {
    Talk talk;
    auto const answer = talk.say("GET /throw HTTP/1.1\r\nHost: x\r\n\r\n");
    BOOST_TEST(status_of(answer) == 500);
    BOOST_TEST(has_line(answer, "Connection: close"));
    talk.connect();
    BOOST_TEST(status_of(talk.say(get)) == 200);
}

BOOST_AUTO_TEST_CASE(a_client_that_vanishes_ends_its_connection_alone) {
    Talk talk;
    talk.pipe->accept(100);
    talk.say("GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
    talk.pipe->vanish();
    talk.run();
    BOOST_TEST(talk.pipe->closed());
    BOOST_TEST(talk.loop.open == 0u);
}

BOOST_AUTO_TEST_CASE(writes_a_line_in_the_access_log_for_every_answer) {
    Talk talk;
    talk.say(get);
    talk.say("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n");
    talk.say("what is this\r\n\r\n");
    auto const& log = talk.service.logged;
    BOOST_REQUIRE(log.size() == 3u);
    BOOST_TEST(log[0].method == "GET");
    BOOST_TEST(log[0].bytes == 6u);
    BOOST_TEST(log[1].method == "HEAD");
    BOOST_TEST(log[1].bytes == 0u);
    BOOST_TEST(log[2].method == "-");
    BOOST_TEST((log[2].status == Status::bad_request));
}

// Draining

BOOST_AUTO_TEST_CASE(a_drain_closes_idle_connections) {
    Talk talk;
    talk.say(get);
    talk.loop.draining = true;
    close_idle(talk.loop);
    talk.run();
    BOOST_TEST(talk.pipe->closed());
}

BOOST_AUTO_TEST_CASE(a_drain_closes_connections_that_have_been_idle_for_long) {
    Talk talk;
    talk.say(get);
    talk.pass(10);
    talk.loop.draining = true;
    close_idle(talk.loop);
    talk.run();
    BOOST_TEST(talk.pipe->closed());
    BOOST_TEST(talk.loop.channels.empty());
}

BOOST_AUTO_TEST_CASE(a_drain_lets_a_busy_connection_answer) {
    Talk talk;
    talk.say("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
    talk.loop.draining = true;
    close_idle(talk.loop);
    talk.run();
    BOOST_TEST(!talk.pipe->closed());
    talk.service.open_gate();
    talk.run();
    BOOST_TEST(body_of(talk.pipe->output()) == "GET /wait");
    BOOST_TEST(has_line(talk.pipe->output(), "Connection: close"));
    talk.finish();
    BOOST_TEST(talk.pipe->closed());
}

BOOST_AUTO_TEST_CASE(a_drain_answers_a_request_that_has_just_arrived) {
    Talk talk;
    talk.pipe->send(get);
    talk.loop.draining = true;
    close_idle(talk.loop);
    talk.run();
    BOOST_TEST(has_line(talk.pipe->output(), "Connection: close"));
}

BOOST_AUTO_TEST_CASE(cutting_ends_what_a_drain_has_waited_for) {
    Talk talk;
    talk.say("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n");
    BOOST_TEST(cut_all(talk.loop));
    talk.run();
    BOOST_TEST(talk.pipe->closed());
    talk.connect();
    BOOST_TEST(!cut_all(talk.loop));  // idle: nothing is lost
}

BOOST_AUTO_TEST_CASE(garbage_never_harms) {
    std::mt19937 random(20260607);
    std::string_view const words[] = {"GET ",
                                      "POST ",
                                      "/",
                                      " HTTP/1.1",
                                      "\r\n",
                                      "\r\n\r\n",
                                      "Host: x",
                                      "Content-Length: ",
                                      "5",
                                      "Transfer-Encoding: chunked",
                                      "0\r\n\r\n",
                                      "\n",
                                      ": ",
                                      "\r",
                                      "%",
                                      "\xff",
                                      "Expect: 100-continue",
                                      " ",
                                      "Connection: ",
                                      "close",
                                      "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
                                      "3\r\nabc\r\n"};
    for (int round = 0; round < 3000; ++round) {
        Talk talk;
        std::string all;
        for (unsigned i = 0, count = random() % 30; i < count; ++i) {
            std::string piece;
            if (random() % 4 == 0)
                piece = static_cast<char>(random());
            else
                piece = words[random() % std::size(words)];
            all += piece;
            talk.say(piece);
        }
        talk.finish();
        BOOST_TEST(talk.pipe->closed(), "not closed after: " << all);
        for (auto const& line : talk.service.logged)
            BOOST_TEST(static_cast<int>(line.status) / 100 != 5, "5xx after: " << all);
    }
}

BOOST_AUTO_TEST_SUITE_END()
