#pragma once
#include "views/scanner.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// The template language, a part of Jinja's, and the tree that a template is parsed into.
//
//   {{ name }}  {{ post.title }}  {{ post.content|truncate(300) }}     a value
//   {{ static("css/main.css") }}                                       a static file's URL
//   {% if a and not b or n == 2 or kind == "text" %} {% elif c %} {% else %} {% endif %}
//   {% for post in posts %} {% else %} {% endfor %}                    else: the list is empty;
//                                                loop.index (from 1), loop.first, loop.last inside
//   {% extends "base.html" %}  {% block name %} {% endblock %}         {# comment #}
//   {% include "card.html" %}                                          sees the loops around it
//
// Filters: |date (June 08, 2026), |iso (2026-06-08T09:10:11Z) of times; |truncate(n) of text, to n
// characters; |length of text and lists; |path of text, a plain path for a URL attribute. A `-`
// inside the braces takes the white space on its side away. Without one, a comment and any tag but
// `block` and `include` that has a line to itself takes that line away.
//
// Every value is escaped for the place in the HTML that it stands in; there is no way to switch
// that off, and where nothing makes a value safe (script, style, event handlers, unquoted
// attributes, names, comments) the template is refused. In href, src and the like a value follows
// text that settles the host ("/posts/{{ id }}") and is encoded as a part of the URL, or is the
// whole attribute and is written as # when it is no path of this site and no http, https or mailto
// URL.

namespace blog::views {

constexpr std::size_t nesting_max = 32;  // of if, for and block in one file
constexpr std::size_t terms_max = 16;    // of one condition

struct Name {
    std::vector<std::string_view> parts;  // at least one
};

struct FilterCall {
    std::string_view name;
    std::optional<std::int64_t> argument;
};

struct Expression {
    Name name;
    std::optional<FilterCall> filter;
};

// `not x`, `x == "text"`, `x != 3`
struct Term {
    bool negated = false;
    Expression value;
    std::variant<std::monostate, std::string_view, std::int64_t> equals;
    std::string_view literal;  // of equals, as written
};

// True when all terms of any of the groups are.
using Condition = std::vector<std::vector<Term>>;

struct Node;
using Nodes = std::vector<Node>;

struct Text {
    std::string_view text;
};
struct Output {
    Expression value;
};
struct Static {
    std::string_view path;
};
struct Branch {
    Condition condition;  // empty: else
    Nodes body;
};
struct If {
    std::vector<Branch> branches;
};
struct For {
    std::string_view variable;
    Name list;
    Nodes body, otherwise;
};
struct Block {
    std::string_view name;
    Nodes body;
};
struct Include {
    std::string_view file;
};

struct Node {
    std::variant<Text, Output, Static, If, For, Block, Include> what;
    std::string_view tag;  // where it stands
};

// One template, parsed. Its nodes point into its text, so it stays where it is.
struct File {
    SourceText source;
    std::string_view extends;  // empty: it does not
    Nodes nodes;
    std::map<std::string_view, Block const*> blocks;  // those inside others too

    // Throws TemplateError.
    File(std::string name, std::string text);
    File(File const&) = delete;
    File& operator=(File const&) = delete;
};

// The templates that a library is made of, each read and parsed once.
class Files {
public:
    explicit Files(Source source) : source_(std::move(source)) {}

    // nullptr: there is no such template. Throws TemplateError.
    File const* find(std::string_view name);

private:
    Source source_;
    std::map<std::string, std::unique_ptr<File const>, std::less<>> files_;
};

}  // namespace blog::views
