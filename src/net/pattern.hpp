#pragma once
#include <algorithm>
#include <cstddef>
#include <string_view>

namespace blog::net {

constexpr std::size_t params_max = 4;  // path parameters of one route

// A route pattern usable as a template argument: get<"/posts/{post_id}", &get_post>.
// "{name}" takes one segment; "{name...}", last only, takes the rest of the path, empty included.
template <std::size_t N>
struct Pattern {
    char text[N]{};
    consteval Pattern(char const (&s)[N]) { std::copy_n(s, N, text); }
    constexpr std::string_view view() const { return {text, N - 1}; }
};

constexpr std::size_t param_count(std::string_view pattern) {
    return static_cast<std::size_t>(std::ranges::count(pattern, '{'));
}

// Name of the index-th parameter, without braces and dots. index < param_count(pattern).
constexpr std::string_view param_name(std::string_view pattern, std::size_t index) {
    for (; index > 0; --index)
        pattern.remove_prefix(pattern.find('}') + 1);
    auto const open = pattern.find('{');
    auto name = pattern.substr(open + 1, pattern.find('}') - open - 1);
    if (name.ends_with("...")) name.remove_suffix(3);
    return name;
}

constexpr bool well_formed(std::string_view pattern) {
    bool inside = false, segment_start = true;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        char const c = pattern[i];
        if (c == '{' && (inside || !segment_start)) return false;
        if (c == '}' && !inside) return false;
        if (c == '}' && i + 1 < pattern.size() && pattern[i + 1] != '/') return false;
        if (c == '}' && pattern.substr(0, i).ends_with("...") && i + 1 != pattern.size())
            return false;
        if (c == '/' && inside) return false;
        if (c == '{' || c == '}') inside = c == '{';
        segment_start = c == '/';
    }
    return !inside && pattern.starts_with('/') && param_count(pattern) <= params_max;
}

}  // namespace blog::net
