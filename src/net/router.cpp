#include "net/router.hpp"

#include <stdexcept>

namespace blog::net {
namespace {

// Takes the next segment off `path`, which begins with '/'; "" for "/" alone.
std::string_view take_segment(std::string_view& path) noexcept {
    auto const end = std::min(path.find('/', 1), path.size());
    auto const segment = path.substr(1, end - 1);
    path.remove_prefix(end);
    return segment;
}

}  // namespace

std::string allow_value(Methods routed) {
    if (routed.has(Method::get)) routed.add(Method::head);
    routed.add(Method::options);
    std::string out;
    for (unsigned i = 0; i < static_cast<unsigned>(Method::count); ++i) {
        auto const method = static_cast<Method>(i);
        if (!routed.has(method)) continue;
        if (!out.empty()) out += ", ";
        out += to_string(method);
    }
    return out;
}

void Matcher::add(Method method, std::string_view pattern, int route) {
    Node* node = &root_;
    auto rest = pattern;
    while (!rest.empty()) {
        auto const text = take_segment(rest);
        auto const kind = text.ends_with("...}")  ? Kind::rest
                          : text.starts_with('{') ? Kind::param
                                                  : Kind::literal;
        auto same = std::ranges::find_if(node->children, [&](Node const& child) {
            return child.kind == kind && (kind != Kind::literal || child.text == text);
        });
        if (same == node->children.end()) {
            bool const ambiguous =
                kind != Kind::literal && std::ranges::any_of(node->children, [](Node const& child) {
                    return child.kind != Kind::literal;
                });
            if (ambiguous) throw std::logic_error("ambiguous route: " + std::string(pattern));
            auto const place =
                kind == Kind::literal ? node->children.begin() : node->children.end();
            same = node->children.insert(place, Node{text, kind, {}, {}, {}});
        }
        node = &*same;
    }
    auto& slot = node->routes[static_cast<std::size_t>(method)];
    if (slot != 0) throw std::logic_error("route defined twice: " + std::string(pattern));
    slot = static_cast<std::int16_t>(route + 1);
    node->allowed.add(method);
}

Matcher::Found Matcher::find(Method method, std::string_view path,
                             PathParams& params) const noexcept {
    if (!path.starts_with('/')) return {};
    return follow(root_, method, path, params, 0);
}

// `count` parameters were found on the way to `node`, below which lies `path`.
Matcher::Found Matcher::follow(Node const& node, Method method, std::string_view path,
                               PathParams& params, std::size_t count) const noexcept {
    if (path.empty()) return {route_of(node, method), node.allowed};
    auto const all = path.substr(1);
    auto const segment = take_segment(path);
    Found found;
    for (auto const& child : node.children) {
        if (child.kind == Kind::literal && child.text != segment) continue;
        if (child.kind == Kind::param && segment.empty()) continue;
        bool const is_param = child.kind != Kind::literal;
        if (is_param) params[count] = child.kind == Kind::rest ? all : segment;
        auto const rest = child.kind == Kind::rest ? std::string_view() : path;
        auto const below = follow(child, method, rest, params, count + (is_param ? 1 : 0));
        if (below.route >= 0) return below;
        found.allowed = found.allowed | below.allowed;
    }
    return found;
}

int Matcher::route_of(Node const& node, Method method) noexcept {
    auto slot = node.routes[static_cast<std::size_t>(method)];
    if (slot == 0 && method == Method::head)
        slot = node.routes[static_cast<std::size_t>(Method::get)];
    return slot - 1;
}

}  // namespace blog::net
