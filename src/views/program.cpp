#include "views/program.hpp"

#include "views/escape.hpp"
#include "views/filters.hpp"

#include <array>
#include <charconv>

namespace blog::views {
namespace {

using Code = Op::Code;
using From = Operand::From;

// One rendering: where it is in each loop.
class Run {
public:
    Run(Program const& program, void const* view, std::string& out) : program_(program), out_(out) {
        frames_[0] = {static_cast<std::byte const*>(view), 0, 1, 0};
    }

    void operator()();

private:
    struct Frame {
        std::byte const* self = nullptr;
        std::size_t index = 0, count = 0, item_bytes = 0;
    };

    void const* object(Operand const& operand) const;
    std::int64_t integer(Operand const& operand) const;
    bool holds(Op const& op) const;
    bool open_loop(Op const& op);
    bool next_item(Op const& op);
    void put(Op const& op);
    void put_text(Op const& op, std::string_view text);

    std::string_view literal(Op const& op) const {
        return std::string_view(program_.literals).substr(op.literal_at, op.literal_size);
    }

    Program const& program_;
    std::string& out_;
    std::array<Frame, loops_max + 1> frames_;
};

void Run::operator()() {
    auto const& ops = program_.ops;
    for (std::size_t at = 0; at < ops.size();) {
        auto const& op = ops[at];
        bool jumps = false;
        switch (op.code) {
            case Code::text:
                out_.append(literal(op));
                break;
            case Code::put:
                put(op);
                break;
            case Code::jump:
                jumps = true;
                break;
            case Code::jump_unless:
                jumps = !holds(op);
                break;
            case Code::each:
                jumps = !open_loop(op);
                break;
            case Code::next:
                jumps = next_item(op);
                break;
        }
        at = jumps ? op.target : at + 1;
    }
}

// The object that operand.var is a member of.
void const* Run::object(Operand const& operand) const {
    void const* self = frames_[operand.frame].self;
    for (std::size_t i = 0; i < operand.hops; ++i)
        self = program_.hops[operand.first_hop + i]->view(self);
    return self;
}

// Of an integer, a bool, a |length and of what `loop` has.
std::int64_t Run::integer(Operand const& operand) const {
    auto const& frame = frames_[operand.frame];
    switch (operand.from) {
        case From::loop_index:
            return static_cast<std::int64_t>(frame.index + 1);
        case From::loop_first:
            return frame.index == 0;
        case From::loop_last:
            return frame.index + 1 == frame.count;
        case From::member:
            break;
    }
    auto const* self = object(operand);
    if (operand.filter != Filter::length) return operand.var->integer(self);
    auto const length = operand.var->kind == Kind::list ? operand.var->items(self).count
                                                        : character_count(operand.var->text(self));
    return static_cast<std::int64_t>(length);
}

bool Run::holds(Op const& op) const {
    auto const& value = op.value;
    bool const number = value.from != From::member || value.filter == Filter::length ||
                        value.var->kind == Kind::integer || value.var->kind == Kind::boolean;
    bool holds = false;
    if (op.compare == Op::Compare::integer)
        holds = integer(value) == op.number;
    else if (op.compare == Op::Compare::text)
        holds = value.var->text(object(value)) == literal(op);
    else if (number)
        holds = integer(value) != 0;
    else if (value.var->kind == Kind::list)
        holds = value.var->items(object(value)).count != 0;
    else
        holds = !value.var->text(object(value)).empty();
    return holds != op.negated;
}

bool Run::open_loop(Op const& op) {
    auto const& list = *op.value.var;
    auto const items = list.items(object(op.value));
    frames_[op.frame] = {items.first, 0, items.count, list.item_bytes};
    return items.count != 0;
}

bool Run::next_item(Op const& op) {
    auto& frame = frames_[op.frame];
    if (++frame.index == frame.count) return false;
    frame.self += frame.item_bytes;
    return true;
}

void Run::put(Op const& op) {
    auto const& value = op.value;
    auto const filter = value.filter;
    if (value.from != From::member || filter == Filter::length ||
        value.var->kind == Kind::integer) {
        char digits[24];  // they and the sign need no escape anywhere
        auto const end = std::to_chars(digits, digits + sizeof digits, integer(value)).ptr;
        out_.append(digits, static_cast<std::size_t>(end - digits));
        return;
    }
    auto const* self = object(value);
    if (filter == Filter::date) return put_text(op, date_text(value.var->time(self)));
    if (filter == Filter::iso) return put_text(op, iso_text(value.var->time(self)));
    auto const text = value.var->text(self);
    if (filter != Filter::truncate) return put_text(op, text);
    auto const cut = truncate(text, static_cast<std::size_t>(op.number));
    put_text(op, cut.text);
    if (cut.shortened) put_text(op, "\u2026");
}

void Run::put_text(Op const& op, std::string_view text) {
    switch (op.encoder) {
        case Encoder::html:
            return append_html(out_, text);
        case Encoder::url_part:
            return append_url_part(out_, text);
        case Encoder::path:
            return append_path(out_, text);
        case Encoder::url:
            return append_url(out_, text);
        case Encoder::local_path:
            return append_local_path(out_, text);
    }
}

}  // namespace

void Program::run(void const* view, std::string& out) const {
    out.reserve(out.size() + size_hint);
    Run(*this, view, out)();
}

}  // namespace blog::views
