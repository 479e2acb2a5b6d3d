#include "net/request.hpp"

#include "net/text.hpp"

#include <algorithm>
#include <array>

namespace blog::net {
namespace {

constexpr std::array<std::string_view, static_cast<std::size_t>(Method::count)> names{
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"};

auto find(std::span<HeaderView const> headers, std::string_view name) noexcept {
    return std::ranges::find_if(headers,
                                [&](HeaderView const& h) { return iequals(h.name, name); });
}

}  // namespace

std::string_view to_string(Method method) noexcept {
    return names[static_cast<std::size_t>(method)];
}

std::string_view Request::header(std::string_view name) const noexcept {
    auto const found = find(p_.headers, name);
    return found == p_.headers.end() ? std::string_view() : found->value;
}

bool Request::has_header(std::string_view name) const noexcept {
    return find(p_.headers, name) != p_.headers.end();
}

}  // namespace blog::net
