#pragma once
#include "net/connection.hpp"
#include "net/loop.hpp"
#include "net/support/memory_stream.hpp"
#include "net/support/test_service.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace blog::net {

inline Log& quiet_log() {
    static Log log([] {
        Log::Options options;
        options.events = "/dev/null";
        options.access = "off";
        return options;
    }());
    return log;
}

// One loop with a test service, and one connection to it whose client is the test. Time stands
// still until pass().
class Talk {
public:
    explicit Talk(Limits const& bounds = {}, Address peer = *Address::parse("192.0.2.1"))
        : limits(bounds),
          service(io),
          loop(io, limits, proxies, quiet_log(), service),
          peer_(peer) {
        connect();
    }
    ~Talk() { io.shutdown(); }

    void connect() {
        pipe = std::make_shared<Pipe>(io);
        serve(std::make_unique<MemoryStream>(pipe), peer_, loop);
        run();
    }
    void run() {
        io.restart();
        io.poll();
    }
    // Sends and lets the server work; what it answered since the last time.
    std::string say(std::string_view text) {
        pipe->send(text);
        run();
        return pipe->take_output();
    }
    std::string finish() {
        pipe->finish();
        run();
        return pipe->take_output();
    }
    void pass(int seconds) {
        for (; seconds > 0; --seconds) {
            loop.deadlines.tick(++now_);
            run();
        }
    }

    struct Context : asio::io_context {
        using asio::execution_context::shutdown;
    };
    Limits limits;
    TrustedProxies proxies;
    Context io;
    TestService service;
    Loop loop;
    std::shared_ptr<Pipe> pipe;

private:
    Address peer_;
    std::chrono::seconds now_{0};
};

// All that a server says to `input`, sent in one piece and followed by the end of the connection.
inline std::string ask(std::string_view input, Limits const& limits = {}) {
    Talk talk(limits);
    auto answer = talk.say(input);
    return answer + talk.finish();
}

inline int status_of(std::string_view answer) {
    return answer.starts_with("HTTP/1.1 ") ? std::atoi(std::string(answer.substr(9, 3)).c_str())
                                           : 0;
}

inline std::size_t answers_in(std::string_view text) {
    std::size_t count = 0;
    for (std::size_t at = 0; (at = text.find("HTTP/1.1 ", at)) != text.npos; ++at)
        ++count;
    return count;
}

inline std::string_view body_of(std::string_view answer) {
    auto const end = answer.find("\r\n\r\n");
    return end == answer.npos ? std::string_view() : answer.substr(end + 4);
}

inline bool has_line(std::string_view answer, std::string_view line) {
    auto const head = answer.substr(0, answer.find("\r\n\r\n") + 2);
    return head.find("\r\n" + std::string(line) + "\r\n") != head.npos;
}

}  // namespace blog::net
