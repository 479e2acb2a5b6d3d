#include "fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>

using namespace blog::views::test;
using namespace std::string_view_literals;

namespace {

constexpr std::array payloads{
    "<script>alert(1)</script>"sv,
    "<ScRiPt >alert(1)</sCrIpT >"sv,
    "<img src=x onerror=alert(1)>"sv,
    "<svg/onload=alert(1)>"sv,
    "<svg><script>alert&#40;1)</script>"sv,
    "<math><mi//xlink:href=\"data:x,<script>alert(1)</script>\">"sv,
    "\"><script>alert(1)</script>"sv,
    "'><script>alert(1)</script>"sv,
    "\" onfocus=alert(1) autofocus x=\""sv,
    "' onfocus=alert(1) autofocus x='"sv,
    "` onfocus=alert(1) x=`"sv,
    "/ onfocus=alert(1)"sv,
    "</title><script>alert(1)</script>"sv,
    "</textarea><script>alert(1)</script>"sv,
    "--><script>alert(1)</script><!--"sv,
    "<!--<img src=\"--><img src=x onerror=alert(1)//\">"sv,
    "]]><script>alert(1)</script>"sv,
    "<a href=\"javascript:alert(1)\">x</a>"sv,
    "&lt;script&gt;alert(1)&lt;/script&gt;"sv,
    "&#60;script&#62;"sv,
    "&\"<"sv,
    "<\0script>alert(1)</script>"sv,
    "\xC0\xBCscript\xC0\xBE"sv,
    "\xE0\"<script>"sv,
    "\xF0\x9F\x98'<"sv,
    "{{ text }}{% include 'x' %}"sv,
    "javascript:alert(1)"sv,
    "JAVASCRIPT:alert(1)"sv,
    "java\nscript:alert(1)"sv,
    "\tjavascript:alert(1)"sv,
    "\0javascript:alert(1)"sv,
    "javascript&colon;alert(1)"sv,
    "&#106;avascript:alert(1)"sv,
    "javascript%3Aalert(1)"sv,
    "vbscript:msgbox(1)"sv,
    "data:text/html,<script>alert(1)</script>"sv,
    "data:text/html;base64,PHNjcmlwdD4="sv,
    "//evil.example"sv,
    "/\\evil.example"sv,
    "/\t/evil.example"sv,
    "/\n/evil.example"sv,
    "\\\\evil.example"sv,
    "///evil.example"sv,
    "https:evil.example"sv,
    "/path\"onmouseover=\"alert(1)"sv,
    "https://example.org/\"onmouseover=\"alert(1)"sv,
    "https://example.org/'><script>alert(1)</script>"sv,
};

constexpr std::array text_places{
    "<p>{{ text }}</p>"sv,
    "<p title=\"{{ text }}\">x</p>"sv,
    "<p title='{{ text }}'>x</p>"sv,
    "<title>{{ text }}</title>"sv,
    "<textarea>{{ text }}</textarea>"sv,
    "<p data-x=\"a {{ text }} b\">x</p>"sv,
    "<meta name=\"description\" content=\"{{ text }}\">"sv,
    "<p>{{ text|truncate(20) }}</p>"sv,
    "<p>{{ text|path }}</p>"sv,
    "<p>{% for i in items %}{{ i.title }}{% endfor %}</p>"sv,
    "<p{% if flag %} id=\"{{ text }}\"{% endif %}>x</p>"sv,
    "<noscript>{{ text }}</noscript>"sv,
};

constexpr std::array url_places{
    "<a href=\"{{ text }}\">x</a>"sv,
    "<a href=\"{{ text|path }}\">x</a>"sv,
    "<a href=\"/{{ text }}\">x</a>"sv,
    "<a href=\"/u/{{ text }}\">x</a>"sv,
    "<a href=\"/u/{{ text|path }}\">x</a>"sv,
    "<a href=\"/?q={{ text }}&amp;r={{ text|truncate(9) }}\">x</a>"sv,
    "<a href=\"/#{{ text }}\">x</a>"sv,
    "<a href=\"{% if flag %}{{ text }}{% else %}/{% endif %}\">x</a>"sv,
    "<a href=\"https://example.org/{{ text }}\">x</a>"sv,
    "<a href=\"mailto:{{ text }}\">x</a>"sv,
};

std::string rendered(std::string_view place, std::string_view value) {
    return render(std::string(place),
                  {.text = value, .flag = true, .items = {{.id = 1, .title = value}}});
}

std::string skeleton(std::string_view html) {
    std::string marks;
    std::ranges::copy_if(html, std::back_inserter(marks),
                         [](char c) { return "<>\"'"sv.find(c) != std::string_view::npos; });
    return marks;
}

// What is between the first two double quotes.
std::string_view attribute(std::string_view html) {
    auto const begin = html.find('"') + 1;
    return html.substr(begin, html.find('"', begin) - begin);
}

// What a browser makes of it, as far as it decides where a link leads: entities decoded, and tabs
// and line ends taken away.
std::string link(std::string_view attribute) {
    std::string url(attribute);
    for (auto const& [entity, c] : {std::pair("&#39;"sv, "'"sv), std::pair("&amp;"sv, "&"sv)})
        for (auto at = url.find(entity); at != url.npos; at = url.find(entity, at + 1))
            url.replace(at, entity.size(), c);
    std::erase_if(url, [](char c) { return c == '\t' || c == '\n' || c == '\r'; });
    return url;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(xss)

BOOST_AUTO_TEST_CASE(no_payload_leaves_its_place) {
    for (auto const& places : {std::span<std::string_view const>(text_places),
                               std::span<std::string_view const>(url_places)})
        for (auto const place : places)
            for (auto const payload : payloads)
                BOOST_TEST(skeleton(rendered(place, payload)) == skeleton(rendered(place, "x")),
                           payload << " in " << place << ": " << rendered(place, payload));
}

BOOST_AUTO_TEST_CASE(no_payload_chooses_a_scheme_or_leaves_the_site_unasked) {
    for (auto const place : url_places) {
        for (auto const payload : payloads) {
            auto const html = rendered(place, payload);
            auto const url = link(attribute(html));
            bool const here = url == "#" || (url.starts_with('/') && !url.starts_with("//") &&
                                             !url.starts_with("/\\"));
            bool const there =
                url.starts_with("https://example.org/") || url.starts_with("mailto:");
            BOOST_TEST((here || there), payload << " in " << place << ": " << html);
        }
    }
}

BOOST_AUTO_TEST_CASE(urls_hold_nothing_but_the_characters_of_urls) {
    auto const foreign = [](char c) {
        return c <= 0x20 || c >= 0x7F || "<>\"'\\^`{|}"sv.find(c) != std::string_view::npos;
    };
    for (auto const place : url_places) {
        for (auto const payload : payloads) {
            auto const html = rendered(place, payload);
            BOOST_TEST(std::ranges::none_of(attribute(html), foreign),
                       payload << " in " << place << ": " << html);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
