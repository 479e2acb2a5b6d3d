#pragma once
#include "views/html_context.hpp"
#include "views/program.hpp"
#include "views/scope.hpp"
#include "views/source.hpp"
#include "views/syntax.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace blog::views {

constexpr std::size_t extends_max = 8;         // from a page to its outermost base
constexpr std::size_t include_depth_max = 16;  // one inside the other
constexpr std::size_t includes_max = 1000;     // of one page, all together
constexpr std::size_t ops_max = 100'000;       // of one page
constexpr std::size_t literal_bytes_max = 4u << 20;
constexpr std::size_t size_hint_max = 64u << 10;

// Turns one page into a program: puts blocks and included files into their places, resolves names
// against what the view model has, and lets HtmlContext choose the escape of every value.
class Compiler {
public:
    Compiler(Files& files, AssetUrl const& asset_url, std::span<Var const> vars)
        : files_(files), asset_url_(asset_url), scope_(vars, program_.hops) {}

    // Once. Throws TemplateError.
    Program compile(std::string_view page);

private:
    using Jumps = std::vector<std::size_t>;  // instructions whose target is not known yet

    void collect_bases(std::string_view page);
    void check_blocks() const;
    TemplateError error(Fault const& fault) const;

    // All below throw Fault or HtmlFault about the node in hand, TemplateError about one inside.
    void emit(Nodes const& nodes);
    void emit_in(File const& file, Nodes const& nodes);
    void emit(Node const& node, Text const& text);
    void emit(Node const& node, Output const& output);
    void emit(Node const& node, Static const& asset);
    void emit(Node const& node, If const& choice);
    void emit(Node const& node, For const& loop);
    void emit(Node const& node, Block const& block);
    void emit(Node const& node, Include const& include);
    void emit_body(For const& loop);
    Jumps emit_condition(Condition const& condition);
    Op test(Term const& term);
    Encoder encoder(Expression const& value, Operand const& operand);

    void literal(std::string_view place, std::string_view text);
    std::uint32_t store(std::string_view place, std::string_view text);
    std::size_t append(std::string_view place, Op op);
    std::uint32_t here();  // as a target
    void land(Jumps const& jumps);

    Files& files_;
    AssetUrl const& asset_url_;
    Program program_;
    Scope scope_;
    HtmlContext html_;
    std::vector<File const*> bases_;     // the page, what it extends, and so on
    std::vector<File const*> included_;  // the included files around the node, innermost last
    File const* file_ = nullptr;         // the one that the node stands in
    std::size_t includes_ = 0;
    std::size_t label_ = 0;  // an instruction that is jumped to; literals must not grow across it
};

}  // namespace blog::views
