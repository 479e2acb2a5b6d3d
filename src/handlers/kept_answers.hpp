#pragma once
#include "generations.hpp"
#include "net/compressor.hpp"
#include "net/fills.hpp"
#include "net/request.hpp"
#include "net/response.hpp"
#include "net/response_cache.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace blog::handlers {

// The answers that are the same for everybody, made once and given out again until something that
// they were made from changes. One object a loop, used on that loop only; docs/performance.md says
// how writes and kept answers stay in step.
class KeptAnswers {
public:
    // `bytes_max` 0: nothing is kept, but answers look the same. The first two outlive this.
    // `seen_age`: how long clients remember what they have seen (handlers/seen.hpp).
    KeptAnswers(Generations const& generations, net::Compressor& compressor,
                asio::any_io_executor loop, std::size_t bytes_max,
                std::chrono::seconds seen_age = {})
        : generations_(generations),
          compressor_(compressor),
          seen_age_(seen_age),
          loop_(loop),
          cache_(bytes_max),
          fills_(std::move(loop)) {}

    // The answer to a GET or HEAD when it is kept and current: whole, or 304. Not when a condition
    // of the request fails; nor while it is not known what others have changed, or the client has
    // seen more than is known here.
    using Look = net::ResponseCache::Look;
    std::optional<net::Response> find(net::Request const& req, net::CacheKey const& key,
                                      Look look) noexcept;

    // Keeps a 200 that was just made, and gives what is to be sent for it: conditions are looked at
    // here, and a bare 412 means that one failed. Other answers, and those whose body is not a
    // string, come back as they are. `route` is static text.
    net::Response keep(net::Request const& req, net::CacheKey const& key, std::string_view route,
                       Sources const& sources, net::Response made);

    net::Fills& fills() noexcept { return fills_; }
    net::ResponseCache::Counters const& counters() const noexcept { return cache_.counters(); }
    void clear() noexcept { cache_.clear(); }

    // Empty, with the capacity of earlier bodies.
    std::string take_buffer() noexcept { return std::exchange(spare_, {}); }

private:
    net::Response answer(net::Request const& req, net::FinishedPtr const& finished) const;
    net::FinishedPtr const& choose_coding(net::Request const& req, net::CacheKey const& key,
                                          net::ResponseCache::Entry& entry);
    bool pack(net::CacheKey const& key, net::FinishedPtr const& identity, net::Coding coding);

    Generations const& generations_;
    net::Compressor& compressor_;
    std::chrono::seconds const seen_age_;
    asio::any_io_executor loop_;
    net::ResponseCache cache_;
    net::Fills fills_;
    std::string spare_;
};

}  // namespace blog::handlers
