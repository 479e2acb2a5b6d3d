#include "fixture.hpp"
#include "views/compiler.hpp"

#include <boost/test/unit_test.hpp>

using namespace blog::views::test;
using blog::views::includes_max;
using blog::views::nesting_max;
using blog::views::source_bytes_max;

namespace {

struct Case {
    std::string source, message;
};

void check(std::vector<Case> const& cases) {
    for (auto const& [source, message] : cases) {
        auto const got = fault(source);
        auto const wanted = message.empty() ? message : "page.html:" + message;
        BOOST_TEST(got == wanted, source << "\n  is: " << got << "\n  not: " << wanted);
    }
}

std::string repeated(std::string_view text, std::size_t times) {
    std::string all;
    for (std::size_t i = 0; i < times; ++i)
        all += text;
    return all;
}

constexpr auto page_names = "text, owned, maybe, number, large, flag, when, owner, items, tags";

}  // namespace

BOOST_AUTO_TEST_SUITE(compile_errors)

BOOST_AUTO_TEST_CASE(names_that_are_not_there) {
    std::string const names = page_names;
    check({
        {"a\nb {{ titel }}", "2:6: no variable 'titel' in this page (it has: " + names + ")"},
        {"äö{{x}}", "1:5: no variable 'x' in this page (it has: " + names + ")"},
        {"{% for i in items %}{{ j }}{% endfor %}",
         "1:24: no variable 'j' in this page (it has: i, " + names + ")"},
        {"{% for i in items %}{% endfor %}{{ i.id }}",
         "1:36: no variable 'i' in this page (it has: " + names + ")"},
        {"{% for i in items %}{{ i.titel }}{% endfor %}",
         "1:26: no 'titel' in 'i' (it has: id, title, tags)"},
        {"{{ owner.place.x }}", "1:16: no 'x' in 'owner.place' (it has: city)"},
        {"{{ text.x }}", "1:9: 'text' is text and has no members"},
        {"{{ items.x }}", "1:10: 'items' is a list and has no members"},
        {"{{ owner.name.x }}", "1:15: 'owner.name' is text and has no members"},
        {"{% if x %}{% endif %}", "1:7: no variable 'x' in this page (it has: " + names + ")"},
        {"{{ loop.index }}", "1:4: 'loop' has a meaning inside a 'for' only"},
        {"{% for i in items %}{{ loop }}{% endfor %}",
         "1:24: 'loop' has: loop.index, loop.first, loop.last"},
        {"{% for i in items %}{{ loop.length }}{% endfor %}",
         "1:29: 'loop' has: loop.index, loop.first, loop.last"},
        {"{{ static(\"x.css\") }}", "1:12: there is no static file 'x.css'"},
    });
}

BOOST_AUTO_TEST_CASE(values_of_the_wrong_kind) {
    check({
        {"{{ when }}", "1:4: 'when' is a time: write it with |date or |iso"},
        {"{{ flag }}", "1:4: 'flag' is true or false: test it with 'if'"},
        {"{{ items }}", "1:4: 'items' is a list: loop over it, or write its |length"},
        {"{{ owner.place }}", "1:10: 'place' is an object: write one of its members"},
        {"{% for i in items %}{{ i }}{% endfor %}",
         "1:24: 'i' is an element of a list: name one of its members (id, title, tags)"},
        {"{% for i in items %}{{ loop.first }}{% endfor %}",
         "1:29: 'first' is true or false: test it with 'if'"},
        {"{% for x in text %}{% endfor %}", "1:13: 'text' is text: a loop needs a list"},
        {"{% for x in owner %}{% endfor %}",
         "1:13: 'owner' is an object with members: a loop needs a list"},
        {"{% if when %}{% endif %}", "1:7: 'when' is a time: that cannot be tested"},
        {"{% if owner %}{% endif %}",
         "1:7: 'owner' is an object with members: that cannot be tested"},
        {"{% if text == 1 %}{% endif %}", "1:15: 'text' is text and never equals this"},
        {"{% if number == \"1\" %}{% endif %}", "1:18: 'number' is a number and never equals this"},
        {"{% if flag == 1 %}{% endif %}", "1:15: 'flag' is true or false and never equals this"},
    });
}

