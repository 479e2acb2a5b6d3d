#include "views/html_context.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using blog::views::HtmlContext;
using blog::views::HtmlFault;

namespace {

// What a value that follows this markup must go through, or why there can be none.
std::string slot_behind(std::string_view markup) {
    HtmlContext html;
    try {
        html.feed(markup);
        switch (html.value()) {
            case HtmlContext::Slot::text:
                return "text";
            case HtmlContext::Slot::whole_url:
                return "whole url";
            case HtmlContext::Slot::url_part:
                return "url part";
            case HtmlContext::Slot::path_end:
                return "path end";
        }
    } catch (HtmlFault const& fault) {
        return fault.what;
    }
    return {};
}

std::string fault_of(std::string_view markup) {
    HtmlContext html;
    try {
        html.feed(markup);
        html.end();
    } catch (HtmlFault const& fault) {
        return std::to_string(fault.offset) + ": " + fault.what;
    }
    return {};
}

HtmlContext behind(std::string_view markup) {
    HtmlContext html;
    html.feed(markup);
    html.directive();
    return html;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(html_context)

BOOST_AUTO_TEST_CASE(values_in_text_and_plain_attributes_are_text) {
    for (auto const markup : {"",
                              "a < b ",
                              "<p>",
                              "<p class=x>",
                              "<br/>",
                              "<br />",
                              "<p class=\"a ",
                              "<p class='",
                              "<p class = \"",
                              "<p hidden class=\"x\" title=\"",
                              "<P TITLE=\"",
                              "</p >",
                              "<title>",
                              "<title>a</title>",
                              "<textarea>",
                              "<script>a < b</script>",
                              "<script></script\n>",
                              "<style>a</sTyle>",
                              "<!-- a --> ",
                              "<!---->",
                              "<!-->",
                              "<!--->",
                              "<!doctype html>",
                              "<!DOCTYPE html>",
                              "<meta name=\"description\" content=\"",
                              "<p data-url=\"",
                              "<svg viewBox=\"0 0 1 1\"><path d=\"M0\" fill=\"",
                              "<noscript>",
                              "<p aria-label=\""}) {
        auto const slot = slot_behind(markup);
        BOOST_TEST(slot == "text", "behind " << markup << ": " << slot);
    }
}

BOOST_AUTO_TEST_CASE(values_in_url_attributes_need_a_settled_host) {
    for (auto const markup :
         {"<a href=\"", "<A HREF='", "<img src=\"", "<form action=\"", "<button formaction=\"",
          "<video poster=\"", "<q cite=\"", "<a xlink:href=\"", "<link href=\""})
        BOOST_TEST(slot_behind(markup) == "whole url", "behind " << markup);
    for (auto const markup :
         {"<a href=\"/posts/", "<a href=\"/p", "<a href=\"?page=", "<a href=\"#post-",
          "<a href=\"https://example.org/", "<a href=\"http://example.org?q=", "<a href=\"posts/",
          "<a href=\"./", "<a href=\"mailto:", "<a href=\"/?a=1&amp;b="})
        BOOST_TEST(slot_behind(markup) == "url part", "behind " << markup);
    BOOST_TEST(slot_behind("<a href=\"/") == "path end");
    for (auto const markup :
         {"<a href=\"//", "<a href=\"//evil.example/", "<a href=\"/\\", "<a href=\"/\t/",
          "<a href=\"/&#47;", "<a href=\"https://", "<a href=\"https://example.org",
          "<a href=\"https:", "<a href=\"java", "<a href=\"javascript:", "<a href=\"data:text/",
          "<a href=\" /posts/", "<a href=\"&#106;avascript:/"})
        BOOST_TEST(slot_behind(markup).starts_with("the text before this value must settle"),
                   "behind " << markup << ": " << slot_behind(markup));
}

BOOST_AUTO_TEST_CASE(values_are_refused_where_no_escape_is_safe) {
    struct Case {
        std::string_view markup, why;
    };
    for (auto const& [markup, why] :
         {Case{"<", "a value cannot be (part of) the name of a tag"},
          Case{"</", "a value cannot be (part of) the name of a tag"},
          Case{"<h", "a value cannot be (part of) the name of a tag"},
          Case{"<p ", "a value cannot be (part of) the name of an attribute; write name=\"{{ }}\""},
          Case{"<p", "a value cannot be (part of) the name of a tag"},
          Case{"<p data-",
               "a value cannot be (part of) the name of an attribute; write name=\"{{ }}\""},
          Case{"<p class ",
               "a value cannot be (part of) the name of an attribute; write name=\"{{ }}\""},
          Case{"<p class=\"a\"",
               "a value cannot be (part of) the name of an attribute; write name=\"{{ }}\""},
          Case{"<p class=", "put quotes around the attribute 'class' to write a value into it"},
          Case{"<p class=a", "put quotes around the attribute 'class' to write a value into it"},
          Case{"<!-- ", "a value cannot go into an HTML comment; {# #} hides template code"},
          Case{"<!", "a value cannot go into a <! > declaration"},
          Case{"<!doctype ", "a value cannot go into a <! > declaration"},
          Case{"<script>", "a value cannot go into <script>; a data- attribute can carry it"},
          Case{"<SCRIPT type=\"a\">if (a < b)",
               "a value cannot go into <script>; a data- attribute can carry it"},
          Case{"<script></scriptx>",
               "a value cannot go into <script>; a data- attribute can carry it"},
          Case{"<style>", "a value cannot go into <style>; a data- attribute can carry it"},
          Case{"<iframe>", "a value cannot go into <iframe>; a data- attribute can carry it"},
          Case{"<title></titl", "a value cannot be (part of) the name of a tag"},
          Case{"<p onclick=\"",
               "a value cannot go into the attribute 'onclick' of <p>: no escaping "
               "makes it safe there"},
          Case{"<p ONCLICK = 'a(",
               "a value cannot go into the attribute 'onclick' of <p>: no "
               "escaping makes it safe there"},
          Case{"<p style=\"",
               "a value cannot go into the attribute 'style' of <p>: no escaping "
               "makes it safe there"},
          Case{"<iframe srcdoc=\"",
               "a value cannot go into the attribute 'srcdoc' of <iframe>: no "
               "escaping makes it safe there"},
          Case{"<img srcset=\"",
               "a value cannot go into the attribute 'srcset' of <img>: no "
               "escaping makes it safe there"},
          Case{"<script src=\"/static/",
               "a value cannot go into the attribute 'src' of <script>: "
               "no escaping makes it safe there"},
          Case{"<base href=\"",
               "a value cannot go into the attribute 'href' of <base>: no escaping "
               "makes it safe there"},
          Case{"<set attributeName=\"href\" to=\"",
               "a value cannot go into the attribute 'to' of "
               "<set>: no escaping makes it safe there"},
          Case{
              "<meta http-equiv=\"refresh\" content=\"0;url=",
              "a value cannot go into the attribute 'content' of <meta>: no escaping makes it safe "
              "there"}})
        BOOST_TEST(slot_behind(markup) == why, "behind " << markup << ": " << slot_behind(markup));
}

BOOST_AUTO_TEST_CASE(markup_that_it_cannot_follow_is_a_fault) {
    struct Case {
        std::string_view markup, why;
    };
    for (auto const& [markup, why] :
         {Case{"<p>a</p>", ""}, Case{"a < b > c <3", ""}, Case{"<p class=a id=b>", ""},
          Case{"</ p>", "2: this is no tag; write a lone '<' as &lt;"},
          Case{"<?php", "1: this is no tag; write a lone '<' as &lt;"},
          Case{"<![CDATA[", "2: behind '<!' comes a comment or 'doctype'"},
          Case{"<p class=\"a\"id=\"b\">", "12: a space is missing here"},
          Case{"<p \"x\">", "3: an attribute's name does not begin like this"},
          Case{"<p @click=\"x\">", "3: an attribute's name does not begin like this"},
          Case{"<p a\"b>", "4: this does not belong into an attribute's name"},
          Case{"<p class=>", "9: the attribute's value is missing"},
          Case{"<title><b>", "8: a tag does not belong into <title>"},
          Case{"<script><!--", "11: '<!--' does not belong into <script>"},
          Case{"<!-- --!>", "7: '--!' does not belong into a comment"},
          Case{"<p", "0: the page ends inside a tag"},
          Case{"<p title=\"", "0: the page ends inside an attribute's value"},
          Case{"<!-- ", "0: the page ends inside a comment"},
          Case{"<", "0: the page ends inside a tag's beginning"},
          Case{"<script>", "0: the page ends inside an element that holds text only"}})
        BOOST_TEST(fault_of(markup) == why, markup << ": " << fault_of(markup));
}

BOOST_AUTO_TEST_CASE(behind_a_value_that_is_the_url_only_the_quote_may_follow) {
    HtmlContext html;
    html.feed("<a href=\"");
    BOOST_CHECK(html.value() == HtmlContext::Slot::whole_url);
    auto again = html;
    BOOST_CHECK_THROW(again.value(), HtmlFault);
    auto more = html;
    BOOST_CHECK_THROW(more.feed("/x"), HtmlFault);
    html.feed("\" class=\"");
    BOOST_CHECK(html.value() == HtmlContext::Slot::text);
}

BOOST_AUTO_TEST_CASE(a_value_cannot_make_a_meta_tag_refresh_whatever_the_order) {
    HtmlContext html;
    html.feed("<meta content=\"");
    html.value();
    BOOST_CHECK_THROW(html.feed("\" http-equiv=\"refresh\">"), HtmlFault);
}

BOOST_AUTO_TEST_CASE(branches_may_end_with_and_without_an_attribute) {
    auto const joined = HtmlContext::join(behind("<a"), behind("<a class=\"b\""));
    BOOST_REQUIRE(joined);
    auto tag = *joined;
    tag.feed(">");
    tag.end();
    auto glued = *joined;
    BOOST_CHECK_THROW(glued.feed("id=\"x\">"), HtmlFault);
    BOOST_CHECK(HtmlContext::join(behind("<a "), behind("<a href=\"x\" ")));
    BOOST_CHECK(HtmlContext::join(behind("<a "), behind("<a hidden")));
    BOOST_CHECK(HtmlContext::join(behind("<a>"), behind("<a hidden >")));
}

BOOST_AUTO_TEST_CASE(branches_that_begin_a_url_differently_must_end_it) {
    auto const joined = HtmlContext::join(behind("<a href=\"/a"), behind("<a href=\"java"));
    BOOST_REQUIRE(joined);
    auto closed = *joined;
    closed.feed("\">");
    closed.end();
    auto more = *joined;
    BOOST_CHECK_THROW(more.feed("script:x"), HtmlFault);
    auto value = *joined;
    BOOST_CHECK_THROW(value.value(), HtmlFault);
}

BOOST_AUTO_TEST_CASE(branches_that_end_in_different_places_do_not_join) {
    std::vector<std::string_view> const places{
        "",           "<p ",           "<p title=\"", "<p title='", "<p title=",
        "<a href=\"", "<!-- ",         "<!-- -",      "<script>",   "<style>",
        "<textarea>", "<p onclick=\"", "<b title=\"", "</p ",       "<!doctype "};
    for (auto const a : places)
        for (auto const b : places)
            BOOST_TEST(HtmlContext::join(behind(a), behind(b)).has_value() == (a == b),
                       a << " and " << b);
}

BOOST_AUTO_TEST_CASE(nothing_may_cut_the_beginning_of_a_tag_in_two) {
    for (auto const markup : {"<", "</", "<!", "<!-", "<script></scr", "<title><"}) {
        HtmlContext html;
        html.feed(markup);
        BOOST_CHECK_THROW(html.directive(), HtmlFault);
    }
}

BOOST_AUTO_TEST_SUITE_END()
