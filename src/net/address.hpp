#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

struct sockaddr;

namespace blog::net {

// Who is at the other end: an IP address without its port, or a process of this machine ("unix").
// IPv4 is kept in its IPv6-mapped form (::ffff:a.b.c.d), so that both spellings compare equal.
class Address {
public:
    static constexpr std::size_t text_bytes_max = 46;  // an IPv6 address and its NUL

    Address() = default;  // the peer of a Unix-domain socket
    // Of an accepted socket. Anything but AF_INET and AF_INET6 counts as "unix".
    static Address of(sockaddr const&) noexcept;
    // "192.0.2.1" or "2001:db8::1"; no port, no brackets, no zone.
    static std::optional<Address> parse(std::string_view) noexcept;

    std::array<std::uint8_t, 16> const& bytes() const noexcept { return bytes_; }  // network order
    bool is_unix() const noexcept { return unix_; }
    bool is_ipv4() const noexcept;
    bool is_loopback() const noexcept;  // unix counts
    // Writes the canonical text into `buffer` and returns it.
    std::string_view to_text(std::array<char, text_bytes_max>& buffer) const noexcept;
    // The first `bits` bits of the 128 are the same. Both are IP addresses.
    bool same_prefix(Address const& other, unsigned bits) const noexcept;

    friend bool operator==(Address const&, Address const&) = default;

private:
    std::array<std::uint8_t, 16> bytes_{};
    bool unix_ = true;
};

}  // namespace blog::net