BOOST_AUTO_TEST_CASE(filters_misused) {
    check({
        {"{{ text|upper }}",
         "1:9: no filter 'upper' (there are: date, iso, length, path, truncate)"},
        {"{{ text|safe }}", "1:9: no filter 'safe' (there are: date, iso, length, path, truncate)"},
        {"{{ text|date }}", "1:9: the filter 'date' takes a time, and 'text' is text"},
        {"{{ owner.name|iso }}", "1:15: the filter 'iso' takes a time, and 'owner.name' is text"},
        {"{{ number|truncate(3) }}",
         "1:11: the filter 'truncate' takes text, and 'number' is a number"},
        {"{{ number|length }}",
         "1:11: the filter 'length' takes text or a list, and 'number' is a number"},
        {"{{ text|truncate }}",
         "1:9: the filter 'truncate' takes a length from 1 to 100000, as truncate(200)"},
        {"{{ text|truncate(0) }}",
         "1:9: the filter 'truncate' takes a length from 1 to 100000, as truncate(200)"},
        {"{{ text|truncate(-1) }}",
         "1:9: the filter 'truncate' takes a length from 1 to 100000, as truncate(200)"},
        {"{{ text|truncate(\"3\") }}", "1:19: here should be a number, not '3'"},
        {"{{ when|date(1) }}", "1:9: the filter 'date' takes no argument"},
        {"{{ text|truncate(3)|length }}",
         "1:20: here should be the end of the tag (a value takes one filter), not '|'"},
        {"{% if text|truncate(3) %}{% endif %}", "1:12: a condition takes no filter but 'length'"},
        {"{% for i in items|length %}{% endfor %}", "1:19: a loop takes no filter"},
        {"<a href=\"/{{ text|path }}\">",
         "1:19: with '/' before it and '/' in it this could name another host"},
        {"<a href=\"{{ text|truncate(3) }}\">",
         "1:13: this is no URL by itself: put text before it, as in \"/posts/{{ id }}\""},
        {"<a href=\"{{ number }}\">",
         "1:13: this is no URL by itself: put text before it, as in \"/posts/{{ id }}\""},
    });
}

BOOST_AUTO_TEST_CASE(tags_that_are_not_closed_or_not_open) {
    check({
        {"a\n{% if flag %}x", "2:1: this tag is never closed: '{% endif %}' is missing"},
        {"{% if flag %}{% else %}", "1:1: this tag is never closed: '{% endif %}' is missing"},
        {"{% for i in items %}", "1:1: this tag is never closed: '{% endfor %}' is missing"},
        {"{% block x %}", "1:1: this tag is never closed: '{% endblock %}' is missing"},
        {"{% if flag %}{% for i in items %}{% endif %}{% endfor %}",
         "1:34: 'endif' does not belong here: the tag that is open, if any, is another one"},
        {"{% endif %}",
         "1:1: 'endif' does not belong here: the tag that is open, if any, is another one"},
        {"{% else %}",
         "1:1: 'else' does not belong here: the tag that is open, if any, is another one"},
        {"{% if flag %}{% else %}{% else %}{% endif %}",
         "1:24: 'else' does not belong here: the tag that is open, if any, is another one"},
        {"{% if flag %}{% else %}{% elif flag %}{% endif %}",
         "1:24: 'elif' does not belong here: the tag that is open, if any, is another one"},
        {"{% block a %}{% endblock b %}", "1:26: here should be 'a', not 'b'"},
        {"{% block a %}{% endblock %}{% block a %}{% endblock %}",
         "1:28: the block 'a' is defined twice in this file"},
        {"{% block a %}{% if flag %}{% block a %}{% endblock %}{% endif %}{% endblock %}",
         "1:27: the block 'a' is defined twice in this file"},
        {"{{ text", "1:1: this '{{' is never closed: '}}' is missing"},
        {"\n {% if flag", "2:2: this '{%' is never closed: '%}' is missing"},
        {"{# text", "1:1: this '{#' is never closed: '#}' is missing"},
        {"{#}", "1:1: this '{#' is never closed: '#}' is missing"},
        {"{{ text %}", "1:9: '%' means nothing here; '}}' closes the tag"},
        {"{% if text }}", "1:12: '}' means nothing here; '%}' closes the tag"},
    });
}

