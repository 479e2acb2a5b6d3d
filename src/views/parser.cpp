#include "views/syntax.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace blog::views {
namespace {

constexpr std::array<std::string_view, 6> reserved{"and", "in", "loop", "not", "or", "static"};

std::string in_quotes(std::string_view text) {
    return '\'' + std::string(text) + '\'';
}

// Reads the tokens of one tag from left to right.
class Tokens {
public:
    Tokens(SourceText const& source, Piece const& piece) : source_(source), piece_(piece) {}

    Token const& peek() const { return piece_.tokens[at_]; }
    Token take() { return peek().kind == Token::Kind::end ? peek() : piece_.tokens[at_++]; }

    bool accept(Token::Kind kind, std::string_view text) {
        if (peek().kind != kind || peek().text != text) return false;
        ++at_;
        return true;
    }
    bool accept_sign(std::string_view text) { return accept(Token::Kind::sign, text); }
    bool accept_word(std::string_view text) { return accept(Token::Kind::name, text); }

    std::string_view expect(Token::Kind kind, std::string_view what) {
        if (peek().kind != kind) fail(what);
        return take().text;
    }
    void expect_sign(std::string_view sign) {
        if (!accept_sign(sign)) fail(in_quotes(sign));
    }
    void expect_end() {
        if (peek().kind != Token::Kind::end) fail("the end of the tag");
    }
    [[noreturn]] void fail(std::string_view wanted) const {
        auto const& token = peek();
        std::string what = "here should be " + std::string(wanted);
        if (token.kind == Token::Kind::end)
            what += ", but the tag ends";
        else
            what += ", not " + in_quotes(token.text);
        throw source_.error(token.text, what);
    }

    Expression expression();
    Condition condition();

private:
    Name name();
    Term term();

    SourceText const& source_;
    Piece const& piece_;
    std::size_t at_ = 0;
};

Name Tokens::name() {
    Name name;
    do {
        auto const what = name.parts.empty() ? "a name" : "a member's name";
        name.parts.push_back(expect(Token::Kind::name, what));
    } while (accept_sign("."));
    return name;
}

Expression Tokens::expression() {
    Expression value{name(), std::nullopt};
    if (!accept_sign("|")) return value;
    value.filter = FilterCall{expect(Token::Kind::name, "a filter's name"), std::nullopt};
    if (accept_sign("(")) {
        if (peek().kind != Token::Kind::integer) fail("a number");
        value.filter->argument = take().number;
        expect_sign(")");
    }
    if (peek().text == "|") fail("the end of the tag (a value takes one filter)");
    return value;
}

Term Tokens::term() {
    Term term;
    while (accept_word("not"))
        term.negated = !term.negated;
    term.value = expression();
    bool const differs = accept_sign("!=");
    if (!differs && !accept_sign("==")) return term;
    term.negated ^= differs;
    if (peek().kind == Token::Kind::string)
        term.equals = peek().text;
    else if (peek().kind == Token::Kind::integer)
        term.equals = peek().number;
    else
        fail("a \"text\" or a number");
    term.literal = take().text;
    return term;
}

Condition Tokens::condition() {
    Condition any(1);
    for (std::size_t terms = 1;; ++terms) {
        if (terms > terms_max)
            throw source_.error(peek().text,
                                "a condition has at most " + std::to_string(terms_max) + " terms");
        any.back().push_back(term());
        if (accept_word("or"))
            any.emplace_back();
        else if (!accept_word("and"))
            break;
    }
    expect_end();
    return any;
}

// Recursive descent; how deep is bounded by nesting_max.
class Parser {
public:
    explicit Parser(File& file) : file_(file), scanner_(file.source) {}

    void parse();

private:
    // Reads nodes until a tag that begins with one of `closers`, which is then piece_.
    Nodes parse_body(std::string_view opener, std::initializer_list<std::string_view> closers);
    void parse_tag(Nodes& nodes);
    Node parse_output();
    Node parse_if(std::string_view tag, Tokens tokens);
    Node parse_for(std::string_view tag, Tokens tokens);
    Node parse_block(std::string_view tag, Tokens tokens);
    void parse_extends(Tokens tokens, bool first);
    std::string_view file_name(Tokens& tokens);
    void expect_bare();
    void check_only_blocks() const;
    void note_blocks(Nodes const& nodes);
    void note_block(Node const& node, Block const& block);

