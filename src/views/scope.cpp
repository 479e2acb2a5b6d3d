#include "views/scope.hpp"

#include <algorithm>
#include <array>

namespace blog::views {
namespace {

using From = Operand::From;

constexpr std::size_t names_shown_max = 12;
constexpr std::int64_t truncate_max = 100'000;

struct FilterRule {
    std::string_view name;
    Filter filter;
    bool takes_text, takes_time, takes_list;
    std::string_view takes;
};
constexpr std::array<FilterRule, 5> filter_rules{{
    {"date", Filter::date, false, true, false, "a time"},
    {"iso", Filter::iso, false, true, false, "a time"},
    {"length", Filter::length, true, false, true, "text or a list"},
    {"path", Filter::none, true, false, false, "text"},
    {"truncate", Filter::truncate, true, false, false, "text"},
}};

Var const* find(std::span<Var const> vars, std::string_view name) {
    auto const found = std::ranges::find(vars, name, &Var::name);
    return found == vars.end() ? nullptr : &*found;
}

void add_name(std::string& list, std::size_t& count, std::string_view name) {
    if (++count > names_shown_max + 1) return;
    if (!list.empty()) list += ", ";
    list += count > names_shown_max ? "\u2026" : name;
}

std::string names_of(std::span<Var const> vars) {
    std::string list;
    std::size_t count = 0;
    for (auto const& var : vars)
        add_name(list, count, var.name);
    return list;
}

// "post.author" of a name's first parts.
std::string written(Name const& name, std::size_t parts) {
    std::string text(name.parts.front());
    for (std::size_t i = 1; i < parts; ++i)
        text.append(".").append(name.parts[i]);
    return text;
}

Filter filter_of(FilterCall const& call, Name const& name, Kind kind) {
    auto const rule = std::ranges::find(filter_rules, call.name, &FilterRule::name);
    if (rule == filter_rules.end())
        throw Fault{call.name, "no filter " + in_quotes(call.name) +
                                   " (there are: date, iso, length, path, truncate)"};
    bool const fits = (kind == Kind::text && rule->takes_text) ||
                      (kind == Kind::time && rule->takes_time) ||
                      (kind == Kind::list && rule->takes_list);
    if (!fits)
        throw Fault{call.name, "the filter " + in_quotes(call.name) + " takes " +
                                   std::string(rule->takes) + ", and " +
                                   in_quotes(written(name, name.parts.size())) + " is " +
                                   std::string(describe(kind))};
    if (rule->filter != Filter::truncate && call.argument)
        throw Fault{call.name, "the filter " + in_quotes(call.name) + " takes no argument"};
    if (rule->filter == Filter::truncate &&
        (!call.argument || *call.argument < 1 || *call.argument > truncate_max))
        throw Fault{call.name, "the filter 'truncate' takes a length from 1 to " +
                                   std::to_string(truncate_max) + ", as truncate(200)"};
    return rule->filter;
}

}  // namespace

std::string_view describe(Kind kind) {
    switch (kind) {
        case Kind::text:
            return "text";
        case Kind::integer:
            return "a number";
        case Kind::boolean:
            return "true or false";
        case Kind::time:
            return "a time";
        case Kind::list:
            return "a list";
        case Kind::view:
            return "an object with members";
    }
    return {};
}

Kind kind_of(Operand const& operand) {
    if (operand.from == From::loop_index || operand.filter == Filter::length) return Kind::integer;
    if (operand.from != From::member) return Kind::boolean;
    return operand.filter == Filter::none ? operand.var->kind : Kind::text;
}

std::string Scope::names() const {
    std::string list;
    std::size_t count = 0;
    for (auto const& loop : loops_)
        add_name(list, count, loop.variable);
    for (auto const& var : vars_)
        add_name(list, count, var.name);
    return list;
}

Operand Scope::member(Name const& name) {
    auto const& parts = name.parts;
    if (parts.front() == "loop") return loop_state(name);

    Operand operand;
    auto members = vars_;
    std::size_t part = 0;
    auto const loop = std::ranges::find(loops_, parts.front(), &Loop::variable);
    if (loop != loops_.end()) {
        operand.frame = static_cast<std::uint8_t>(loop - loops_.begin() + 1);
        members = loop->members;
        part = 1;
        if (parts.size() == 1)
            throw Fault{parts.front(), in_quotes(parts.front()) +
                                           " is an element of a list: name one of its members (" +
                                           names_of(members) + ')'};
    }
    operand.first_hop = static_cast<std::uint32_t>(hops_.size());
    for (;; ++part) {
        operand.var = find(members, parts[part]);
        if (!operand.var && part == 0)
            throw Fault{parts[part], "no variable " + in_quotes(parts[part]) +
                                         " in this page (it has: " + names() + ')'};
        if (!operand.var)
            throw Fault{parts[part], "no " + in_quotes(parts[part]) + " in " +
                                         in_quotes(written(name, part)) +
                                         " (it has: " + names_of(members) + ')'};
        if (part + 1 == parts.size()) return operand;
        if (operand.var->kind != Kind::view)
            throw Fault{parts[part + 1], in_quotes(written(name, part + 1)) + " is " +
                                             std::string(describe(operand.var->kind)) +
                                             " and has no members"};
        hops_.push_back(operand.var);
        ++operand.hops;
        members = operand.var->members;
    }
}

Operand Scope::loop_state(Name const& name) const {
    auto const& parts = name.parts;
    if (loops_.empty()) throw Fault{parts.front(), "'loop' has a meaning inside a 'for' only"};
    Operand operand;
    operand.frame = static_cast<std::uint8_t>(loops_.size());
    auto const state = parts.size() == 2 ? parts[1] : std::string_view();
    if (state == "index")
        operand.from = From::loop_index;
    else if (state == "first")
        operand.from = From::loop_first;
    else if (state == "last")
        operand.from = From::loop_last;
    else
        throw Fault{parts.back(), "'loop' has: loop.index, loop.first, loop.last"};
    return operand;
}

Operand Scope::value(Expression const& expression) {
    auto operand = member(expression.name);
    if (expression.filter)
        operand.filter = filter_of(*expression.filter, expression.name, kind_of(operand));
    return operand;
}

std::uint8_t Scope::open_loop(std::string_view variable, Var const& list) {
    if (loops_.size() == loops_max)
        throw Fault{variable, "loops are nested deeper than " + std::to_string(loops_max)};
    if (find(vars_, variable) ||
        std::ranges::find(loops_, variable, &Loop::variable) != loops_.end())
        throw Fault{variable, "the name " + in_quotes(variable) + " is taken already"};
    loops_.push_back({variable, list.members});
    return static_cast<std::uint8_t>(loops_.size());
}

}  // namespace blog::views
