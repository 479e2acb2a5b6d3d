#pragma once
#include "views/syntax.hpp"
#include "views/template.hpp"
#include "views/view_model.hpp"

#include <array>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// A view model with a member of every kind, and the templates of a test in memory.
namespace blog::views::test {

struct Tag {
    std::string name{};
};
struct Item {
    std::int64_t id = 0;
    std::string_view title{};
    std::vector<Tag> tags{};
};
struct Place {
    std::string_view city{};
};
struct Owner {
    std::string_view name{};
    Place place{};
};
struct Page {
    std::string_view text{};
    std::string owned{};
    std::optional<std::string> maybe{};
    int number = 0;
    std::int64_t large = 0;
    bool flag = false;
    SysTime when{};
    Owner owner{};
    std::vector<Item> items{};
    std::span<Tag const> tags{};
};

}  // namespace blog::views::test

namespace blog::views {

template <>
struct ViewOf<test::Tag> {
    static constexpr std::array vars{var<&test::Tag::name>("name")};
};
template <>
struct ViewOf<test::Item> {
    static constexpr std::array vars{var<&test::Item::id>("id"), var<&test::Item::title>("title"),
                                     var<&test::Item::tags>("tags")};
};
template <>
struct ViewOf<test::Place> {
    static constexpr std::array vars{var<&test::Place::city>("city")};
};
template <>
struct ViewOf<test::Owner> {
    static constexpr std::array vars{var<&test::Owner::name>("name"),
                                     var<&test::Owner::place>("place")};
};
template <>
struct ViewOf<test::Page> {
    static constexpr std::array vars{
        var<&test::Page::text>("text"),   var<&test::Page::owned>("owned"),
        var<&test::Page::maybe>("maybe"), var<&test::Page::number>("number"),
        var<&test::Page::large>("large"), var<&test::Page::flag>("flag"),
        var<&test::Page::when>("when"),   var<&test::Page::owner>("owner"),
        var<&test::Page::items>("items"), var<&test::Page::tags>("tags")};
};

}  // namespace blog::views

namespace blog::views::test {

using Sources = std::map<std::string, std::string, std::less<>>;

inline Source source_of(Sources sources) {
    return [sources = std::move(sources)](std::string_view name) -> std::optional<std::string> {
        auto const found = sources.find(name);
        if (found == sources.end()) return std::nullopt;
        return found->second;
    };
}

inline std::string asset_url(std::string_view path) {
    return path.starts_with("css/") ? "/static/" + std::string(path) + "?v=1&x" : std::string();
}

// page.html of the sources, for the page.
inline std::string render(Sources sources, Page const& page = {}) {
    Files files(source_of(std::move(sources)));
    Template<Page> const compiled("page.html", files, asset_url);
    std::string out;
    compiled.render(page, out);
    return out;
}
inline std::string render(std::string source, Page const& page = {}) {
    return render(Sources{{"page.html", std::move(source)}}, page);
}

// What page.html is refused with; empty when it is accepted.
inline std::string fault(Sources sources) {
    try {
        Files files(source_of(std::move(sources)));
        Template<Page> const compiled("page.html", files, asset_url);
        return {};
    } catch (TemplateError const& error) {
        return error.what();
    }
}
inline std::string fault(std::string source) {
    return fault(Sources{{"page.html", std::move(source)}});
}

}  // namespace blog::views::test
