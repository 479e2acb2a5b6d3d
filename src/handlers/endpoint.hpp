#pragma once
#include "handlers/context.hpp"
#include "handlers/login.hpp"
#include "net/multipart.hpp"
#include "net/route.hpp"
#include "schemas/body.hpp"
#include "schemas/openapi.hpp"
#include "schemas/uploads.hpp"

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

// How a handler says what it takes. The arguments after the Context are, in this order:
//   Member, Sender, Visitor                    who sends it (handlers/login.hpp); asked first
//   db::PostId, db::UserId, db::LoginId, std::string_view   the pattern's parameters
//   Query<T>                                   the query, read by Schema<T>
//   T with read() and append_to()              the query of a page, where faults are ignored
//   T with a Schema<T>                         the body, read by Schema<T>
//   Form<T>                                    the body of a form, read by Schema<T>; a page gets
//                                              the faults too, and shows them beside the fields
//   Upload                                     the part `file` of a form; a page may get none
// They are read before the handler runs; when anything is wrong the handler does not run, and the
// client gets all faults in one 422. The interface document comes from the same signature.
namespace blog::handlers {

template <class T>
struct Query {
    T value;
    T const* operator->() const noexcept { return &value; }
    // As our own links write it: so that a kept answer is found whatever else the query says.
    void append_to(std::string& out) const { value.append_to(out); }
};
template <class T>
struct Form {
    T value;
    schemas::Issues issues;                  // of a page; the API has answered 422
    std::vector<schemas::NameValue> fields;  // as they were sent
    T const* operator->() const noexcept { return &value; }
};
struct Upload {
    std::optional<net::FormPart> file;  // always there for the API; views into the request
};
template <class T>
concept PageQueryArgument = requires(T const t, std::string_view query, std::string& out) {
    { T::read(query) } -> std::same_as<T>;
    t.append_to(out);
};

// What the documentation says beyond the signature. No name: not in it.
struct Doc {
    std::string_view name{}, tag{}, description{};
    net::Status status = net::Status::ok;
    std::vector<schemas::Answer> answers{};
    std::vector<schemas::Refusal> refusals{};
};

struct Endpoint {
    net::Route<Context> route;
    schemas::Shape const& (*query)() = nullptr;
    schemas::RequestBody body{};
    bool asks_for_login = false;
    Doc doc{};
};

schemas::Situation situation_of(Context const& ctx) noexcept;

// Reads the arguments of one request and collects what is wrong with them.
class ArgumentReader {
public:
    ArgumentReader(Context& ctx, std::string_view pattern, net::PathParams const& raw) noexcept
        : ctx_(ctx), pattern_(pattern), raw_(raw) {}

    void read(Member& out) { out.login = *ctx_.login(); }
    void read(Sender& out) { out.writer = ctx_.writer(); }
    void read(Visitor&) noexcept {}
    void read(db::PostId& out);
    void read(db::UserId& out);
    void read(db::LoginId& out);
    void read(std::string_view& out) noexcept { out = raw_[next_++]; }
    template <PageQueryArgument T>
    void read(T& out) {
        out = T::read(ctx_.req.query());
    }
    template <schemas::HasSchema T>
    void read(Query<T>& out) {
        auto parsed = schemas::parse_query<T>(query_pairs());
        if (auto* issues = std::get_if<schemas::Issues>(&parsed))
            issues_ = schemas::merged(std::move(issues_), std::move(*issues));
        else
            out.value = std::move(std::get<T>(parsed));
    }
    template <schemas::HasSchema T>
    void read(T& out) {
        auto parsed = schemas::parse_body<T>(ctx_.req.header("Content-Type"), ctx_.req.body(),
                                             {.depth_max = ctx_.app.config.json_depth_max},
                                             situation_of(ctx_));
        if (auto* value = std::get_if<T>(&parsed))
            out = std::move(*value);
        else if (auto* issues = std::get_if<schemas::Issues>(&parsed))
            issues_ = schemas::merged(std::move(issues_), std::move(*issues));
        else
            unreadable_ = std::move(std::get<schemas::Unreadable>(parsed));
    }

