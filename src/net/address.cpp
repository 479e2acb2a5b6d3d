#include "net/address.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <cstring>
#include <netinet/in.h>
#include <sys/socket.h>

namespace blog::net {
namespace {

constexpr std::array<std::uint8_t, 12> mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

}  // namespace

Address Address::of(sockaddr const& from) noexcept {
    Address out;
    if (from.sa_family == AF_INET) {
        sockaddr_in in{};
        std::memcpy(&in, &from, sizeof in);
        std::ranges::copy(mapped_prefix, out.bytes_.begin());
        std::memcpy(out.bytes_.data() + mapped_prefix.size(), &in.sin_addr, 4);
        out.unix_ = false;
    } else if (from.sa_family == AF_INET6) {
        sockaddr_in6 in{};
        std::memcpy(&in, &from, sizeof in);
        std::memcpy(out.bytes_.data(), &in.sin6_addr, out.bytes_.size());
        out.unix_ = false;
    }
    return out;
}

std::optional<Address> Address::parse(std::string_view text) noexcept {
    std::array<char, text_bytes_max> c_text{};  // inet_pton wants a NUL at the end, and none before
    if (text.size() >= c_text.size() || text.find('\0') != text.npos) return std::nullopt;
    std::ranges::copy(text, c_text.begin());

    Address out;
    out.unix_ = false;
    if (::inet_pton(AF_INET6, c_text.data(), out.bytes_.data()) == 1) return out;
    std::ranges::copy(mapped_prefix, out.bytes_.begin());
    if (::inet_pton(AF_INET, c_text.data(), out.bytes_.data() + mapped_prefix.size()) == 1)
        return out;
    return std::nullopt;
}

bool Address::is_ipv4() const noexcept {
    return !unix_ && std::equal(mapped_prefix.begin(), mapped_prefix.end(), bytes_.begin());
}

bool Address::is_loopback() const noexcept {
    if (unix_) return true;
    if (is_ipv4()) return bytes_[12] == 127;
    static constexpr std::array<std::uint8_t, 16> one{0, 0, 0, 0, 0, 0, 0, 0,
                                                      0, 0, 0, 0, 0, 0, 0, 1};
    return bytes_ == one;
}

std::string_view Address::to_text(std::array<char, text_bytes_max>& buffer) const noexcept {
    if (unix_) return "unix";
    if (!is_ipv4()) {
        ::inet_ntop(AF_INET6, bytes_.data(), buffer.data(), text_bytes_max);
        return buffer.data();
    }
    char* p = buffer.data();
    for (std::size_t i = 12; i < 16; ++i) {
        if (i > 12) *p++ = '.';
        p = std::to_chars(p, buffer.data() + buffer.size(), bytes_[i]).ptr;
    }
    return {buffer.data(), static_cast<std::size_t>(p - buffer.data())};
}

bool Address::same_prefix(Address const& other, unsigned bits) const noexcept {
    auto const whole = bits / 8;
    if (!std::equal(bytes_.begin(), bytes_.begin() + whole, other.bytes_.begin())) return false;
    auto const rest = bits % 8;
    if (rest == 0) return true;
    auto const mask = static_cast<std::uint8_t>(0xff << (8 - rest));
    return ((bytes_[whole] ^ other.bytes_[whole]) & mask) == 0;
}

}  // namespace blog::net