BOOST_AUTO_TEST_CASE(syntax_that_is_not_understood) {
    check({
        {"{{ }}", "1:4: here should be a name, but the tag ends"},
        {"{% %}", "1:4: here should be a tag's name, but the tag ends"},
        {"{% \"endif\" %}", "1:5: here should be a tag's name, not 'endif'"},
        {"{% while x %}", "1:1: no tag 'while' (there are: if, for, block, include, extends)"},
        {"{% raw %}", "1:1: no tag 'raw' (there are: if, for, block, include, extends)"},
        {"{{{ text }}}", "1:3: '{' means nothing here; '}}' closes the tag"},
        {"{{ 1 }}", "1:4: here should be a name, not '1'"},
        {"{{ \"x\" }}", "1:5: here should be a name, not 'x'"},
        {"{{ text text }}", "1:9: here should be the end of the tag, not 'text'"},
        {"{{ text. }}", "1:10: here should be a member's name, but the tag ends"},
        {"{{ text| }}", "1:10: here should be a filter's name, but the tag ends"},
        {"{{ text|truncate(3 }}", "1:20: here should be ')', but the tag ends"},
        {"{{ text + 1 }}", "1:9: '+' means nothing here; '}}' closes the tag"},
        {"{{ tëxt }}", "1:5: 'ë' means nothing here; '}}' closes the tag"},
        {"{{ \"text }}", "1:4: this quote is never closed on its line"},
        {"{{ static(text) }}", "1:11: here should be a file's \"name\", not 'text'"},
        {"{{ static }}", "1:11: here should be '(', but the tag ends"},
        {"{% if %}{% endif %}", "1:7: here should be a name, but the tag ends"},
        {"{% if text == %}{% endif %}",
         "1:15: here should be a \"text\" or a number, but the tag ends"},
        {"{% if text == text %}{% endif %}",
         "1:15: here should be a \"text\" or a number, not 'text'"},
        {"{% if number == 99999999999999999999 %}{% endif %}",
         "1:17: this number does not fit 64 bits"},
        {"{% if flag %}{% else flag %}{% endif %}",
         "1:22: here should be the end of the tag, not 'flag'"},
        {"{% for items %}{% endfor %}", "1:14: here should be 'in', but the tag ends"},
        {"{% for not in items %}{% endfor %}", "1:8: 'not' is a word of the language"},
        {"{% for text in items %}{% endfor %}", "1:8: the name 'text' is taken already"},
        {"{% for i in items %}{% for i in i.tags %}{% endfor %}{% endfor %}",
         "1:28: the name 'i' is taken already"},
        {"{% include text %}", "1:12: here should be a template's \"name\", not 'text'"},
        {"{% include \"\" %}", "1:13: a template's name is not empty"},
        {"{% block %}{% endblock %}", "1:10: here should be the block's name, but the tag ends"},
    });
}

BOOST_AUTO_TEST_CASE(values_where_no_escape_is_safe) {
    check({
        {"<p class={{ text }}>",
         "1:10: put quotes around the attribute 'class' to write a value into it"},
        {"<script>\nx = \"{{ text }}\"</script>",
         "2:6: a value cannot go into <script>; a data- attribute can carry it"},
        {"<p onclick=\"f('{{ text }}')\">",
         "1:16: a value cannot go into the attribute 'onclick' of <p>: no escaping makes it safe "
         "there"},
        {"<{{ text }}>", "1:2: a value cannot be (part of) the name of a tag"},
        {"<!-- {{ text }} -->",
         "1:6: a value cannot go into an HTML comment; {# #} hides template code"},
        {"<a href=\"java{{ text }}\">",
         "1:14: the text before this value must settle the URL's host, as \"/posts/\" or "
         "\"https://example.org/\" do"},
        {"<a href=\"{{ text }}{{ text }}\">",
         "1:20: a second value cannot follow one that is the whole URL"},
        {"<a href=\"{{ text }}/x\">",
         "1:20: behind a value that is the whole URL only the closing quote may follow"},
        {"{% if flag %}<p title=\"{% else %}<p>{% endif %}",
         "1:1: the ways through this tag end at different places of the HTML: inside an "
         "attribute's value and in the text"},
        {"{% if flag %}<script>{% endif %}",
         "1:1: the ways through this tag end at different places of the HTML: inside an element "
         "that holds text only and in the text"},
        {"{% for i in items %}<p {% endfor %}",
         "1:1: this loop must end where it began in the HTML, and that is in the text"},
        {"<p>{% for i in items %}{% else %}<!--{% endfor %}",
         "1:4: the ways through this tag end at different places of the HTML: in the text and "
         "inside a comment"},
        {"<{% if flag %}p{% endif %}>", "1:2: this cuts a tag's beginning in two"},
        {"text\n<p", "2:3: the page ends inside a tag"},
        {"a\n<p class=\"a\"id=\"b\">", "2:13: a space is missing here"},
        {"<a{% if flag %} class=\"b\"{% endif %}id=\"c\">", "1:37: a space is missing here"},
    });
}