    void read(Upload& out);
    template <schemas::HasSchema T>
    void read(Form<T>& out) {
        if (!read_form(out.fields)) return;
        auto parsed = schemas::parse_form<T>(out.fields);
        if (auto* value = std::get_if<T>(&parsed))
            out.value = std::move(*value);
        else
            take_form_issues(std::move(std::get<schemas::Issues>(parsed)), out.issues);
    }

    bool faulty() const noexcept { return unreadable_ || !issues_.empty(); }
    // The answer to what was wrong; nullopt when nothing was.
    std::optional<net::Response> refusal();

private:
    std::int64_t read_integer();
    std::vector<schemas::NameValue> query_pairs() const;
    bool read_form(std::vector<schemas::NameValue>& fields);
    void take_form_issues(schemas::Issues issues, schemas::Issues& of_page);

    Context& ctx_;
    std::string_view pattern_;
    net::PathParams const& raw_;
    std::size_t next_ = 0;
    schemas::Issues issues_;
    std::optional<schemas::Unreadable> unreadable_;
};

net::Reply reply_now(net::Response response);
// The answer to a JSON body that is none: given before anybody is asked who they are.
std::optional<net::Response> refuse_broken_body(Context& ctx);

namespace detail {

template <class T>
concept PathArgument = std::same_as<T, db::PostId> || std::same_as<T, db::UserId> ||
    std::same_as<T, db::LoginId> || std::same_as<T, std::string_view>;
template <class T>
constexpr bool is_query = false;
template <class T>
constexpr bool is_query<Query<T>> = true;
template <class T>
constexpr bool is_form = false;
template <class T>
constexpr bool is_form<Form<T>> = true;

template <class T>
constexpr Need need_of = std::same_as<T, Member>    ? Need::member
                         : std::same_as<T, Sender>  ? Need::sender
                         : std::same_as<T, Visitor> ? Need::visitor
                                                    : Need::nobody;
// Of the first argument; the others are not about the sender.
template <class... A>
struct NeedOf {
    static constexpr Need value = Need::nobody;
};
template <class First, class... A>
struct NeedOf<First, A...> {
    static_assert(((need_of<A> == Need::nobody) && ...), "who sends it is the first argument");
    static constexpr Need value = need_of<First>;
};

template <class T>
void describe(Endpoint& endpoint) {
    static_assert(
        PathArgument<T> || PageQueryArgument<T> || is_query<T> || is_form<T> ||
            std::same_as<T, Upload> || need_of<T> != Need::nobody || schemas::HasSchema<T>,
        "a handler takes ids, Query<T> and a body with a Schema, see handlers/endpoint.hpp");
    if constexpr (need_of<T> != Need::nobody)
        endpoint.asks_for_login = need_of<T> != Need::visitor;
    else if constexpr (std::same_as<T, Upload>)
        endpoint.body = {&schemas::shape_of<schemas::PictureUpload>, "multipart/form-data"};
    else if constexpr (is_form<T>)
        endpoint.body = {&schemas::shape_of<decltype(T::value)>, schemas::form_type};
    else if constexpr (is_query<T>)
        endpoint.query = &schemas::shape_of<decltype(T::value)>;
    else if constexpr (schemas::HasSchema<T>)
        endpoint.body = schemas::body_of<T>();
}

// Not a coroutine: reads the arguments, then returns the handler's own awaitable.
template <net::Pattern P, auto Handler, class... A>
net::Reply call_with_arguments(Context& ctx, net::PathParams const& raw,
                               net::Reply (*)(Context&, A...)) {
    std::tuple<A...> arguments{};
    ArgumentReader reader(ctx, P.view(), raw);
    std::apply([&](A&... a) { (reader.read(a), ...); }, arguments);
    if (auto refusal = reader.refusal()) return reply_now(std::move(*refusal));
    return std::apply([&](A&... a) { return Handler(ctx, std::move(a)...); }, arguments);
}

template <net::Pattern P, auto Handler, class... A>
net::Reply call_admitted(Context& ctx, net::PathParams const& raw,
                         net::Reply (*handler)(Context&, A...)) {
    auto refused = co_await admit(ctx, NeedOf<A...>::value);
    if (refused) {
        if constexpr ((schemas::HasSchema<A> || ...))
            if (auto broken = refuse_broken_body(ctx)) co_return std::move(*broken);
        co_return std::move(*refused);
    }
    co_return co_await call_with_arguments<P, Handler>(ctx, raw, handler);
}

template <net::Pattern P, auto Handler, class... A>
net::Reply call(Context& ctx, net::PathParams const& raw, net::Reply (*handler)(Context&, A...)) {
    if constexpr (NeedOf<A...>::value == Need::nobody)
        return call_with_arguments<P, Handler>(ctx, raw, handler);
    else
        return call_admitted<P, Handler>(ctx, raw, handler);
}

// "/posts/{post_id}" and its ids in decimal: one text for all spellings of an id.
class KeyWriter {
public:
    KeyWriter(std::string_view pattern, std::string& path, std::string& query) noexcept
        : pattern_(pattern), path_(path), query_(query) {}
    void write(db::PostId id) { write_id(static_cast<std::int64_t>(id)); }
    void write(db::UserId id) { write_id(static_cast<std::int64_t>(id)); }
    template <class T>
    void write(T const& argument) {
        argument.append_to(query_);
    }
    // What follows the last id.
    void finish() { path_.append(pattern_); }

private:
    void write_id(std::int64_t id);

