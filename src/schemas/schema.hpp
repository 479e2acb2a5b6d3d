#pragma once
#include "schemas/json_write.hpp"
#include "schemas/rules.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace blog::schemas {

// Specialised next to each request and answer: its name and its fields, said once.
//   static constexpr std::string_view name = "PostCreate";
//   static constexpr auto fields = std::tuple{required("title", &PostCreate::title, Str{...}),
//   ...};
// Reading with every issue, writing JSON and the OpenAPI document come from it.
template <class T>
struct Schema;

template <class T>
concept HasSchema = requires {
    Schema<T>::fields;
};

// A field's name, ready to be written: ,"title":
template <std::size_t N>
struct Key {
    char text[N + 3]{};
    consteval Key(char const (&name)[N]) {
        text[0] = ',';
        text[1] = '"';
        std::copy_n(name, N - 1, text + 2);
        text[N + 1] = '"';
        text[N + 2] = ':';
    }
    constexpr std::string_view name() const { return {text + 2, N - 1}; }
    constexpr std::string_view with_comma() const { return {text, N + 3}; }
    constexpr std::string_view without_comma() const { return {text + 1, N + 2}; }
};

// What a request is read for, where that decides which fields it must have.
struct Situation {
    bool logged_in = false;           // a login says who writes
    bool protected_accounts = false;  // every new account needs a password
};

enum class Presence : std::uint8_t {
    required,  // absent: an issue
    optional,  // may be absent; null is a value of the wrong type
    nullable,  // may be absent; null means the same
    required_without_login,
    required_when_protected,
};

// A field of a request.
template <std::size_t N, class T, class M, class Rule>
struct Field {
    Key<N> key;
    M T::*member;
    Rule rule;
    Presence presence;
};
template <std::size_t N, class T, class M, class Rule>
consteval auto required(char const (&name)[N], M T::*member, Rule rule) {
    return Field<N, T, M, Rule>{name, member, rule, Presence::required};
}
template <std::size_t N, class T, class M, class Rule>
consteval auto optional(char const (&name)[N], std::optional<M> T::*member, Rule rule) {
    return Field<N, T, std::optional<M>, Rule>{name, member, rule, Presence::optional};
}
template <std::size_t N, class T, class M, class Rule>
consteval auto nullable(char const (&name)[N], std::optional<M> T::*member, Rule rule) {
    return Field<N, T, std::optional<M>, Rule>{name, member, rule, Presence::nullable};
}

template <std::size_t N, class T, class M, class Rule>
consteval auto when(Presence presence, char const (&name)[N], std::optional<M> T::*member,
                    Rule rule) {
    return Field<N, T, std::optional<M>, Rule>{name, member, rule, presence};
}

// What a member's type says is all there is to say.
struct AsTyped {};

// A field of an answer. The rule is documentation only: what is stored was checked when it came in.
template <std::size_t N, class T, class M, class Rule>
struct Shown {
    Key<N> key;
    M T::*member;
    Rule rule;
};
template <std::size_t N, class T, class M, class Rule = AsTyped>
consteval auto shown(char const (&name)[N], M T::*member, Rule rule = {}) {
    return Shown<N, T, M, Rule>{name, member, rule};
}

// Where fields come from: a JSON object, a query, a form.
class Source {
public:
    virtual ~Source() = default;
    virtual Place place() const noexcept = 0;
    virtual std::optional<JsonValue> find(std::string_view name) const = 0;
    // What is echoed for a missing field.
    virtual std::string whole_json() const = 0;
};

// Reads every field and reports every fault, not only the first. The result is of use only when
// `issues` has not grown.
template <HasSchema T>
T read_fields(Source const& source, Issues& issues, Situation situation = {}) {
    T out{};
    auto const must_be_there = [&](Presence presence) {
        return presence == Presence::required ||
               (presence == Presence::required_without_login && !situation.logged_in) ||
               (presence == Presence::required_when_protected && situation.protected_accounts);
    };
    auto const one = [&]<std::size_t N, class M, class R>(Field<N, T, M, R> const& f) {
        FieldReport report(issues, source.place(), f.key.name());
        auto const value = source.find(f.key.name());
        if (!value) {
            if (must_be_there(f.presence))
                report.add_json("missing", "Field required", source.whole_json());
            return;
        }
        if (f.presence == Presence::nullable && value->kind() == JsonKind::null) return;
        auto& member = out.*f.member;
        if constexpr (requires { member.emplace(); })
            f.rule.read(*value, member.emplace(), report);
        else
            f.rule.read(*value, member, report);
    };
    std::apply([&](auto const&... f) { (one(f), ...); }, Schema<T>::fields);
    return out;
}

// Models shown as an array of `T`; the models outlive it.
template <class T, class Model>
struct ListOf {
    std::span<Model const> models;
};

// Appends an answer straight to `out`, without a tree in between.
template <HasSchema T>
void append_json(std::string& out, T const& answer);

template <class T, class Model>
void append_json(std::string& out, ListOf<T, Model> const& list) {
    char separator = '[';
    for (auto const& model : list.models) {
        out += separator;
        append_json(out, T(model));
        separator = ',';
    }
    out += list.models.empty() ? "[]" : "]";
}

template <HasSchema T>
void append_json(std::string& out, T const& answer) {
    auto const one = [&](auto const& f, bool first) {
        out += first ? f.key.without_comma() : f.key.with_comma();
        append_json(out, answer.*f.member);
    };
    out += '{';
    bool first = true;
    std::apply([&](auto const&... f) { (one(f, std::exchange(first, false)), ...); },
               Schema<T>::fields);
    out += '}';
}

template <HasSchema T>
Shape const& shape_of();

namespace detail {

template <class M>
TypeDoc doc_of_member(M const*) {
    if constexpr (HasSchema<M>)
        return {.type = "object", .shape = &shape_of<M>()};
    else
        return doc_of(static_cast<M const*>(nullptr));
}
template <class M>
TypeDoc doc_of_member(std::optional<M> const*) {
    auto doc = doc_of_member(static_cast<M const*>(nullptr));
    doc.nullable = true;
    return doc;
}
template <class T, class Model>
TypeDoc doc_of_member(ListOf<T, Model> const*) {
    return {.type = "array", .shape = &shape_of<T>()};
}

template <std::size_t N, class T, class M, class R>
FieldDoc doc_of_field(Field<N, T, M, R> const& f) {
    auto type = f.rule.doc();
    type.nullable = f.presence == Presence::nullable;
    return {f.key.name(), type, f.presence == Presence::required};
}
template <std::size_t N, class T, class M, class R>
FieldDoc doc_of_field(Shown<N, T, M, R> const& f) {
    if constexpr (std::is_same_v<R, AsTyped>)
        return {f.key.name(), doc_of_member(static_cast<M const*>(nullptr))};
    else
        return {f.key.name(), f.rule.doc()};
}

}  // namespace detail

// The schema as the OpenAPI document needs it. Made once; any thread.
template <HasSchema T>
Shape const& shape_of() {
    static Shape const shape{
        Schema<T>::name,
        std::apply([](auto const&... f) { return std::vector{detail::doc_of_field(f)...}; },
                   Schema<T>::fields)};
    return shape;
}

}  // namespace blog::schemas