BOOST_AUTO_TEST_CASE(templates_that_are_missing_or_go_round_in_circles) {
    BOOST_TEST(fault(Sources{}) == "page.html: there is no such template");
    BOOST_TEST(fault("a\n{% include \"x.html\" %}") ==
               "page.html:2:13: there is no template 'x.html'");
    BOOST_TEST(fault("{% extends \"x.html\" %}") ==
               "page.html:1:13: there is no template 'x.html'");
    BOOST_TEST(fault("{% extends \"page.html\" %}") ==
               "page.html:1:13: 'page.html' extends itself in the end");
    BOOST_TEST(
        fault({{"page.html", "{% extends 'a.html' %}"}, {"a.html", "{% extends 'page.html' %}"}}) ==
        "a.html:1:13: 'page.html' extends itself in the end (while compiling page.html)");
    BOOST_TEST(fault("{% include 'page.html' %}") ==
               "page.html:1:13: 'page.html' includes itself in the end");
    BOOST_TEST(fault({{"page.html", "{% include 'a.html' %}"},
                      {"a.html", "{% include 'b.html' %}"},
                      {"b.html", "\n{% include 'a.html' %}"}}) ==
               "b.html:2:13: 'a.html' includes itself in the end (while compiling page.html)");
}

BOOST_AUTO_TEST_CASE(the_file_with_the_fault_is_named) {
    std::string const names = page_names;
    BOOST_TEST(fault({{"page.html", "{% for i in items %}{% include 'a.html' %}{% endfor %}"},
                      {"a.html", "x\n  {% include 'b.html' %}"},
                      {"b.html", "\n\n{{ x }}"}}) ==
               "b.html:3:4: no variable 'x' in this page (it has: i, " + names +
                   ") (while compiling page.html)");
    BOOST_TEST(fault({{"base.html", "{% block a %}{% endblock %}\n{{ x }}"},
                      {"page.html", "{% extends 'base.html' %}{% block a %}{% endblock %}"}}) ==
               "base.html:2:4: no variable 'x' in this page (it has: " + names +
                   ") (while compiling page.html)");
    BOOST_TEST(
        fault({{"base.html", "<p>{% block a %}{% endblock %}"},
               {"page.html", "{% extends 'base.html' %}\n{% block a %}{{ x }}{% endblock %}"}}) ==
        "page.html:2:17: no variable 'x' in this page (it has: " + names + ")");
    BOOST_TEST(fault({{"page.html", "{% include 'a.html' %}"}, {"a.html", "{% if %}"}}) ==
               "a.html:1:7: here should be a name, but the tag ends");
    BOOST_TEST(fault({{"base.html", "{% block a %}{% endblock %}\n"},
                      {"page.html", "{% extends 'base.html' %}{% block a %}<p{% endblock %}"}}) ==
               "base.html:2:1: the page ends inside a tag (while compiling page.html)");
}