    std::string_view pattern_;  // what is not written yet
    std::string& path_;
    std::string& query_;
};

template <net::Pattern P, class... A>
bool write_key(Context& ctx, net::PathParams const& raw, std::string& path, std::string& query,
               net::Reply (*)(Context&, A...)) {
    std::tuple<A...> arguments{};
    ArgumentReader reader(ctx, P.view(), raw);
    std::apply([&](A&... a) { (reader.read(a), ...); }, arguments);
    if (reader.faulty()) return false;
    KeyWriter key(P.view(), path, query);
    std::apply([&](A const&... a) { (key.write(a), ...); }, arguments);
    key.finish();
    return true;
}

template <class... A>
constexpr std::size_t path_arity(net::Reply (*)(Context&, A...)) {
    return (std::size_t{0} + ... + (PathArgument<A> ? 1 : 0));
}
template <class... A>
void describe_all(Endpoint& endpoint, net::Reply (*)(Context&, A...)) {
    (describe<A>(endpoint), ...);
}

// get<"/posts/{post_id}", &post> is an endpoint; get<...>({.name = ...}) is one with documentation.
enum class Keep : std::uint8_t { no, yes };

template <net::Method M, net::Pattern P, auto Handler, Keep K = Keep::no>
struct Binding {
    static_assert(net::well_formed(P.view()), "a route pattern looks like /posts/{post_id}");
    static_assert(path_arity(Handler) == net::param_count(P.view()),
                  "the handler's ids and the pattern's {parameters} differ in number");

    Endpoint operator()(Doc doc) const {
        Endpoint out{.route = {M, P.view(), &run}, .doc = std::move(doc)};
        if constexpr (K == Keep::yes) out.route.cache_key = &key;
        describe_all(out, Handler);
        return out;
    }
    operator Endpoint() const { return (*this)(Doc{}); }

private:
    static net::Reply run(Context& ctx, net::PathParams const& raw) {
        return call<P, Handler>(ctx, raw, Handler);
    }
    static bool key(Context& ctx, net::PathParams const& raw, std::string& path,
                    std::string& query) {
        return write_key<P>(ctx, raw, path, query, Handler);
    }
};

}  // namespace detail

template <net::Pattern P, auto H>
constexpr detail::Binding<net::Method::get, P, H> get{};
// The answer is the same for everybody: it gets an ETag, may be kept, and is then given to others
// as long as nothing of what it was made from has changed.
template <net::Pattern P, auto H>
constexpr detail::Binding<net::Method::get, P, H, detail::Keep::yes> public_get{};
template <net::Pattern P, auto H>
constexpr detail::Binding<net::Method::post, P, H> post{};
template <net::Pattern P, auto H>
constexpr detail::Binding<net::Method::put, P, H> put{};
template <net::Pattern P, auto H>
constexpr detail::Binding<net::Method::patch, P, H> patch{};
template <net::Pattern P, auto H>
constexpr detail::Binding<net::Method::del, P, H> del{};

}  // namespace blog::handlers
