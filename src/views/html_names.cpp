#include "views/html_names.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace blog::views {
namespace {

template <std::size_t N>
using NameList = std::array<std::string_view, N>;

template <std::size_t N>
bool one_of(NameList<N> const& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

constexpr NameList<14> url_attributes{"action",     "background", "cite",     "codebase", "data",
                                      "formaction", "href",       "longdesc", "manifest", "poster",
                                      "profile",    "src",        "usemap",   "xmlns"};

// Style, markup, lists of URLs, what sends the reader elsewhere, and what SVG animates other
// attributes with. Event handlers, on*, come on top.
constexpr NameList<12> refused_attributes{"style", "srcdoc",  "srcset",     "imagesrcset",
                                          "ping",  "archive", "http-equiv", "attributename",
                                          "from",  "to",      "by",         "values"};

// Their URL brings code or a document into the page, or moves every other URL.
constexpr NameList<6> loading_elements{"script", "iframe", "frame", "embed", "object", "base"};

constexpr NameList<7> raw_text_elements{"script",  "style",    "xmp",      "iframe",
                                        "noembed", "noframes", "plaintext"};
constexpr NameList<2> plain_text_elements{"title", "textarea"};

bool is_unreserved(char c) {
    return is_html_letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-' ||
           c == '~';
}

}  // namespace

AttributeKind attribute_kind(std::string_view tag, std::string_view attribute) {
    auto const name = attribute.substr(attribute.rfind(':') + 1);  // xlink:href
    if (name.starts_with("on") || one_of(refused_attributes, name)) return AttributeKind::refused;
    if (!one_of(url_attributes, name) && !attribute.starts_with("xmlns"))
        return AttributeKind::plain;
    return one_of(loading_elements, tag) ? AttributeKind::refused : AttributeKind::url;
}

bool holds_raw_text(std::string_view tag) {
    return one_of(raw_text_elements, tag);
}

bool holds_plain_text(std::string_view tag) {
    return one_of(plain_text_elements, tag);
}

bool fixes_host(std::string_view url) {
    if (url.starts_with('/'))
        return url.size() > 1 && (is_unreserved(url[1]) || url[1] == '?' || url[1] == '#');
    if (url.starts_with('?') || url.starts_with('#') || url.starts_with("mailto:")) return true;
    for (std::string_view const scheme : {"http://", "https://"})
        if (url.starts_with(scheme)) url.remove_prefix(scheme.size());
    // A host, or the first part of a relative path; neither can be a scheme when this ends it.
    auto const end =
        static_cast<std::size_t>(std::ranges::find_if_not(url, is_unreserved) - url.begin());
    return end > 0 && end < url.size() && (url[end] == '/' || url[end] == '?' || url[end] == '#');
}

}  // namespace blog::views
