#include "net/support/client.hpp"
#include "net/support/running_worker.hpp"

#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <list>
#include <sys/resource.h>
#include <vector>

using namespace blog::net;

namespace {

constexpr std::string_view goodbye = "GET /bye HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

long resident_kib() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(worker)

BOOST_AUTO_TEST_CASE(serves_over_tcp) {
    RunningWorker server;
    Client client(server.endpoint());
    BOOST_TEST(body_of(client.ask("/a", "GET /a")) == "GET /a");
    BOOST_TEST(body_of(client.ask("/b", "GET /b")) == "GET /b");
    client.send(goodbye);
    BOOST_TEST(has_line(client.receive(), "Connection: close"));
}

BOOST_AUTO_TEST_CASE(serves_over_ipv6_where_there_is_any) {
    try {
        RunningWorker server({}, "[::1]:0");
        BOOST_TEST(server.endpoint().port() != 0);
    } catch (std::runtime_error const&) {
        BOOST_TEST_MESSAGE("no IPv6 here");
    }
}

BOOST_AUTO_TEST_CASE(answers_a_client_that_has_finished_sending) {
    RunningWorker server;
    Client client(server.endpoint());
    client.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    client.finish();
    BOOST_TEST(body_of(client.receive()) == "GET /a");
}

BOOST_AUTO_TEST_CASE(a_client_that_sends_too_much_can_read_the_refusal) {
    RunningWorker server;
    Client client(server.endpoint());
    client.send("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 30000000\r\n\r\n");
    std::string const piece(1'000'000, 'x');
    for (int i = 0; i < 30; ++i)
        BOOST_TEST(client.send(piece));
    auto const answer = client.receive();
    BOOST_TEST(status_of(answer) == 413);
    BOOST_TEST(!answer.ends_with("<reset>"));
}

BOOST_AUTO_TEST_CASE(one_connection_too_many_is_told_so) {
    Limits limits;
    limits.connections_max = 3;
    RunningWorker server(limits);
    std::list<Client> clients;
    for (int i = 0; i < 3; ++i) {
        clients.emplace_back(server.endpoint());
        BOOST_TEST(status_of(clients.back().ask("/a", "GET /a")) == 200);
    }
    Client refused(server.endpoint());
    refused.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    BOOST_TEST(status_of(refused.receive()) == 503);
    clients.pop_front();
    BOOST_TEST(RunningWorker::eventually([&] { return server.worker.connections() < 3; }));
    Client welcome(server.endpoint());
    BOOST_TEST(status_of(welcome.ask("/a", "GET /a")) == 200);
}

BOOST_AUTO_TEST_CASE(slow_readers_hold_little_memory_and_others_are_served) {
    RunningWorker server;
    Client warm_up(server.endpoint());
    warm_up.ask("/a", "GET /a");
    auto const before = resident_kib();
    std::list<Client> slow;
    for (int i = 0; i < 50; ++i) {
        slow.emplace_back(server.endpoint());
        slow.back().send("GET /endless HTTP/1.1\r\nHost: x\r\n\r\n");  // ten megabytes
    }
    for (int i = 0; i < 20; ++i)
        BOOST_TEST(status_of(warm_up.ask("/a", "GET /a")) == 200);
    BOOST_TEST(resident_kib() - before < 64 * 1024);
}

BOOST_AUTO_TEST_CASE(goes_on_when_descriptors_run_out) {
    RunningWorker server;
    Client first(server.endpoint()), second(server.endpoint(), Client::Unconnected());
    BOOST_TEST(status_of(first.ask("/a", "GET /a")) == 200);
    rlimit before{};
    ::getrlimit(RLIMIT_NOFILE, &before);
    auto none_left = before;
    none_left.rlim_cur = 3;
    ::setrlimit(RLIMIT_NOFILE, &none_left);
    second.connect(server.endpoint());
    for (int i = 0; i < 3; ++i)
        BOOST_TEST(status_of(first.ask("/a", "GET /a")) == 200);
    BOOST_TEST(server.worker.connections() == 1u);
    ::setrlimit(RLIMIT_NOFILE, &before);
    BOOST_TEST(status_of(second.ask("/a", "GET /a")) == 200);
}

BOOST_AUTO_TEST_CASE(a_drain_finishes_what_is_under_way) {
    RunningWorker server;
    auto const endpoint = server.endpoint();
    Client idle(endpoint), busy(endpoint);
    idle.ask("/a", "GET /a");
    busy.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
    RunningWorker::eventually([&] { return server.worker.connections() == 2; });
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    server.drain();
    BOOST_TEST(idle.receive() == "");
    BOOST_TEST(RunningWorker::eventually([&] { return !Client(endpoint).connected(); }));
    server.open_gate();
    auto const answer = busy.receive();
    BOOST_TEST(body_of(answer) == "GET /wait");
    BOOST_TEST(has_line(answer, "Connection: close"));
    busy.finish();
    server.stop();
    BOOST_TEST(!server.worker.was_cut());
    BOOST_TEST(server.worker.connections() == 0u);
}

BOOST_AUTO_TEST_CASE(a_drain_ends_even_when_a_request_does_not) {
    Limits limits;
    limits.drain_time = std::chrono::seconds(1);
    RunningWorker server(limits);
    Client stuck(server.endpoint()), half(server.endpoint());
    stuck.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
    half.send("GET /a HTTP/1.1\r\n");
    RunningWorker::eventually([&] { return server.worker.connections() == 2; });
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    auto const begin = std::chrono::steady_clock::now();
    server.stop();
    BOOST_TEST((std::chrono::steady_clock::now() - begin < std::chrono::seconds(4)));
    BOOST_TEST(server.worker.was_cut());
}

BOOST_AUTO_TEST_CASE(a_worker_that_never_ran_can_be_destroyed) {
    Limits const limits;
    TrustedProxies const proxies;
    blog::SystemClock const clock;
    Worker worker({limits, proxies, clock, quiet_log()}, {},
                  [](asio::io_context& io) { return std::make_unique<TestService>(io); });
    BOOST_TEST(worker.connections() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
