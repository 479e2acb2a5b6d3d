#pragma once
#include "net/listening.hpp"
#include "net/support/talk.hpp"
#include "net/worker.hpp"

#include <thread>

namespace blog::net {

// A real worker with a test service, on a thread of its own, until the end of the scope.
class RunningWorker {
public:
    explicit RunningWorker(Limits const& bounds = {}, char const* address = "127.0.0.1:0")
        : limits(bounds),
          listening(Endpoint::parse(address), 1),
          worker(shared(), sockets(), make) {
        thread_ = std::thread([this] { worker.run(); });
    }
    ~RunningWorker() { stop(); }

    Endpoint const& endpoint() const { return listening.endpoint(); }
    void stop() {
        worker.begin_drain();
        if (thread_.joinable()) thread_.join();
    }
    void drain() { worker.begin_drain(); }
    void open_gate() {
        asio::post(worker.loop(),
                   [this] { static_cast<TestService&>(worker.service()).open_gate(); });
    }
    template <class Condition>
    static bool eventually(Condition condition) {
        for (int i = 0; i < 500; ++i) {
            if (condition()) return true;
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        return false;
    }

    Limits limits;
    TrustedProxies proxies;
    SystemClock clock;
    Listening listening;
    Worker worker;

private:
    Worker::Shared shared() { return {limits, proxies, clock, quiet_log()}; }
    std::vector<UniqueFd> sockets() {
        std::vector<UniqueFd> out;
        out.push_back(listening.take(0));
        return out;
    }
    static std::unique_ptr<Service> make(asio::io_context& io) {
        return std::make_unique<TestService>(io);
    }

    std::thread thread_;
};

}  // namespace blog::net
