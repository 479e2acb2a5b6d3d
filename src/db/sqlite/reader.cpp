#include "db/sqlite/reader.hpp"

#include "async.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace blog::db {

Reader::Reader(std::unique_ptr<Connection> own, Generations const& generations,
               asio::any_io_executor loop)
    : own_(std::move(own)), db_(*own_), generations_(generations), loop_(std::move(loop)) {}

Reader::Reader(Connection& everybodys, Generations const& generations, asio::any_io_executor loop)
    : db_(everybodys), generations_(generations), loop_(std::move(loop)) {}

void Reader::begin(Moment moment) {
    if (moment == Moment::newest || !shared_) {
        auto const now = generations_.now();
        if (now != as_of_ || reads_ >= reads_max) shared_.reset();
        as_of_ = now;
    }
    if (own_ == nullptr) return;
    if (!shared_) {
        if (!will_end_) end_with_this_round();
        shared_.emplace(db_);
        reads_ = 0;
    }
    ++reads_;
}

// Behind everything that is ready to run now.
void Reader::end_with_this_round() {
    asio::post(loop_, [weak = weak_from_this()] {
        auto const self = weak.lock();
        if (!self) return;
        self->will_end_ = false;
        self->shared_.reset();
    });
    will_end_ = true;
}

}  // namespace blog::db
