#pragma once
#include "net/address.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace blog::net {

// Where to listen: "127.0.0.1:8000", "[::1]:8000" or "unix:/run/blogd.sock".
class Endpoint {
public:
    // Names are not resolved. Throws std::invalid_argument with a sentence that says what is
    // accepted.
    static Endpoint parse(std::string_view text);

    bool is_unix() const noexcept { return address_.is_unix(); }
    bool is_loopback() const noexcept { return address_.is_loopback(); }  // unix counts
    Address const& address() const noexcept { return address_; }
    std::uint16_t port() const noexcept { return port_; }
    void set_port(std::uint16_t port) noexcept { port_ = port; }
    std::string const& path() const noexcept { return path_; }  // unix only

    std::string text() const;  // as parse() takes it

    friend bool operator==(Endpoint const&, Endpoint const&) = default;

private:
    Address address_;
    std::uint16_t port_ = 0;  // 0: any free port
    std::string path_;
};

}  // namespace blog::net
