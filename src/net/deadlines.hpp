#pragma once
#include "assert.hpp"

#include <boost/intrusive/list.hpp>

#include <array>
#include <chrono>
#include <cstddef>

namespace blog::net {

// Coarse time limits of one loop. A node that waits hangs in the queue of its limit; since all
// nodes of a queue wait equally long, each queue is in order by itself, and arming is a few pointer
// writes. The loop's tick, once a second, fires what has passed: never early, at most a second
// late.
class Deadlines {
public:
    using Duration = std::chrono::seconds;
    using Hook = boost::intrusive::list_base_hook<
        boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

    // Something with a time limit. Disarms itself when it dies.
    class Node : public Hook {
    public:
        Node() = default;
        Node(Node const&) = delete;
        Node& operator=(Node const&) = delete;
        virtual ~Node() = default;

        void arm(Deadlines& owner, Duration limit) noexcept {
            disarm();
            at_ = owner.now_ + limit + Duration(1);
            owner.queue_of(limit).nodes.push_back(*this);
        }
        void disarm() noexcept {
            if (is_linked()) unlink();
        }
        bool armed() const noexcept { return is_linked(); }

    private:
        friend class Deadlines;
        virtual void expire() noexcept = 0;  // disarmed by then; may arm or destroy any node
        Duration at_{0};
    };

    // `now` counts from anywhere, but never back.
    void tick(Duration now) noexcept {
        now_ = now;
        for (std::size_t i = 0; i < used_; ++i) {
            auto& nodes = queues_[i].nodes;
            while (!nodes.empty() && nodes.front().at_ <= now) {
                auto& node = nodes.front();
                node.disarm();
                node.expire();
            }
        }
    }

private:
    using List = boost::intrusive::list<Node, boost::intrusive::constant_time_size<false>>;
    struct Queue {
        Duration limit{0};
        List nodes;
    };

    Queue& queue_of(Duration limit) noexcept {
        for (std::size_t i = 0; i < used_; ++i)
            if (queues_[i].limit == limit) return queues_[i];
        BLOG_ASSERT(used_ < queues_.size());
        queues_[used_].limit = limit;
        return queues_[used_++];
    }

    std::array<Queue, 8> queues_;  // one for each time in Limits, and some
    std::size_t used_ = 0;
    Duration now_{0};
};

}  // namespace blog::net