    std::string_view word() const {
        auto const& first = piece_.tokens.front();
        return first.kind == Token::Kind::name ? first.text : std::string_view();
    }

    File& file_;
    Scanner scanner_;
    Piece piece_;
    std::size_t depth_ = 0;
};

void Parser::parse() {
    file_.nodes = parse_body({}, {});
    note_blocks(file_.nodes);
    if (!file_.extends.empty()) check_only_blocks();
}

Nodes Parser::parse_body(std::string_view opener, std::initializer_list<std::string_view> closers) {
    if (++depth_ > nesting_max)
        throw file_.source.error(opener,
                                 "tags are nested deeper than " + std::to_string(nesting_max));
    Nodes nodes;
    for (;;) {
        piece_ = scanner_.next();
        if (!piece_.text.empty()) nodes.push_back({Text{piece_.text}, piece_.text});
        if (piece_.kind == Piece::Kind::end) {
            if (!opener.empty())
                throw file_.source.error(opener, "this tag is never closed: '{% " +
                                                     std::string(*(closers.end() - 1)) +
                                                     " %}' is missing");
            break;
        }
        if (piece_.kind == Piece::Kind::output) nodes.push_back(parse_output());
        if (piece_.kind != Piece::Kind::tag) continue;
        if (std::ranges::find(closers, word()) != closers.end()) break;
        parse_tag(nodes);
    }
    --depth_;
    return nodes;
}

void Parser::parse_tag(Nodes& nodes) {
    // Kept by value: parsing a body moves piece_ on.
    Piece const piece = piece_;
    Tokens tokens(file_.source, piece);
    auto const tag = piece.tag;
    auto const keyword = tokens.expect(Token::Kind::name, "a tag's name");
    if (keyword == "if") {
        nodes.push_back(parse_if(tag, tokens));
    } else if (keyword == "for") {
        nodes.push_back(parse_for(tag, tokens));
    } else if (keyword == "block") {
        nodes.push_back(parse_block(tag, tokens));
    } else if (keyword == "include") {
        nodes.push_back({Include{file_name(tokens)}, tag});
    } else if (keyword == "extends") {
        parse_extends(tokens, depth_ == 1 && std::ranges::all_of(nodes, [](Node const& n) {
                                  auto const* text = std::get_if<Text>(&n.what);
                                  return text && text->text.find_first_not_of(" \t\r\n") ==
                                                     std::string_view::npos;
                              }));
    } else if (keyword == "elif" || keyword == "else" || keyword.starts_with("end")) {
        throw file_.source.error(tag, in_quotes(keyword) +
                                          " does not belong here: the tag that is "
                                          "open, if any, is another one");
    } else {
        throw file_.source.error(
            tag, "no tag " + in_quotes(keyword) + " (there are: if, for, block, include, extends)");
    }
}

Node Parser::parse_output() {
    Tokens tokens(file_.source, piece_);
    if (tokens.accept_word("static")) {
        tokens.expect_sign("(");
        auto const path = tokens.expect(Token::Kind::string, "a file's \"name\"");
        tokens.expect_sign(")");
        tokens.expect_end();
        return {Static{path}, piece_.tag};
    }
    Output output{tokens.expression()};
    tokens.expect_end();
    return {std::move(output), piece_.tag};
}

Node Parser::parse_if(std::string_view tag, Tokens tokens) {
    If node;
    node.branches.push_back({tokens.condition(), {}});
    for (;;) {
        auto& branch = node.branches.back();
        if (branch.condition.empty())
            branch.body = parse_body(tag, {"endif"});
        else
            branch.body = parse_body(tag, {"elif", "else", "endif"});
        if (word() == "endif") break;
        if (word() == "else") {
            expect_bare();
            node.branches.push_back({{}, {}});
        } else {
            Tokens words(file_.source, piece_);
            words.take();
            node.branches.push_back({words.condition(), {}});
        }
    }
    expect_bare();
    return {std::move(node), tag};
}

Node Parser::parse_for(std::string_view tag, Tokens tokens) {
    For node;
    node.variable = tokens.expect(Token::Kind::name, "the name of the loop's variable");
    if (std::ranges::find(reserved, node.variable) != reserved.end())
        throw file_.source.error(node.variable,
                                 in_quotes(node.variable) + " is a word of the language");
    if (!tokens.accept_word("in")) tokens.fail("'in'");
    auto list = tokens.expression();
    if (list.filter) throw file_.source.error(list.filter->name, "a loop takes no filter");
    node.list = std::move(list.name);
    tokens.expect_end();
    node.body = parse_body(tag, {"else", "endfor"});
    if (word() == "else") {
        expect_bare();
        node.otherwise = parse_body(tag, {"endfor"});
    }
    expect_bare();
    return {std::move(node), tag};
}

Node Parser::parse_block(std::string_view tag, Tokens tokens) {
    Block node{tokens.expect(Token::Kind::name, "the block's name"), {}};
    tokens.expect_end();
    node.body = parse_body(tag, {"endblock"});
    Tokens closing(file_.source, piece_);
    closing.take();
    if (closing.peek().kind != Token::Kind::end && !closing.accept_word(node.name))
        closing.fail(in_quotes(node.name));
    closing.expect_end();
    return {std::move(node), tag};
}

void Parser::parse_extends(Tokens tokens, bool first) {
    auto const base = file_name(tokens);
    if (!first || !file_.extends.empty())
        throw file_.source.error(base, "'extends' must be the first thing in the file, once");
    file_.extends = base;
}

std::string_view Parser::file_name(Tokens& tokens) {
    auto const name = tokens.expect(Token::Kind::string, "a template's \"name\"");
    if (name.empty()) throw file_.source.error(name, "a template's name is not empty");
    tokens.expect_end();
    return name;
}

// piece_ is a tag of one word.
void Parser::expect_bare() {
    Tokens tokens(file_.source, piece_);
    tokens.take();
    tokens.expect_end();
}

void Parser::check_only_blocks() const {
    for (auto const& node : file_.nodes) {
        if (std::holds_alternative<Block>(node.what)) continue;
        auto const* text = std::get_if<Text>(&node.what);
        auto const seen = text ? text->text.find_first_not_of(" \t\r\n") : 0;
        if (seen != std::string_view::npos)
            throw file_.source.error(node.tag.substr(seen),
                                     "this is never shown: a template that extends another "
                                     "consists of blocks");
    }
}

void Parser::note_blocks(Nodes const& nodes) {
    for (auto const& node : nodes) {
        if (auto const* block = std::get_if<Block>(&node.what)) {
            note_block(node, *block);
            note_blocks(block->body);
        } else if (auto const* loop = std::get_if<For>(&node.what)) {
            note_blocks(loop->body);
            note_blocks(loop->otherwise);
        } else if (auto const* choice = std::get_if<If>(&node.what)) {
            for (auto const& branch : choice->branches)
                note_blocks(branch.body);
        }
    }
}

void Parser::note_block(Node const& node, Block const& block) {
    if (!file_.blocks.emplace(block.name, &block).second)
        throw file_.source.error(
            node.tag, "the block " + in_quotes(block.name) + " is defined twice in this file");
}

}  // namespace

File::File(std::string name, std::string text) : source{std::move(name), std::move(text)} {
    Parser(*this).parse();
}

File const* Files::find(std::string_view name) {
    auto found = files_.find(name);
    if (found == files_.end()) {
        auto text = source_(name);
        auto file =
            text ? std::make_unique<File const>(std::string(name), std::move(*text)) : nullptr;
        found = files_.emplace(name, std::move(file)).first;
    }
    return found->second.get();
}

}  // namespace blog::views
