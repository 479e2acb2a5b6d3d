// Answers that are ready: they go out without a coroutine and without the handler.
#include "net/support/talk.hpp"

#include <boost/test/unit_test.hpp>

#include <cstring>
#include <memory>
#include <vector>

using namespace blog::net;

namespace {

constexpr std::string_view get = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr std::string_view get_ready = "GET /ready HTTP/1.1\r\nHost: x\r\n\r\n";

std::string post(std::string_view body) {
    return "POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + std::string(body);
}

std::string repeated(std::string_view text, int count) {
    std::string out;
    for (int i = 0; i < count; ++i)
        out += text;
    return out;
}

// Whether the connection has given back the workspace that it had.
bool workspace_is_back(Talk& talk) {
    auto lent = talk.loop.workspaces.take();
    bool const used = lent->in.capacity() > 0;
    talk.loop.workspaces.give_back(std::move(lent));
    return used;
}

// A kept answer of so many bytes in place of the short one.
void keep_long_answer(Talk& talk, std::size_t bytes) {
    talk.service.kept = std::make_shared<Finished const>(
        "text/plain", Coding::identity, "\"long\"", "X-Line: yes\r\n", std::string(bytes, 'k'));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ready_answers)

BOOST_AUTO_TEST_CASE(a_ready_answer_goes_out_whole) {
    Talk talk;
    talk.loop.date.refresh(blog::SysTime(std::chrono::seconds(784'111'777)));
    for (int times = 0; times < 3; ++times)
        BOOST_TEST(talk.say(get_ready) ==
                   "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                   "Content-Type: text/plain\r\nContent-Length: 5\r\nETag: \"tag\"\r\n"
                   "X-Line: yes\r\n\r\nready");
    BOOST_TEST(talk.service.ready_answers == 3u);
    BOOST_TEST(talk.service.seen.empty());
    BOOST_TEST(!talk.pipe->closed());
    BOOST_TEST(workspace_is_back(talk));
    BOOST_REQUIRE(talk.service.logged.size() == 3u);
    BOOST_TEST(talk.service.logged[0].method == "GET");
    BOOST_TEST(talk.service.logged[0].bytes == 5u);
}

BOOST_AUTO_TEST_CASE(head_gets_the_head_of_a_ready_answer) {
    Talk talk;
    auto const request = "HEAD /ready HTTP/1.1\r\nHost: x\r\n\r\n";
    auto const answer = talk.say(request);
    BOOST_TEST(status_of(answer) == 200);
    BOOST_TEST(has_line(answer, "Content-Length: 5"));
    BOOST_TEST(has_line(answer, "ETag: \"tag\""));
    BOOST_TEST(answer.ends_with("\r\n\r\n"));
    BOOST_TEST(talk.service.logged.at(0).bytes == 0u);
    BOOST_TEST(answers_in(talk.say(repeated(request, 3))) == 3u);
}

BOOST_AUTO_TEST_CASE(a_ready_304_has_neither_length_nor_body) {
    Talk talk;
    talk.service.kept_status = Status::not_modified;
    auto const answer = talk.say(get_ready);
    BOOST_TEST(status_of(answer) == 304);
    BOOST_TEST(has_line(answer, "ETag: \"tag\""));
    BOOST_TEST(has_line(answer, "X-Line: yes"));
    BOOST_TEST(answer.find("Content-") == answer.npos);
    BOOST_TEST(answer.ends_with("\r\n\r\n"));
    BOOST_TEST(talk.service.logged.at(0).bytes == 0u);
}

BOOST_AUTO_TEST_CASE(http_1_0_is_told_that_a_ready_answer_leaves_the_connection_open) {
    Talk talk;
    auto const answer = talk.say("GET /ready HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    BOOST_TEST(has_line(answer, "Connection: keep-alive"));
    BOOST_TEST(talk.service.ready_answers == 1u);
    BOOST_TEST(!talk.pipe->closed());
}

BOOST_AUTO_TEST_CASE(the_last_request_of_a_connection_is_the_handlers) {
    for (auto const* request : {"GET /ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                                "GET /ready HTTP/1.0\r\n\r\n"}) {
        Talk talk;
        auto const answer = talk.say(std::string(get_ready) + request);
        BOOST_TEST(answers_in(answer) == 2u);
        BOOST_TEST(answer.find("\r\nConnection: close\r\n") != answer.npos);
        BOOST_TEST(answer.ends_with("GET /ready"));
        BOOST_TEST(talk.service.ready_answers == 1u);
        BOOST_TEST(talk.pipe->closed());
    }
}

BOOST_AUTO_TEST_CASE(only_a_request_without_a_body_is_asked_about) {
    Talk talk;
    for (auto const* body : {"Content-Length: 2\r\n\r\nhi",
                             "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"}) {
        auto const answer = talk.say("GET /ready HTTP/1.1\r\nHost: x\r\n" + std::string(body));
        BOOST_TEST(body_of(answer) == "GET /ready hi");
    }
    BOOST_TEST(talk.service.ready_answers == 0u);
    BOOST_TEST(body_of(talk.say(get_ready)) == "ready");
}

BOOST_AUTO_TEST_CASE(ready_answers_may_be_pipelined) {
    Talk talk;
    auto const once = talk.say(get_ready);
    for (int const count : {2, 3, 16})
        BOOST_TEST(talk.say(repeated(get_ready, count)) == repeated(once, count));
    for (int const count : {17, 33, 500})  // others have their turn in between
        BOOST_TEST(answers_in(talk.say(repeated(get_ready, count))) ==
                   static_cast<std::size_t>(count));
    BOOST_TEST(body_of(talk.say(get_ready)) == "ready");
}

BOOST_AUTO_TEST_CASE(ready_answers_keep_their_place_among_others) {
    Talk talk;
    std::string const wait = "GET /wait HTTP/1.1\r\nHost: x\r\n\r\n";
    auto answer = talk.say(std::string(get_ready) + std::string(get) + std::string(get_ready) +
                           post("body") + std::string(get_ready) + wait + std::string(get_ready));
    BOOST_TEST(answers_in(answer) == 5u);  // the rest waits for the one that waits
    talk.service.open_gate();
    talk.run();
    answer += talk.pipe->take_output();
    BOOST_TEST(answers_in(answer) == 7u);
    std::size_t at = 0;
    for (auto const* piece :
         {"ready", "GET /a", "ready", "POST /p body", "ready", "GET /wait", "ready"}) {
        at = answer.find("\r\n\r\n", at);
        BOOST_REQUIRE(at != answer.npos);
        at = answer.find(piece, at);
        BOOST_REQUIRE_MESSAGE(at != answer.npos, piece);
    }
    BOOST_TEST(body_of(talk.say(get_ready)) == "ready");
}

BOOST_AUTO_TEST_CASE(requests_for_ready_answers_may_be_split_at_every_byte) {
    auto const whole = "\r\n" + std::string(get_ready) + std::string(get) +
                       "HEAD /ready HTTP/1.1\r\nHost: x\r\nA: b\r\n\r\n" + post("hello") +
                       std::string(get_ready);
    // Whether a request behind another one is answered by the handler depends on how they come.
    auto const expect_all = [](std::string const& answer, std::string const& how) {
        std::size_t at = 0;
        for (auto const* body : {"ready", "GET /a", "", "POST /p hello", "ready"}) {
            BOOST_REQUIRE_MESSAGE(answer.compare(at, 12, "HTTP/1.1 200") == 0, how);
            at = answer.find("\r\n\r\n", at) + 4;
            if (*body == 'r' && answer.compare(at, 5, "GET /") == 0) at += 5;
            BOOST_REQUIRE_MESSAGE(answer.compare(at, std::strlen(body), body) == 0, how);
            at += std::strlen(body);
        }
        BOOST_TEST(at == answer.size(), how);
    };
    for (std::size_t at = 1; at < whole.size(); ++at) {
        Talk talk;
        auto answer = talk.say(std::string_view(whole).substr(0, at));
        answer += talk.say(std::string_view(whole).substr(at));
        expect_all(answer, "split at byte " + std::to_string(at));
    }
    Talk drip;
    std::string answer;
    for (char const c : whole)
        answer += drip.say(std::string_view(&c, 1));
    expect_all(answer, "byte by byte");
    BOOST_TEST(drip.service.ready_answers == 3u);
}

BOOST_AUTO_TEST_CASE(who_sends_a_head_slowly_has_no_workspace) {
    Talk talk;
    talk.say("GET /ready HTTP/1.1\r\nHo");
    BOOST_TEST(workspace_is_back(talk));
    BOOST_TEST(talk.say("st: x\r\n") == "");
    BOOST_TEST(workspace_is_back(talk));
    BOOST_TEST(body_of(talk.say("\r\n")) == "ready");
}

BOOST_AUTO_TEST_CASE(a_slow_reader_gets_all_of_a_ready_answer) {
    for (std::size_t const first : {0u, 1u, 20u, 150u, 100'000u}) {
        Talk talk;
        keep_long_answer(talk, 300'000);
        auto const expected = talk.say(get_ready);
        talk.pipe->accept(first);
        auto answer = talk.say(get_ready);
        BOOST_TEST(answer.size() == first);
        BOOST_TEST(workspace_is_back(talk));
        BOOST_TEST(talk.service.logged.size() == 1u);
        for (std::size_t step = 1; answer.size() < expected.size(); step = step * 3 % 65'537) {
            talk.pipe->accept(step);
            talk.run();
            answer += talk.pipe->take_output();
        }
        BOOST_TEST((answer == expected), "after " << first);
        BOOST_REQUIRE(talk.service.logged.size() == 2u);
        BOOST_TEST(talk.service.logged[1].bytes == 300'000u);
        talk.pipe->accept(1'000'000);
        BOOST_TEST((talk.say(get_ready) == expected));
    }
}

BOOST_AUTO_TEST_CASE(a_parked_answer_outlives_the_cache) {
    Talk talk;
    keep_long_answer(talk, 300'000);
    talk.pipe->accept(1000);
    talk.pipe->send(get_ready);
    talk.run();
    talk.service.kept.reset();
    talk.pipe->accept(1'000'000);
    talk.run();
    BOOST_TEST((body_of(talk.pipe->output()) == std::string(300'000, 'k')));
}

BOOST_AUTO_TEST_CASE(what_a_slow_reader_asks_meanwhile_has_its_turn) {
    Talk talk;
    keep_long_answer(talk, 100'000);
    talk.pipe->accept(1000);
    auto answer = talk.say(std::string(get_ready) + std::string(get) + std::string(get_ready) +
                           "GET /b HTTP/1.1\r\nHo");
    talk.pipe->send("st: x\r\n\r\n");
    talk.run();
    BOOST_TEST(answers_in(answer) == 1u);
    BOOST_TEST(talk.service.seen.empty());
    for (int i = 0; i < 300; ++i) {
        talk.pipe->accept(1000);
        talk.run();
    }
    answer += talk.pipe->take_output();
    BOOST_TEST(answers_in(answer) == 4u);
    BOOST_TEST(answer.ends_with("GET /b"));
    BOOST_TEST(talk.service.logged.size() == 4u);
}

BOOST_AUTO_TEST_CASE(a_client_that_does_not_read_a_ready_answer_is_cut) {
    Talk talk;
    keep_long_answer(talk, 100'000);
    talk.pipe->accept(1000);
    talk.say(get_ready);
    talk.pass(29);
    talk.pipe->accept(1000);  // takes something: has time again
    talk.run();
    talk.pass(30);
    BOOST_TEST(!talk.pipe->closed());
    talk.pass(1);
    BOOST_TEST(talk.pipe->closed());
    BOOST_TEST(talk.service.logged.size() == 1u);  // with a line in the log as any other
    BOOST_TEST(talk.loop.open == 0u);
}

BOOST_AUTO_TEST_CASE(a_client_that_vanishes_during_a_ready_answer_ends_its_connection_alone) {
    for (bool const later : {false, true}) {
        Talk talk;
        keep_long_answer(talk, 100'000);
        talk.pipe->accept(100);
        if (!later) {
            talk.pipe->send(get_ready);
            talk.io.restart();
            talk.io.poll_one();
        } else {
            talk.say(get_ready);
        }
        talk.pipe->vanish();
        talk.run();
        BOOST_TEST(talk.pipe->closed());
        BOOST_TEST(talk.loop.open == 0u);
        talk.connect();
        BOOST_TEST(status_of(talk.say(get)) == 200);
    }
}

BOOST_AUTO_TEST_CASE(a_crowd_of_slow_readers_costs_no_workspaces) {
    Talk talk;
    keep_long_answer(talk, 50'000);
    std::vector<std::shared_ptr<Pipe>> crowd;
    for (int i = 0; i < 300; ++i) {
        talk.connect();
        talk.pipe->accept(10);
        talk.pipe->send(get_ready);
        crowd.push_back(talk.pipe);
    }
    talk.run();
    BOOST_TEST(talk.loop.awake == 0u);
    for (auto const& pipe : crowd)
        pipe->accept(100'000);
    talk.run();
    for (auto const& pipe : crowd)
        BOOST_TEST(body_of(pipe->output()).size() == 50'000u);
}

BOOST_AUTO_TEST_CASE(a_client_that_has_finished_sending_still_gets_its_ready_answers) {
    Talk talk;
    keep_long_answer(talk, 50'000);
    talk.pipe->accept(1000);
    talk.pipe->send(repeated(get_ready, 3));
    talk.pipe->finish();
    talk.run();
    BOOST_TEST(!talk.pipe->closed());
    talk.pipe->accept(1'000'000);
    talk.run();
    BOOST_TEST(answers_in(talk.pipe->output()) == 3u);
    BOOST_TEST(talk.pipe->closed());
}

BOOST_AUTO_TEST_CASE(a_connection_that_gets_ready_answers_has_the_same_time_to_think) {
    Talk talk;
    for (int const seconds : {0, 1, 2, 3, 30, 74}) {
        talk.pass(seconds);
        BOOST_TEST(body_of(talk.say(get_ready)) == "ready", "after " << seconds << " seconds");
    }
    talk.pass(75);
    BOOST_TEST(!talk.pipe->closed());
    talk.pass(2);
    BOOST_TEST(talk.pipe->closed());
    BOOST_TEST(talk.pipe->output() == "");
}

BOOST_AUTO_TEST_CASE(a_refusal_after_a_ready_answer_is_told) {
    Talk talk;
    auto const answer = talk.say(std::string(get_ready) + "BREW /coffee HTTP/1.1\r\n\r\n");
    BOOST_TEST(answers_in(answer) == 2u);
    BOOST_TEST(answer.find("HTTP/1.1 400") != answer.npos);
    BOOST_TEST(talk.pipe->saw_end());
}

BOOST_AUTO_TEST_CASE(many_ready_answers_do_not_starve_others) {
    Talk talk;
    auto const busy = talk.pipe;
    talk.connect();
    busy->send(repeated(get_ready, 300));  // ten times what is read at once
    talk.pipe->send(get_ready);
    talk.io.restart();
    while (talk.pipe->output().empty() && talk.io.poll_one() > 0) {
    }
    BOOST_TEST(answers_in(busy->output()) <= 2 * talk.limits.pipeline_burst);
    talk.run();
    BOOST_TEST(answers_in(busy->output()) == 300u);
}

// Draining

BOOST_AUTO_TEST_CASE(a_drain_answers_what_was_ready_and_says_that_it_is_the_last) {
    Talk talk;
    talk.pipe->send(get_ready);
    talk.loop.draining = true;
    close_idle(talk.loop);
    talk.run();
    BOOST_TEST(has_line(talk.pipe->output(), "Connection: close"));
    talk.finish();
    BOOST_TEST(talk.pipe->closed());
}

BOOST_AUTO_TEST_CASE(a_drain_lets_a_slow_reader_have_its_ready_answer) {
    Talk talk;
    keep_long_answer(talk, 50'000);
    talk.pipe->accept(1000);
    talk.pipe->send(get_ready);
    talk.run();
    talk.loop.draining = true;
    close_idle(talk.loop);
    talk.run();
    BOOST_TEST(!talk.pipe->closed());
    talk.pipe->accept(100'000);
    talk.run();
    BOOST_TEST(body_of(talk.pipe->output()).size() == 50'000u);
    BOOST_TEST(talk.pipe->closed());
}

BOOST_AUTO_TEST_CASE(a_drain_closes_a_connection_that_has_just_had_a_ready_answer) {
    Talk talk;
    talk.pipe->send(get_ready);
    talk.io.restart();
    while (talk.pipe->output().empty())
        talk.io.poll_one();
    talk.loop.draining = true;  // it is to be looked at once more
    close_idle(talk.loop);
    talk.run();
    BOOST_TEST(talk.pipe->closed());
    BOOST_TEST(talk.loop.channels.empty());
}

BOOST_AUTO_TEST_CASE(cutting_ends_slow_readers_and_slow_writers) {
    Talk talk;
    keep_long_answer(talk, 50'000);
    talk.pipe->accept(1000);
    talk.say(get_ready);
    auto const reader = talk.pipe;
    talk.connect();
    talk.say("GET /a HT");
    BOOST_TEST(cut_all(talk.loop));
    talk.run();
    BOOST_TEST(reader->closed());
    BOOST_TEST(talk.pipe->closed());
    BOOST_TEST(talk.loop.open == 0u);
}

BOOST_AUTO_TEST_CASE(a_loop_may_end_with_answers_parked) {
    Talk talk;
    keep_long_answer(talk, 50'000);
    talk.pipe->accept(1000);
    talk.pipe->send(get_ready);
    talk.run();
    talk.connect();
    talk.pipe->send(get_ready);
    talk.io.restart();
    while (talk.pipe->output().empty())
        talk.io.poll_one();
}

BOOST_AUTO_TEST_SUITE_END()
