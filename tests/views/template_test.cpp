#include "allocations.hpp"
#include "fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <limits>

using namespace blog;
using namespace blog::views::test;
using namespace std::chrono_literals;
using namespace std::string_view_literals;

namespace {

SysTime june_8() {
    return std::chrono::sys_days(2026y / 6 / 8) + 9h + 10min + 11s;
}

Page two_items() {
    return {.items = {{.id = 1, .title = "One", .tags = {{"a"}, {"b"}}},
                      {.id = 2, .title = "Two", .tags = {}}}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(templates)

BOOST_AUTO_TEST_CASE(text_stays_as_it_is) {
    BOOST_TEST(render("") == "");
    BOOST_TEST(render("plain { text } %} }} {") == "plain { text } %} }} {");
    BOOST_TEST(render("äöü \U0001F600") == "äöü \U0001F600");
    BOOST_TEST(render("{") == "{");
    BOOST_TEST(render("{ {{ text }}}", {.text = "x"}) == "{ x}");
}

BOOST_AUTO_TEST_CASE(values_are_written_by_their_kind) {
    BOOST_TEST(render("{{ text }}|{{owned}}|{{ maybe }}",
                      {.text = "a", .owned = "b", .maybe = "c"}) == "a|b|c");
    BOOST_TEST(render("[{{ maybe }}]") == "[]");
    BOOST_TEST(render("{{ number }} {{ large }}",
                      {.number = -7, .large = std::numeric_limits<std::int64_t>::min()}) ==
               "-7 -9223372036854775808");
    BOOST_TEST(render("{{ owner.name }} in {{ owner.place.city }}",
                      {.owner = {"Ada", {"London"}}}) == "Ada in London");
    BOOST_TEST(render("{{ text }}", {.text = "a\0b"sv}) == "a\uFFFDb"sv);
}

BOOST_AUTO_TEST_CASE(filters_change_a_value) {
    BOOST_TEST(render("{{ when|date }}", {.when = june_8()}) == "June 08, 2026");
    BOOST_TEST(render("{{ when | iso }}", {.when = june_8()}) == "2026-06-08T09:10:11Z");
    BOOST_TEST(render("{{ text|truncate(7) }}", {.text = "one <two> three"}) == "one\u2026");
    BOOST_TEST(render("{{ text|truncate(5) }}", {.text = "<b> &c"}) == "&lt;b&gt;\u2026");
    BOOST_TEST(render("{{ text|truncate(50) }}", {.text = "short"}) == "short");
    BOOST_TEST(render("{{ text|length }} {{ items|length }}", [] {
                   auto page = two_items();
                   page.text = "äöü";
                   return page;
               }()) == "3 2");
    BOOST_TEST(render("{{ text|path }}", {.text = "/a b"}) == "/a%20b");
}

BOOST_AUTO_TEST_CASE(a_value_is_escaped_for_its_place) {
    Page const page{.text = "/<&>\"' ü", .number = 5};
    BOOST_TEST(render("{{ text }}", page) == "/&lt;&amp;&gt;&#34;&#39; ü");
    BOOST_TEST(render("<p title='{{ text }}'>", page) == "<p title='/&lt;&amp;&gt;&#34;&#39; ü'>");
    BOOST_TEST(render("<title>{{ text }}</title>", page) ==
               "<title>/&lt;&amp;&gt;&#34;&#39; ü</title>");
    BOOST_TEST(render("<a href=\"{{ text }}\">", page) ==
               "<a href=\"/%3C&amp;%3E%22&#39;%20%C3%BC\">");
    BOOST_TEST(render("<a href=\"{{ text|path }}\">", page) ==
               "<a href=\"/%3C%26%3E%22%27%20%C3%BC\">");
    BOOST_TEST(render("<a href=\"/x{{ text|path }}\">", page) ==
               "<a href=\"/x/%3C%26%3E%22%27%20%C3%BC\">");
    BOOST_TEST(render("<a href=\"/{{ text }}?n={{ number }}&amp;t={{ text }}\">", page) ==
               "<a href=\"/%2F%3C%26%3E%22%27%20%C3%BC?n=5&amp;t=%2F%3C%26%3E%22%27%20%C3%BC\">");
    BOOST_TEST(render("<a href=\"/d/{{ when|date }}\">", {.when = june_8()}) ==
               "<a href=\"/d/June%2008%2C%202026\">");
    BOOST_TEST(render("<a href=\"/d/{{ text|truncate(1) }}\">", {.text = "ab"}) ==
               "<a href=\"/d/a%E2%80%A6\">");
}

BOOST_AUTO_TEST_CASE(a_url_that_is_not_safe_becomes_a_fragment) {
    BOOST_TEST(render("<a href=\"{{ text }}\">", {.text = "javascript:alert(1)"}) ==
               "<a href=\"#\">");
    BOOST_TEST(render("<a href=\"{{ text }}\">", {.text = "//evil.example"}) == "<a href=\"#\">");
    BOOST_TEST(render("<img src=\"{{ text|path }}\">", {.text = "//evil.example"}) ==
               "<img src=\"#\">");
    BOOST_TEST(render("<a href=\"/{{ text }}\">", {.text = "/evil.example"}) ==
               "<a href=\"/%2Fevil.example\">");
}

BOOST_AUTO_TEST_CASE(static_files_get_their_url_when_the_template_is_compiled) {
    BOOST_TEST(render("<link href=\"{{ static(\"css/main.css\") }}\">") ==
               "<link href=\"/static/css/main.css?v=1&amp;x\">");
    BOOST_TEST(render("<script src='{{ static('css/x.js') }}'></script>") ==
               "<script src='/static/css/x.js?v=1&amp;x'></script>");
}

BOOST_AUTO_TEST_CASE(conditions_choose) {
    auto const source =
        "{% if flag %}f{% elif number %}n{% elif not text %}no text{% else %}e{% endif %}";
    BOOST_TEST(render(source, {.flag = true}) == "f");
    BOOST_TEST(render(source, {.number = -1}) == "n");
    BOOST_TEST(render(source) == "no text");
    BOOST_TEST(render(source, {.text = "t"}) == "e");
    BOOST_TEST(render("{% if items %}y{% endif %}") == "");
    BOOST_TEST(render("{% if items %}y{% endif %}", two_items()) == "y");
    BOOST_TEST(render("{% if maybe %}y{% else %}n{% endif %}", {.maybe = ""}) == "n");
    BOOST_TEST(render("{% if not not flag %}y{% endif %}", {.flag = true}) == "y");
}

BOOST_AUTO_TEST_CASE(conditions_compare) {
    auto const source =
        "{% if text == \"a\" %}a{% endif %}{% if text != 'a' %}not a{% endif %}"
        "{% if number == 1 %} one{% endif %}{% if not number == -2 %} not -2{% endif %}"
        "{% if items|length == 2 %} pair{% endif %}";
    BOOST_TEST(render(source, {.text = "a", .number = 1}) == "a one not -2");
    BOOST_TEST(render(source, {.text = "aa", .number = -2}) == "not a");
    BOOST_TEST(render(source, two_items()) == "not a not -2 pair");
    BOOST_TEST(render("{% if text == '' %}empty{% endif %}") == "empty");
}

BOOST_AUTO_TEST_CASE(and_binds_closer_than_or) {
    auto const source = "{% if flag and number or text and not number %}y{% else %}n{% endif %}";
    for (bool const flag : {false, true})
        for (int const number : {0, 1})
            for (auto const text : {""sv, "t"sv})
                BOOST_TEST(render(source, {.text = text, .number = number, .flag = flag}) ==
                           ((flag && number) || (!text.empty() && !number) ? "y" : "n"));
}

BOOST_AUTO_TEST_CASE(loops_repeat_and_know_where_they_are) {
    BOOST_TEST(render("{% for i in items %}{{ loop.index }}.{{ i.title }}{% if not loop.last %}, "
                      "{% endif %}{% endfor %}",
                      two_items()) == "1.One, 2.Two");
    BOOST_TEST(render("{% for i in items %}{% if loop.first %}first {% endif %}{% endfor %}",
                      two_items()) == "first ");
    BOOST_TEST(render("{% for i in items %}x{% else %}none{% endfor %}") == "none");
    BOOST_TEST(render("{% for i in items %}x{% else %}none{% endfor %}", two_items()) == "xx");
    BOOST_TEST(render("a{% for i in items %}x{% endfor %}b") == "ab");
    std::vector<Tag> const tags{{"<p>"}, {"q"}};
    BOOST_TEST(render("{% for t in tags %}{{ t.name }} {% endfor %}", {.tags = tags}) ==
               "&lt;p&gt; q ");
}

BOOST_AUTO_TEST_CASE(loops_nest) {
    BOOST_TEST(render("{% for i in items %}{{ i.id }}:{% for t in i.tags %}{{ t.name }}"
                      "{{ loop.index }}{{ i.title }}{{ number }} {% else %}-{% endfor %}"
                      "{{ loop.index }};{% endfor %}",
                      two_items()) == "1:a1One0 b2One0 1;2:-2;");
}

BOOST_AUTO_TEST_CASE(a_name_can_be_used_by_one_loop_after_the_other) {
    BOOST_TEST(render("{% for i in items %}{{ i.id }}{% endfor %}{% for i in items %}{{ i.title }}"
                      "{% endfor %}",
                      two_items()) == "12OneTwo");
}

BOOST_AUTO_TEST_CASE(blocks_are_filled_by_the_template_that_extends) {
    Sources const sources{
        {"base.html",
         "<title>{% block title %}Blog{% endblock %}</title>{% block main %}{% endblock %}"},
        {"page.html",
         "{% extends \"base.html\" %}\n\n{% block main %}<p>{{ text }}</p>{% endblock main %}\n"}};
    BOOST_TEST(render(sources, {.text = "<x>"}) == "<title>Blog</title><p>&lt;x&gt;</p>");
}

BOOST_AUTO_TEST_CASE(the_nearest_block_wins_through_many_bases) {
    Sources const sources{{"a.html",
                           "{% block x %}ax{% endblock %} {% block y %}ay{% endblock %} {% block z "
                           "%}az{% endblock %}"},
                          {"b.html",
                           "{% extends 'a.html' %}{% block x %}bx{% endblock %}"
                           "{% block y %}by({% block inner %}bi{% endblock %}){% endblock %}"},
                          {"page.html",
                           "{# about #}{% extends 'b.html' %}{% block x %}px{% endblock %}"
                           "{% block inner %}pi{% endblock %}"}};
    BOOST_TEST(render(sources) == "px by(pi) az");
}

BOOST_AUTO_TEST_CASE(a_block_sees_the_place_it_is_put_into) {
    Sources const sources{
        {"base.html",
         "<a href=\"/posts/{% block id %}{% endblock %}\">{% block text %}{% endblock %}</a>"},
        {"page.html",
         "{% extends 'base.html' %}{% block id %}{{ text }}{% endblock %}"
         "{% block text %}{{ text }}{% endblock %}"}};
    BOOST_TEST(render(sources, {.text = "a/<"}) == "<a href=\"/posts/a%2F%3C\">a/&lt;</a>");
}

BOOST_AUTO_TEST_CASE(an_included_template_sees_the_loops_around_it) {
    Sources const sources{
        {"page.html", "{% for i in items %}{% include \"card.html\" %};{% endfor %}"},
        {"card.html", "{{ loop.index }}{{ i.title }}{% include 'end.html' %}\n"},
        {"end.html", "!"}};
    BOOST_TEST(render(sources, two_items()) == "1One!;2Two!;");
}

BOOST_AUTO_TEST_CASE(comments_leave_nothing) {
    BOOST_TEST(render("a{# {{ nothing }} {% at all #}b{##}c") == "abc");
}

BOOST_AUTO_TEST_CASE(a_dash_takes_white_space_away) {
    BOOST_TEST(render("a \n {{- number -}} \n b") == "a0b");
    BOOST_TEST(render("a {{- number }} b") == "a0 b");
    BOOST_TEST(render("a {{ number -}} b") == "a 0b");
    BOOST_TEST(render("a\n{%- if flag -%}\nx\n{%- else -%}\ny\n{%- endif -%}\nb") == "ayb");
    BOOST_TEST(render("a {#- x -#} b") == "ab");
    BOOST_TEST(render("a {{-number-}} b") == "a0b");
    BOOST_TEST(render("{%- if not flag %} x {%- endif %} ") == " x ");
    BOOST_TEST(render("a\n  {%- if not flag %}\n  b\n  {%- endif %}\nc") == "a\n  b\nc");
}

BOOST_AUTO_TEST_CASE(a_tag_with_a_line_to_itself_takes_the_line_away) {
    BOOST_TEST(
        render("<ul>\n  {% for i in items %}\n  <li>{{ i.id }}</li>\n  {% endfor %}\n</ul>\n",
               two_items()) == "<ul>\n  <li>1</li>\n  <li>2</li>\n</ul>");
    BOOST_TEST(render("a\r\n{% if not flag %}\r\nb\r\n{% endif %}\r\nc") == "a\r\nb\r\nc");
    BOOST_TEST(render("{# top #}\na\n\t{# x #} \nb\n{# end #}") == "a\nb\n");
    BOOST_TEST(render("a {# x #}\nb") == "a \nb");
    BOOST_TEST(render("{% if not flag %}{% endif %}\na") == "\na");
    BOOST_TEST(render("{{ number }}\na\n{{ number }}\n") == "0\na\n0");
}

BOOST_AUTO_TEST_CASE(the_line_of_a_block_or_an_include_stays) {
    BOOST_TEST(render({{"page.html", "a\n{% include 'x.html' %}\nb"}, {"x.html", "x\n"}}) ==
               "a\nx\nb");
    BOOST_TEST(render("a\n{% block x %}\nx\n{% endblock %}\nb") == "a\n\nx\n\nb");
}

BOOST_AUTO_TEST_CASE(conditions_and_loops_may_stand_in_tags_and_attributes) {
    BOOST_TEST(render("<a{% if flag %} class=\"on\"{% endif %} "
                      "href=\"{% if text %}{{ text }}{% else %}/{% endif %}\">",
                      {.text = "/a", .flag = true}) == "<a class=\"on\" href=\"/a\">");
    BOOST_TEST(render("<option{% if flag %} selected{% endif %}>", {.flag = true}) ==
               "<option selected>");
    BOOST_TEST(render("<p class=\"a{% for i in items %} t{{ i.id }}{% endfor %}\">", two_items()) ==
               "<p class=\"a t1 t2\">");
}

BOOST_AUTO_TEST_CASE(rendering_appends_and_allocates_nothing) {
    views::Files files(
        source_of({{"page.html",
                    "<h1>{{ text|truncate(9) }}</h1>{% for i in items %}<a href=\"/p/{{ i.id }}\" "
                    "title=\"{{ i.title }}\">{{ when|date }}{{ when|iso }}</a>{% for t in i.tags %}"
                    "{{ t.name }}{% endfor %}{% endfor %}<a href=\"{{ text }}\">{{ "
                    "owner.place.city }}</a>"}}));
    views::Template<Page> const compiled("page.html", files, asset_url);
    auto page = two_items();
    page.text = "/<a long text that is cut somewhere>";
    std::string out;
    out.reserve(64 * 1024);
    out = "kept:";
    auto const before = allocations();
    compiled.render(page, out);
    compiled.render(page, out);
    BOOST_TEST(allocations() == before);
    BOOST_TEST(out.starts_with("kept:<h1>/&lt;a long\u2026</h1>"));
}

BOOST_AUTO_TEST_SUITE_END()
