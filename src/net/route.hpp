#pragma once
#include "async.hpp"
#include "error.hpp"
#include "net/pattern.hpp"
#include "net/request.hpp"
#include "net/response.hpp"

#include <array>
#include <string_view>
#include <tuple>
#include <utility>

namespace blog::net {

using Reply = Awaitable<Result<Response>>;
using PathParams = std::array<std::string_view, params_max>;

// How a path segment becomes a handler's argument; one specialisation a type, beside the handlers:
//   static constexpr std::string_view kind = "integer";
//   static bool parse(std::string_view, T&) noexcept;
template <class T>
struct FromPath;

// One row of a route table: Ctx is what the application hands to its handlers.
template <class Ctx>
struct Route {
    Method method;
    std::string_view pattern;
    Reply (*call)(Ctx&, PathParams const&);
};

namespace detail {

template <class Ctx, class... A>
constexpr std::size_t arity(Reply (*)(Ctx&, A...)) {
    return sizeof...(A);
}

// Not a coroutine: parses the arguments, then returns the handler's own awaitable. Ctx::invalid_path
// answers for the first argument that does not parse.
template <Pattern P, auto Handler, class Ctx, class... A, std::size_t... I>
Reply invoke(Ctx& ctx, PathParams const& raw, Reply (*)(Ctx&, A...), std::index_sequence<I...>) {
    std::tuple<A...> args{};
    std::size_t bad = params_max;
    [[maybe_unused]] auto const parse = [&]<class T>(std::size_t i, T& arg) {
        if (bad == params_max && !FromPath<T>::parse(raw[i], arg)) bad = i;
    };
    (parse(I, std::get<I>(args)), ...);
    if (bad == params_max) return Handler(ctx, std::get<I>(args)...);
    return ctx.invalid_path(param_name(P.view(), bad), raw[bad]);
}

template <Method M, Pattern P, auto Handler>
struct Entry {
    static_assert(well_formed(P.view()), "a route pattern looks like /posts/{post_id}");
    static_assert(arity(Handler) == param_count(P.view()),
                  "handler arguments and {parameters} differ in number");
    template <class Ctx>
    static Reply call(Ctx& ctx, PathParams const& raw) {
        return invoke<P, Handler>(ctx, raw, Handler, std::make_index_sequence<arity(Handler)>{});
    }
    template <class Ctx>
    constexpr operator Route<Ctx>() const {
        return {M, P.view(), &call<Ctx>};
    }
};

}  // namespace detail

template <Pattern P, auto H>
constexpr detail::Entry<Method::get, P, H> get{};
template <Pattern P, auto H>
constexpr detail::Entry<Method::post, P, H> post{};
template <Pattern P, auto H>
constexpr detail::Entry<Method::put, P, H> put{};
template <Pattern P, auto H>
constexpr detail::Entry<Method::patch, P, H> patch{};
template <Pattern P, auto H>
constexpr detail::Entry<Method::del, P, H> del{};

}  // namespace blog::net
