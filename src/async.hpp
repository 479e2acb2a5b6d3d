#pragma once
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/deferred.hpp>

namespace blog {

namespace asio = boost::asio;

template <class T>
using Awaitable = asio::awaitable<T>;

// The one completion token of this code base: results as a tuple, no exception, no extra frame.
// g++ 12: in a statement with co_await, name every argument first; no braces, no lambda
// (docs/pitfalls.md, 2).
inline constexpr auto no_throw = asio::as_tuple(asio::deferred);

}  // namespace blog
