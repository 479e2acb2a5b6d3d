#include "net/forwarded.hpp"

#include "net/text.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <stdexcept>
#include <string>

namespace blog::net {
namespace {

[[noreturn]] void refuse(std::string_view part) {
    throw std::invalid_argument(
        "\"" + std::string(part) +
        "\" is no proxy: accepted are an address (192.0.2.7), a network (10.0.0.0/8, fd00::/8), "
        "\"loopback\", \"unix\", or \"none\" alone");
}

// Length of a network's prefix, counted on the 128 bits that Address keeps.
std::optional<unsigned> parse_prefix(std::string_view digits, bool ipv4) {
    unsigned bits = 0;
    auto const [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (ec != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    if (bits > (ipv4 ? 32u : 128u)) return std::nullopt;
    return ipv4 ? bits + 96 : bits;
}

// One entry of X-Forwarded-For: an address, perhaps with a port as some proxies add it.
std::optional<Address> parse_hop(std::string_view hop) noexcept {
    if (hop.starts_with('[')) {
        auto const close = hop.find(']');
        return close == hop.npos ? std::nullopt : Address::parse(hop.substr(1, close - 1));
    }
    if (std::ranges::count(hop, ':') == 1) hop = hop.substr(0, hop.find(':'));
    return Address::parse(hop);
}

// Takes the last part of a comma-separated list off its end.
std::string_view pop_last(std::string_view& list) noexcept {
    auto const comma = list.rfind(',');
    auto const last = comma == list.npos ? list : list.substr(comma + 1);
    list = comma == list.npos ? std::string_view() : list.substr(0, comma);
    return trim(last);
}

}  // namespace

TrustedProxies TrustedProxies::parse(std::string_view list) {
    TrustedProxies out;
    if (trim(list) == "none") return out;
    while (!trim(list).empty()) {
        auto const part = pop_last(list);
        if (part == "unix") {
            out.unix_ = true;
            continue;
        }
        if (part == "loopback") {
            out.networks_.push_back({*Address::parse("127.0.0.0"), 96 + 8});
            out.networks_.push_back({*Address::parse("::1"), 128});
            continue;
        }
        auto const slash = part.find('/');
        auto const base = Address::parse(part.substr(0, slash));
        if (!base) refuse(part);
        // A mapped address written out in IPv6 counts its prefix on 128 bits.
        bool const ipv4 = part.find(':') == part.npos;
        auto const bits = slash == part.npos ? 128u : parse_prefix(part.substr(slash + 1), ipv4);
        if (!bits) refuse(part);
        out.networks_.push_back({*base, *bits});
    }
    return out;
}

bool TrustedProxies::trusts(Address const& address) const noexcept {
    if (address.is_unix()) return unix_;
    return std::ranges::any_of(
        networks_, [&](Network const& n) { return address.same_prefix(n.base, n.bits); });
}

Origin resolve_origin(Address const& peer, std::span<HeaderView const> headers,
                      TrustedProxies const& proxies) noexcept {
    Origin origin{peer, false};
    if (!proxies.trusts(peer)) return origin;

    bool hops_known = true, scheme_known = false;
    for (auto h = headers.rbegin(); h != headers.rend(); ++h) {  // several field lines are one list
        if (!scheme_known && iequals(h->name, "x-forwarded-proto")) {
            auto list = h->value;
            origin.secure = iequals(pop_last(list), "https");
            scheme_known = true;
        }
        if (!iequals(h->name, "x-forwarded-for")) continue;
        for (auto list = h->value; hops_known && !list.empty();) {
            auto const hop = parse_hop(pop_last(list));
            hops_known = hop && proxies.trusts(origin.client);
            if (hops_known) origin.client = *hop;
        }
    }
    return origin;
}

}  // namespace blog::net
