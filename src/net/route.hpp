#pragma once
#include "async.hpp"
#include "error.hpp"
#include "net/pattern.hpp"
#include "net/request.hpp"
#include "net/response.hpp"

#include <array>
#include <string>
#include <string_view>

namespace blog::net {

using Reply = Awaitable<Result<Response>>;
// The values of a pattern's parameters, decoded, in order; views into the request.
using PathParams = std::array<std::string_view, params_max>;

// One row of a route table: Ctx is what the application hands to its handlers.
template <class Ctx>
struct Route {
    Method method;
    std::string_view pattern;
    Reply (*call)(Ctx&, PathParams const&);
    // Of an answer that is the same for everybody and may be kept: writes what tells it from all
    // others; false when the request is faulty. Null: never kept.
    bool (*cache_key)(Ctx&, PathParams const&, std::string& path, std::string& query) = nullptr;
};

}  // namespace blog::net
