#include "views/compiler.hpp"

#include "views/escape.hpp"
#include "views/template.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace blog::views {
namespace {

constexpr std::size_t value_bytes_hint = 24;
constexpr std::size_t loop_rounds_hint = 10;

// Of what a value cannot be written without.
std::string cannot_write(Kind kind) {
    switch (kind) {
        case Kind::time:
            return " is a time: write it with |date or |iso";
        case Kind::boolean:
            return " is true or false: test it with 'if'";
        case Kind::list:
            return " is a list: loop over it, or write its |length";
        default:
            return " is an object: write one of its members";
    }
}

HtmlContext joined(std::string_view place, HtmlContext const& a, HtmlContext const& b) {
    auto both = HtmlContext::join(a, b);
    if (!both)
        throw Fault{place, "the ways through this tag end at different places of the HTML: " +
                               std::string(a.describe()) + " and " + std::string(b.describe())};
    return *both;
}

}  // namespace

Program compile(std::string_view page, Files& files, AssetUrl const& asset_url,
                std::span<Var const> vars) {
    return Compiler(files, asset_url, vars).compile(page);
}

Program Compiler::compile(std::string_view page) {
    collect_bases(page);
    check_blocks();
    auto const& outermost = *bases_.back();
    emit_in(outermost, outermost.nodes);
    try {
        html_.end();
    } catch (HtmlFault const& fault) {
        file_ = &outermost;
        throw error({std::string_view(outermost.source.text).substr(outermost.source.text.size()),
                     fault.what});
    }
    program_.size_hint = std::min(program_.size_hint, size_hint_max);
    return std::move(program_);
}

void Compiler::collect_bases(std::string_view page) {
    auto const* file = files_.find(page);
    if (!file) throw TemplateError(std::string(page) + ": there is no such template");
    for (;;) {
        bases_.push_back(file);
        file_ = file;
        if (file->extends.empty()) return;
        auto const* base = files_.find(file->extends);
        if (!base) throw error({file->extends, "there is no template " + in_quotes(file->extends)});
        if (std::ranges::find(bases_, base) != bases_.end())
            throw error({file->extends, in_quotes(file->extends) + " extends itself in the end"});
        if (bases_.size() > extends_max)
            throw error({file->extends,
                         "templates extend each other deeper than " + std::to_string(extends_max)});
        file = base;
    }
}

// A block that no base has would never be shown.
void Compiler::check_blocks() const {
    for (std::size_t i = 0; i + 1 < bases_.size(); ++i) {
        for (auto const& node : bases_[i]->nodes) {
            auto const* block = std::get_if<Block>(&node.what);
            if (!block) continue;
            std::string known;
            bool found = false;
            for (auto base = i + 1; base < bases_.size(); ++base) {
                found = found || bases_[base]->blocks.contains(block->name);
                for (auto const& [name, ignored] : bases_[base]->blocks)
                    known.append(known.empty() ? "" : ", ").append(name);
            }
            if (!found)
                throw bases_[i]->source.error(
                    block->name, "no block " + in_quotes(block->name) + " in " +
                                     in_quotes(bases_[i]->extends) + " (it has: " + known + ')');
        }
    }
}

TemplateError Compiler::error(Fault const& fault) const {
    auto const& page = bases_.front()->source.name;
    auto what = fault.what;
    if (file_->source.name != page) what += " (while compiling " + page + ')';
    return file_->source.error(fault.place, what);
}

void Compiler::emit_in(File const& file, Nodes const& nodes) {
    auto const* const outer = std::exchange(file_, &file);
    emit(nodes);
    file_ = outer;
}

void Compiler::emit(Nodes const& nodes) {
    for (auto const& node : nodes) {
        try {
            std::visit([&](auto const& what) { emit(node, what); }, node.what);
        } catch (Fault const& fault) {
            throw error(fault);
        } catch (HtmlFault const& fault) {
            bool const in_text = std::holds_alternative<Text>(node.what);
            throw error({node.tag.substr(in_text ? fault.offset : 0), fault.what});
        }
    }
}

void Compiler::emit(Node const& node, Text const& text) {
    html_.feed(text.text);
    literal(node.tag, text.text);
}

