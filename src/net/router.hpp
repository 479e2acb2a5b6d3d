#pragma once
#include "net/pattern.hpp"
#include "net/request.hpp"
#include "net/route.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace blog::net {

// A set of methods, as a bit each.
class Methods {
public:
    constexpr void add(Method m) noexcept { bits_ |= bit(m); }
    constexpr bool has(Method m) const noexcept { return (bits_ & bit(m)) != 0; }
    constexpr bool empty() const noexcept { return bits_ == 0; }
    constexpr Methods operator|(Methods other) const noexcept {
        other.bits_ |= bits_;
        return other;
    }
    bool operator==(Methods const&) const = default;

private:
    static constexpr std::uint16_t bit(Method m) noexcept {
        return static_cast<std::uint16_t>(1u << static_cast<unsigned>(m));
    }
    std::uint16_t bits_ = 0;
};

// "GET, HEAD, OPTIONS": what an Allow field says (RFC 9110 10.2.1). HEAD is there wherever GET is,
// and OPTIONS always.
std::string allow_value(Methods routed);

// Patterns in, index out: a tree of path segments. A literal wins over a parameter at the same
// place, which has its turn when nothing below the literal takes the method. find() allocates
// nothing.
class Matcher {
public:
    struct Found {
        int route = -1;   // none: `allowed` tells 405 from 404
        Methods allowed;  // what the path's routes take
    };

    // Start-up only; throws std::logic_error when two routes are the same or ambiguous. The pattern
    // must outlive the matcher.
    void add(Method method, std::string_view pattern, int route);

    // `path` is decoded and starts with '/'. HEAD finds the route of GET. Fills `params` in order.
    Found find(Method method, std::string_view path, PathParams& params) const noexcept;

private:
    enum class Kind : std::uint8_t { literal, param, rest };
    struct Node {
        std::string_view text;  // of a literal
        Kind kind = Kind::literal;
        Methods allowed;
        std::array<std::int16_t, static_cast<std::size_t>(Method::count)> routes{};  // index + 1
        std::vector<Node> children;  // literals first, then the parameter or the rest
    };
    Found follow(Node const& node, Method method, std::string_view path, PathParams& params,
                 std::size_t count) const noexcept;
    static int route_of(Node const& node, Method method) noexcept;

    Node root_;
};

// The routes of the application, looked up by method and path. Constant after construction.
template <class Ctx>
class Router {
public:
    // Throws std::logic_error as Matcher::add does.
    void add(Route<Ctx> const& route) {
        matcher_.add(route.method, route.pattern, static_cast<int>(routes_.size()));
        routes_.push_back(route);
    }

    struct Target {
        Route<Ctx> const* route = nullptr;
        Methods allowed;
    };
    Target find(Method method, std::string_view path, PathParams& params) const noexcept {
        auto const found = matcher_.find(method, path, params);
        if (found.route < 0) return {nullptr, found.allowed};
        return {&routes_[static_cast<std::size_t>(found.route)], found.allowed};
    }

private:
    Matcher matcher_;
    std::vector<Route<Ctx>> routes_;
};

}  // namespace blog::net
