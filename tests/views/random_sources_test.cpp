#include "fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <random>

using namespace blog::views::test;
using namespace std::string_view_literals;

namespace {

using Random = std::mt19937;

template <std::size_t N>
std::string_view any_of(Random& random, std::array<std::string_view, N> const& choices) {
    return choices[random() % N];
}

constexpr std::array pieces{"{{ text }}"sv,
                            "{{ number }}"sv,
                            "{{ i.title }}"sv,
                            "{{ owner.place.city }}"sv,
                            "{{- text|truncate(3) -}}"sv,
                            "{{ when|date }}"sv,
                            "{{ text|path }}"sv,
                            "{{ static('css/a') }}"sv,
                            "{% if flag %}"sv,
                            "{% if text == 'a' or number != 2 %}"sv,
                            "{% elif not items %}"sv,
                            "{% else %}"sv,
                            "{% endif %}"sv,
                            "{% for i in items %}"sv,
                            "{% for t in i.tags %}"sv,
                            "{% endfor %}"sv,
                            "{{ loop.index }}"sv,
                            "{% block a %}"sv,
                            "{% endblock %}"sv,
                            "{% include 'card.html' %}"sv,
                            "{% extends 'base.html' %}"sv,
                            "{# comment #}"sv,
                            "{%- "sv,
                            " -%}"sv,
                            "{{"sv,
                            "}}"sv,
                            "{%"sv,
                            "%}"sv,
                            "{#"sv,
                            "#}"sv,
                            "|"sv,
                            "."sv,
                            "("sv,
                            ")"sv,
                            "\""sv,
                            "'"sv,
                            "=="sv,
                            "<"sv,
                            ">"sv,
                            "<p>"sv,
                            "</p>"sv,
                            "<a href=\""sv,
                            "/posts/"sv,
                            "javascript:"sv,
                            "<a title='"sv,
                            " class="sv,
                            "=\"x\""sv,
                            "<script>"sv,
                            "</script>"sv,
                            "<!--"sv,
                            "-->"sv,
                            "<title>"sv,
                            "</title>"sv,
                            "<meta content=\""sv,
                            " http-equiv=\"refresh\""sv,
                            " "sv,
                            "\n"sv,
                            "\r\n"sv,
                            "text"sv,
                            "ä"sv,
                            "\xFF"sv,
                            "\0"sv,
                            "{"sv,
                            "-"sv,
                            "1"sv,
                            "99999999999999999999"sv};

std::string random_source(Random& random) {
    std::string source;
    for (auto count = 1 + random() % 12; count > 0; --count)
        source += any_of(random, pieces);
    return source;
}

// Whole constructs only, so that most of it compiles.
std::string well_formed(Random& random, int depth) {
    constexpr std::array leaves{"text "sv,
                                "{{ text }}"sv,
                                "{{ number }}"sv,
                                "{{ owned|truncate(4) }}"sv,
                                "{{ when|iso }}"sv,
                                "<p title=\"{{ text }}\">"sv,
                                "<a href='{{ text }}'>"sv,
                                "<a href=\"/p/{{ text }}\">"sv,
                                "<img src=\"{{ owned|path }}\">"sv,
                                "{% include 'card.html' %}"sv,
                                "<title>{{ text }}</title>"sv,
                                "<p{% if flag %} class=\"{{ text }}\"{% endif %}>"sv,
                                "\n{# c #}\n"sv};
    std::string source;
    for (auto count = random() % 5; count > 0; --count) {
        auto const kind = depth > 0 ? random() % 4 : 0;
        if (kind < 2)
            source += any_of(random, leaves);
        else if (kind == 2)
            source += "{% if flag %}" + well_formed(random, depth - 1) + "{% elif items %}" +
                      well_formed(random, depth - 1) + "{% else %}" +
                      well_formed(random, depth - 1) + "{% endif %}";
        else
            source += std::string("{% for v") + char('0' + depth) + " in items %}" +
                      well_formed(random, depth - 1) + "{% else %}" +
                      well_formed(random, depth - 1) + "{% endfor %}";
    }
    return source;
}

Sources around(std::string source) {
    return {{"page.html", std::move(source)},
            {"card.html", "<b>{{ text }}</b>\n"},
            {"base.html", "<p>{% block a %}{{ text }}{% endblock %}"}};
}

Page with(std::string_view value, bool flag, std::size_t items) {
    Page page{.text = value, .owned = std::string(value), .number = 3, .flag = flag};
    page.owner = {value, {value}};
    page.items.resize(items, {.id = 1, .title = value, .tags = {{std::string(value)}}});
    return page;
}

// What decides how a browser reads the page: all that could open or close a tag or an attribute.
std::string skeleton(std::string_view html) {
    std::string marks;
    std::ranges::copy_if(html, std::back_inserter(marks),
                         [](char c) { return "<>\"'"sv.find(c) != std::string_view::npos; });
    return marks;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(random_sources)

BOOST_AUTO_TEST_CASE(random_sources_are_refused_or_rendered) {
    Random random(20260608);
    int accepted = 0;
    for (int round = 0; round < 20'000; ++round) {
        auto const sources = around(random_source(random));
        try {
            render(sources, with("/a b", round % 2 == 0, random() % 3));
            ++accepted;
        } catch (blog::views::TemplateError const&) {
        }
    }
    BOOST_TEST(accepted > 200);
}

BOOST_AUTO_TEST_CASE(random_bytes_are_refused_or_rendered) {
    Random random(7);
    constexpr auto alphabet = "{}%#-|.()\"'<>/=! \nabifelsndor0\x80\xC3"sv;
    for (int round = 0; round < 20'000; ++round) {
        std::string source;
        for (auto size = random() % 40; size > 0; --size)
            source += alphabet[random() % alphabet.size()];
        try {
            render(around(source));
        } catch (blog::views::TemplateError const&) {
        }
    }
}

BOOST_AUTO_TEST_CASE(no_value_changes_the_skeleton_of_a_page) {
    constexpr std::array attacks{"<script>alert(1)</script>"sv,
                                 "\"><img src=x onerror=alert(1)>"sv,
                                 "' onmouseover='alert(1)"sv,
                                 "javascript:alert(1)"sv,
                                 "/\"><svg onload=alert(1)>"sv,
                                 "https://x/'\"><"sv,
                                 "</title><script>alert(1)</script>"sv,
                                 "--><script>"sv,
                                 "&lt;script&gt;"sv,
                                 "/a'b\"c<d>e&f"sv,
                                 "{{ text }}{% if %}"sv,
                                 "a\0\"<"sv,
                                 "\xC0\xBC\x80\"<"sv,
                                 "mailto:\"'<>"sv,
                                 "//x/\"<"sv};
    Random random(1789);
    for (int round = 0; round < 500; ++round) {
        auto const sources = around(well_formed(random, 3));
        bool const flag = random() % 2 == 0;
        auto const items = random() % 3;
        auto const attack = any_of(random, attacks);
        BOOST_REQUIRE_EQUAL(fault(sources), "");
        BOOST_REQUIRE_EQUAL(skeleton(render(sources, with(attack, flag, items))),
                            skeleton(render(sources, with("x", flag, items))));
    }
}

BOOST_AUTO_TEST_SUITE_END()
