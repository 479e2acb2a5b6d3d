#include "client.hpp"

#include <cerrno>
#include <cstring>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <system_error>

namespace blog::bench {

Url parse_url(std::string_view text) {
    constexpr std::string_view scheme = "http://";
    auto const fault = [&](char const* why) {
        return std::runtime_error(std::string(text) + ": " + why);
    };
    if (!text.starts_with(scheme)) throw fault("not http://HOST:PORT/PATH[,/PATH...]");
    auto rest = text.substr(scheme.size());
    Url url;
    url.authority = rest.substr(0, rest.find('/'));
    rest.remove_prefix(url.authority.size());

    auto const colon = url.authority.rfind(':');
    if (colon == url.authority.npos) throw fault("a port is missing");
    addrinfo hints{}, *found = nullptr;
    hints.ai_socktype = SOCK_STREAM;
    auto const host = url.authority.substr(0, colon), port = url.authority.substr(colon + 1);
    if (::getaddrinfo(host.c_str(), port.c_str(), &hints, &found) != 0)
        throw fault("no such address");
    std::memcpy(&url.address, found->ai_addr, found->ai_addrlen);
    url.address_bytes = found->ai_addrlen;
    ::freeaddrinfo(found);

    while (!rest.empty()) {  // a comma within a path is part of it
        auto const end = rest.find(",/");
        url.paths.emplace_back(rest.substr(0, end));
        rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
    }
    if (url.paths.empty()) url.paths.emplace_back("/");
    return url;
}

UniqueFd connect_to(Url const& url) {
    auto const fail = [&] {
        return std::system_error(errno, std::generic_category(),
                                 "no connection to " + url.authority);
    };
    UniqueFd socket(::socket(url.address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket) throw fail();
    auto const* const address = reinterpret_cast<sockaddr const*>(&url.address);
    if (::connect(socket.get(), address, url.address_bytes) != 0) throw fail();
    int const on = 1;
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return socket;
}

}  // namespace blog::bench
