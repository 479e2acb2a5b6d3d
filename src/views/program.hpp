#pragma once
#include "views/view_model.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace blog::views {

constexpr std::size_t loops_max = 8;  // one inside the other

enum class Filter : std::uint8_t { none, date, iso, truncate, length };
enum class Encoder : std::uint8_t { html, url_part, path, url, local_path };

// Where a value comes from: an object of a frame (0: the page; then one for each loop around), the
// members to follow from there, and the last member.
struct Operand {
    enum class From : std::uint8_t { member, loop_index, loop_first, loop_last };
    From from = From::member;
    Filter filter = Filter::none;
    std::uint8_t frame = 0;
    std::uint32_t first_hop = 0, hops = 0;  // members to follow: a range of Program::hops
    Var const* var = nullptr;               // null unless from == member
};

// One instruction; each kind uses what its line names.
struct Op {
    enum class Code : std::uint8_t {
        text,         // appends the literal
        put,          // appends `value` through its filter (truncate: to `number`) and `encoder`
        jump,         // to target
        jump_unless,  // to target, unless `value` compared with literal or number gives !negated
        each,         // opens `frame` on the first element of `value`; none: to target
        next,         // `frame` to its next element and to target; none: goes on
    };
    enum class Compare : std::uint8_t { truth, text, integer };

    Code code = Code::text;
    Encoder encoder = Encoder::html;
    Compare compare = Compare::truth;
    bool negated = false;
    std::uint8_t frame = 0;
    std::uint32_t target = 0;
    std::uint32_t literal_at = 0, literal_size = 0;
    std::int64_t number = 0;
    Operand value{};
};

// A compiled page: a flat list of instructions over one string of literal text. The compiler
// guarantees that every index holds, that jumps go forward except those of `next`, and that every
// operand's member is of the kind that is asked of it. Any number of threads may run one program.
struct Program {
    std::string literals;
    std::vector<Op> ops;
    std::vector<Var const*> hops;
    std::size_t size_hint = 0;  // bytes of output to expect

    // Appends the page to `out`; `view` is the object that the page's variables are members of.
    // Allocates nothing but the room in `out`; throws std::bad_alloc only.
    void run(void const* view, std::string& out) const;
};

}  // namespace blog::views
