#pragma once
#include "net/address.hpp"
#include "net/request.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace blog::net {

// The proxies whose word about a client we take. Constant after start-up.
class TrustedProxies {
public:
    TrustedProxies() = default;  // nobody
    // Comma-separated: addresses, networks ("10.0.0.0/8"), "loopback", "unix" (peers of a
    // Unix-domain socket), or "none" alone. Throws std::invalid_argument with a sentence that names
    // the bad part.
    static TrustedProxies parse(std::string_view list);

    bool trusts(Address const&) const noexcept;

private:
    struct Network {
        Address base;
        unsigned bits;  // of 128
    };
    std::vector<Network> networks_;
    bool unix_ = false;
};

// Where a request came from, after the proxies that we trust.
struct Origin {
    Address client;
    bool secure = false;  // the client spoke https to the proxy nearest to us
};

// Reads X-Forwarded-For from its right end, as long as the address that says so is trusted, and the
// last word of X-Forwarded-Proto. What an untrusted peer claims is ignored; an entry that is no
// address ends the search.
Origin resolve_origin(Address const& peer, std::span<HeaderView const>,
                      TrustedProxies const&) noexcept;

}  // namespace blog::net