void Compiler::emit(Node const& node, Static const& asset) {
    auto const url = asset_url_(asset.path);
    if (url.empty()) throw Fault{asset.path, "there is no static file " + in_quotes(asset.path)};
    std::string escaped;
    append_html(escaped, url);
    html_.feed(escaped);
    literal(node.tag, escaped);
}

void Compiler::emit(Node const& node, Output const& output) {
    auto const operand = scope_.value(output.value);
    auto const kind = kind_of(operand);
    if (kind != Kind::text && kind != Kind::integer)
        throw Fault{output.value.name.parts.back(),
                    in_quotes(output.value.name.parts.back()) + cannot_write(kind)};
    auto const& filter = output.value.filter;
    append(node.tag, {.code = Op::Code::put,
                      .encoder = encoder(output.value, operand),
                      .number = filter ? filter->argument.value_or(0) : 0,
                      .value = operand});
    program_.size_hint += value_bytes_hint;
}

Encoder Compiler::encoder(Expression const& value, Operand const& operand) {
    bool const path = value.filter && value.filter->name == "path";
    switch (html_.value()) {
        case HtmlContext::Slot::text:
            return path ? Encoder::path : Encoder::html;
        case HtmlContext::Slot::url_part:
            return path ? Encoder::path : Encoder::url_part;
        case HtmlContext::Slot::path_end:
            if (path)
                throw Fault{value.filter->name,
                            "with '/' before it and '/' in it this could name another host"};
            return Encoder::url_part;
        case HtmlContext::Slot::whole_url:
            break;
    }
    if (path) return Encoder::local_path;
    if (kind_of(operand) != Kind::text || value.filter)
        throw Fault{value.name.parts.back(),
                    "this is no URL by itself: put text before it, as in \"/posts/{{ id }}\""};
    return Encoder::url;
}

void Compiler::emit(Node const& node, If const& choice) {
    html_.directive();
    auto const start = html_;
    std::optional<HtmlContext> end;
    Jumps ends;
    for (auto const& branch : choice.branches) {
        auto const skips = emit_condition(branch.condition);
        html_ = start;
        emit(branch.body);
        html_.directive();
        end = end ? joined(node.tag, *end, html_) : html_;
        bool const last = &branch == &choice.branches.back();
        if (!last) ends.push_back(append(node.tag, {.code = Op::Code::jump}));
        land(skips);
    }
    land(ends);
    bool const has_else = choice.branches.back().condition.empty();
    html_ = has_else ? *end : joined(node.tag, *end, start);
}

// Code that goes on when the condition holds; the jumps that it leaves with otherwise.
Compiler::Jumps Compiler::emit_condition(Condition const& condition) {
    Jumps fails, successes;
    for (auto const& group : condition) {
        land(std::exchange(fails, {}));
        for (auto const& term : group)
            fails.push_back(append(term.value.name.parts.front(), test(term)));
        if (&group != &condition.back())
            successes.push_back(
                append(group.front().value.name.parts.front(), {.code = Op::Code::jump}));
    }
    land(successes);
    return fails;
}

Op Compiler::test(Term const& term) {
    Op op{
        .code = Op::Code::jump_unless, .negated = term.negated, .value = scope_.value(term.value)};
    auto const& filter = term.value.filter;
    if (filter && filter->name != "length")
        throw Fault{filter->name, "a condition takes no filter but 'length'"};
    auto const kind = kind_of(op.value);
    auto const& name = term.value.name.parts.back();
    if (kind == Kind::time || kind == Kind::view)
        throw Fault{name, in_quotes(name) + " is " + std::string(describe(kind)) +
                              ": that cannot be tested"};
    if (auto const* text = std::get_if<std::string_view>(&term.equals)) {
        op.compare = Op::Compare::text;
        op.literal_at = store(term.literal, *text);
        op.literal_size = static_cast<std::uint32_t>(text->size());
    } else if (auto const* number = std::get_if<std::int64_t>(&term.equals)) {
        op.compare = Op::Compare::integer;
        op.number = *number;
    }
    bool const fits = op.compare == Op::Compare::truth ||
                      (op.compare == Op::Compare::text && kind == Kind::text) ||
                      (op.compare == Op::Compare::integer && kind == Kind::integer);
    if (!fits)
        throw Fault{term.literal, in_quotes(name) + " is " + std::string(describe(kind)) +
                                      " and never equals this"};
    return op;
}

