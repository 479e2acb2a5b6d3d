#include "generator.hpp"

#include "async.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <functional>
#include <string>
#include <thread>
#include <utility>

using namespace blog;
using namespace blog::bench;
using namespace std::chrono_literals;
using asio::ip::tcp;

namespace {

std::string const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
std::string const closing = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";

// Serves one connection at a time on a thread of its own. `answer` gets the number of the request,
// from 0; an empty answer, and one that says so, closes the connection.
class Server {
public:
    explicit Server(std::function<std::string(int)> answer) : answer_(std::move(answer)) {}
    ~Server() {
        ::shutdown(acceptor_.native_handle(), SHUT_RDWR);  // wakes accept()
        thread_.join();
    }

    // At `rate` for a second, after the second of warm-up, over one connection.
    Outcome load(double rate) {
        auto const url = parse_url(
            "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + "/");
        Requests requests(url.authority, {}, "");
        requests.add("GET", "/");
        return Generator(url, requests, {.rate = rate, .connections = 1, .seconds = 1s}).run();
    }

private:
    void serve() {
        boost::system::error_code ec;
        for (auto socket = acceptor_.accept(ec); !ec; socket = acceptor_.accept(ec))
            serve(std::move(socket));
    }
    void serve(tcp::socket socket) {
        boost::system::error_code ec;
        for (std::string input, text = ok; text == ok;) {
            auto const size = asio::read_until(socket, asio::dynamic_buffer(input), "\r\n\r\n", ec);
            if (ec) return;
            input.erase(0, size);
            text = answer_(count_++);
            asio::write(socket, asio::buffer(text), ec);
        }
    }

    std::function<std::string(int)> answer_;
    int count_ = 0;
    asio::io_context context_;
    tcp::acceptor acceptor_{context_, {asio::ip::address_v4::loopback(), 0}};
    std::thread thread_{[this] { serve(); }};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(generator)

// 100 requests a second, of which the half second from 150 on sees no answer. A client that waits
// before it goes on would have one slow request; here all that were due are slow.
BOOST_AUTO_TEST_CASE(a_stall_counts_for_every_request_that_was_due) {
    Server server([](int request) {
        if (request == 150) std::this_thread::sleep_for(500ms);
        return ok;
    });
    auto const outcome = server.load(100);
    BOOST_TEST(outcome.latency_ns.count() == 100u);
    BOOST_TEST(outcome.errors == 0u);
    BOOST_TEST(outcome.unanswered == 0u);
    BOOST_TEST(outcome.latency_ns.percentile(80) >= 200'000'000u);
    BOOST_TEST(outcome.latency_ns.max() >= 480'000'000u);
}

BOOST_AUTO_TEST_CASE(what_gets_no_answer_counts_with_its_age) {
    Server server([](int request) {
        if (request == 150) std::this_thread::sleep_for(3s);
        return ok;
    });
    auto const outcome = server.load(100);
    BOOST_TEST(outcome.latency_ns.count() == 100u);
    BOOST_TEST(outcome.unanswered == 50u);
    BOOST_TEST(outcome.latency_ns.percentile(60) >= 1'900'000'000u);
}

BOOST_AUTO_TEST_CASE(a_connection_that_the_server_closes_is_replaced) {
    Server server([](int) { return closing; });
    auto const outcome = server.load(50);
    BOOST_TEST(outcome.errors == 0u);
    BOOST_TEST(outcome.status.at(200) == 50u);
}

BOOST_AUTO_TEST_CASE(a_request_without_an_answer_is_an_error) {
    Server server([](int request) { return request % 10 == 5 ? std::string() : ok; });
    auto const outcome = server.load(50);
    BOOST_TEST(outcome.errors == 10u);
    BOOST_TEST(outcome.status.at(200) == 45u);
}

BOOST_AUTO_TEST_SUITE_END()
