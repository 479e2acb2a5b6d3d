#pragma once
#include "views/program.hpp"
#include "views/syntax.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace blog::views {

// What is wrong, and the piece of the template's text that it is about.
struct Fault {
    std::string_view place;
    std::string what;
};

// The names that a place in a template can use, and what they stand for.
class Scope {
public:
    // `vars` is what the page has; `hops` belongs to the program that the operands are for.
    Scope(std::span<Var const> vars, std::vector<Var const*>& hops) : vars_(vars), hops_(hops) {}

    // All throw Fault.

    // A member. Anything but a loop's variable alone, which has members and is none.
    Operand member(Name const& name);
    // A member behind its filter, if it has one that changes the value: |path does not.
    Operand value(Expression const& expression);

    // Opens a loop over the members of this list; the frame of its elements.
    std::uint8_t open_loop(std::string_view variable, Var const& list);
    void close_loop() { loops_.pop_back(); }
    bool in_loop() const { return !loops_.empty(); }

private:
    // Its frame is its place in loops_ plus one.
    struct Loop {
        std::string_view variable;
        std::span<Var const> members;
    };

    Operand loop_state(Name const& name) const;
    std::string names() const;

    std::span<Var const> vars_;
    std::vector<Var const*>& hops_;
    std::vector<Loop> loops_;
};

// Of the value behind its filter.
Kind kind_of(Operand const& operand);

// "a list", for messages.
std::string_view describe(Kind kind);

}  // namespace blog::views