BOOST_AUTO_TEST_CASE(inheritance_that_would_show_nothing) {
    auto const extending = [](std::string source) {
        return fault({{"base.html", "{% block a %}{% block b %}{% endblock %}{% endblock %}"},
                      {"page.html", "{% extends 'base.html' %}" + std::move(source)}});
    };
    BOOST_TEST(extending("\n  {# ok #}\n") == "");
    BOOST_TEST(extending("\n text") ==
               "page.html:2:2: this is never shown: a template that extends another consists of "
               "blocks");
    BOOST_TEST(extending("{{ text }}") ==
               "page.html:1:26: this is never shown: a template that extends another consists of "
               "blocks");
    BOOST_TEST(extending("\n{% block c %}{% endblock %}") ==
               "page.html:2:10: no block 'c' in 'base.html' (it has: a, b)");
    BOOST_TEST(extending("{% extends 'base.html' %}") ==
               "page.html:1:38: 'extends' must be the first thing in the file, once");
    BOOST_TEST(fault("x{% extends 'base.html' %}") ==
               "page.html:1:14: 'extends' must be the first thing in the file, once");
    BOOST_TEST(fault("{% if flag %}{% extends 'base.html' %}{% endif %}") ==
               "page.html:1:26: 'extends' must be the first thing in the file, once");
    BOOST_TEST(fault({{"page.html", "{% include 'a.html' %}"},
                      {"a.html", "{% block a %}{% endblock %}"}}) ==
               "a.html:1:1: an included template cannot have blocks (while compiling page.html)");
    BOOST_TEST(
        fault({{"page.html", "{% include 'a.html' %}"}, {"a.html", "{% extends 'b.html' %}"}}) ==
        "page.html:1:13: an included template cannot extend another");
}

BOOST_AUTO_TEST_CASE(bytes_that_no_template_holds) {
    check({
        {std::string("a\nb\0c", 5), "2:2: a NUL does not belong into a template"},
        {"a\nä\xFF", "2:2: this is not UTF-8"},
        {"\xED\xA0\x80", "1:1: this is not UTF-8"},
        {std::string(source_bytes_max + 1, 'x'), "1:1: the template is longer than 1048576 bytes"},
        {std::string(source_bytes_max, 'x'), ""},
    });
}

BOOST_AUTO_TEST_CASE(everything_has_a_limit) {
    auto const nested = [](std::size_t depth) {
        return repeated("{% if flag %}", depth) + repeated("{% endif %}", depth);
    };
    BOOST_TEST(fault(nested(nesting_max - 1)) == "");
    BOOST_TEST(fault(nested(nesting_max)) == "page.html:1:404: tags are nested deeper than 32");
    BOOST_TEST(fault("{% if flag" + repeated(" and flag", 15) + " %}{% endif %}") == "");
    BOOST_TEST(fault("{% if flag" + repeated(" or flag", 16) + " %}{% endif %}") ==
               "page.html:1:135: a condition has at most 16 terms");

    std::string loops;
    for (char c = 'a'; c < 'a' + 9; ++c)
        loops += std::string("{% for ") + c + " in items %}";
    BOOST_TEST(fault(loops + repeated("{% endfor %}", 9)) ==
               "page.html:1:168: loops are nested deeper than 8");

    BOOST_TEST(fault({{"page.html", repeated("{% include 'a.html' %}", includes_max)},
                      {"a.html", ""}}) == "");
    BOOST_TEST(
        fault({{"page.html",
                repeated("{% include 'a.html' %}", includes_max) + "\n{% include 'a.html' %}"},
               {"a.html", ""}}) == "page.html:2:13: this page includes more than 1000 templates");
    BOOST_TEST(fault(repeated("{{text}}", 100'001)) ==
               "page.html:1:800001: the page needs more than 100000 instructions");
    std::string const large(1'000'000, 'x');
    BOOST_TEST(
        fault({{"page.html", repeated("{% include 'a.html' %}", 5)}, {"a.html", large}}) ==
        "a.html:1:1: the page has more than 4194304 bytes of text (while compiling page.html)");

    Sources chain{{"page.html", "{% extends '0' %}"}}, tower{{"page.html", "{% include '0' %}"}};
    for (int i = 0; i < 20; ++i) {
        chain[std::to_string(i)] = "{% extends '" + std::to_string(i + 1) + "' %}";
        tower[std::to_string(i)] = "{% include '" + std::to_string(i + 1) + "' %}";
    }
    BOOST_TEST(fault(chain) ==
               "7:1:13: templates extend each other deeper than 8 (while compiling page.html)");
    BOOST_TEST(fault(tower) ==
               "15:1:13: templates include each other deeper than 16 (while compiling page.html)");
}

BOOST_AUTO_TEST_SUITE_END()
