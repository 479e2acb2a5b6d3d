#pragma once
#include "db/postgres/link.hpp"

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <memory>

namespace blog::db::postgres {

// Gives a link up when what was begun is not ended in time.
class Patience {
public:
    Patience(Link& link, asio::any_io_executor loop)
        : timer_(std::move(loop)), link_(std::make_shared<Link*>(&link)) {}
    Patience(Patience const&) = delete;
    Patience& operator=(Patience const&) = delete;
    // The handler of the timer may run later than this.
    ~Patience() { *link_ = nullptr; }

    void begin(std::chrono::milliseconds time) {
        timer_.expires_after(time);
        timer_.async_wait([link = link_](boost::system::error_code ec) {
            if (!ec && *link != nullptr) (*link)->abort();
        });
    }
    void end() { timer_.cancel(); }

private:
    asio::steady_timer timer_;
    std::shared_ptr<Link*> link_;
};

}  // namespace blog::db::postgres