void Compiler::emit(Node const& node, For const& loop) {
    html_.directive();
    auto const start = html_;
    auto const list = scope_.member(loop.list);
    if (kind_of(list) != Kind::list) {
        auto const& name = loop.list.parts.back();
        throw Fault{name, in_quotes(name) + " is " + std::string(describe(kind_of(list))) +
                              ": a loop needs a list"};
    }
    auto const frame = scope_.open_loop(loop.variable, *list.var);
    auto const each = append(node.tag, {.code = Op::Code::each, .frame = frame, .value = list});
    auto const body = here();
    emit_body(loop);
    scope_.close_loop();
    append(node.tag, {.code = Op::Code::next, .frame = frame, .target = body});
    html_.directive();
    if (html_ != start)
        throw Fault{node.tag, "this loop must end where it began in the HTML, and that is " +
                                  std::string(start.describe())};
    Jumps end;
    if (!loop.otherwise.empty()) end.push_back(append(node.tag, {.code = Op::Code::jump}));
    land({each});
    emit(loop.otherwise);
    html_.directive();
    land(end);
    html_ = joined(node.tag, start, html_);
}

void Compiler::emit_body(For const& loop) {
    auto const before = program_.size_hint;
    emit(loop.body);
    auto const once = program_.size_hint - before;
    program_.size_hint = std::min(before + once * loop_rounds_hint, size_hint_max);
}

// The page's own block, or that of the nearest base that has it.
void Compiler::emit(Node const& node, Block const& block) {
    if (!included_.empty()) throw Fault{node.tag, "an included template cannot have blocks"};
    for (auto const* base : bases_) {
        auto const found = base->blocks.find(block.name);
        if (found == base->blocks.end()) continue;
        emit_in(*base, found->second->body);
        return;
    }
}

void Compiler::emit(Node const&, Include const& include) {
    auto const* file = files_.find(include.file);
    if (!file) throw Fault{include.file, "there is no template " + in_quotes(include.file)};
    if (std::ranges::find(included_, file) != included_.end())
        throw Fault{include.file, in_quotes(include.file) + " includes itself in the end"};
    if (!file->extends.empty())
        throw Fault{include.file, "an included template cannot extend another"};
    if (included_.size() == include_depth_max)
        throw Fault{include.file, "templates include each other deeper than " +
                                      std::to_string(include_depth_max)};
    if (++includes_ > includes_max)
        throw Fault{include.file,
                    "this page includes more than " + std::to_string(includes_max) + " templates"};
    included_.push_back(file);
    emit_in(*file, file->nodes);
    included_.pop_back();
}

void Compiler::literal(std::string_view place, std::string_view text) {
    if (text.empty()) return;
    auto const at = store(place, text);
    auto const size = static_cast<std::uint32_t>(text.size());
    program_.size_hint += size;
    auto& ops = program_.ops;
    bool const joins = !ops.empty() && label_ < ops.size() && ops.back().code == Op::Code::text;
    if (joins)
        ops.back().literal_size += size;
    else
        append(place, {.code = Op::Code::text, .literal_at = at, .literal_size = size});
}

// Where in the program's literals it is.
std::uint32_t Compiler::store(std::string_view place, std::string_view text) {
    auto& literals = program_.literals;
    if (literals.size() + text.size() > literal_bytes_max)
        throw Fault{place, "the page has more than " + std::to_string(literal_bytes_max) +
                               " bytes of text"};
    auto const at = static_cast<std::uint32_t>(literals.size());
    literals += text;
    return at;
}

std::size_t Compiler::append(std::string_view place, Op op) {
    if (program_.ops.size() == ops_max)
        throw Fault{place, "the page needs more than " + std::to_string(ops_max) + " instructions"};
    program_.ops.push_back(op);
    return program_.ops.size() - 1;
}

std::uint32_t Compiler::here() {
    label_ = program_.ops.size();
    return static_cast<std::uint32_t>(label_);
}

void Compiler::land(Jumps const& jumps) {
    for (auto const jump : jumps)
        program_.ops[jump].target = here();
}

}  // namespace blog::views
