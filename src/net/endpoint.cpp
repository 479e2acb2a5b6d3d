#include "net/endpoint.hpp"

#include "net/text.hpp"

#include <charconv>
#include <optional>
#include <stdexcept>
#include <sys/un.h>

namespace blog::net {
namespace {

constexpr std::size_t socket_path_bytes_max = sizeof(sockaddr_un::sun_path) - 1;

[[noreturn]] void refuse(std::string_view text, std::string_view why) {
    throw std::invalid_argument(
        "cannot listen on \"" + std::string(text) + "\": " + std::string(why) +
        "; accepted are 127.0.0.1:8000, [::1]:8000 and unix:/run/blogd.sock");
}

std::optional<std::uint16_t> parse_port(std::string_view digits) {
    std::uint16_t port = 0;
    auto const end = digits.data() + digits.size();
    auto const result = std::from_chars(digits.data(), end, port);
    if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
    return port;
}

}  // namespace

Endpoint Endpoint::parse(std::string_view text) {
    Endpoint out;
    if (text.starts_with("unix:")) {
        out.path_ = text.substr(5);
        if (out.path_.empty() || out.path_.find('\0') != out.path_.npos)
            refuse(text, "a socket file needs a name");
        if (out.path_.size() > socket_path_bytes_max)
            refuse(text, "the path of a socket file has at most " +
                             std::to_string(socket_path_bytes_max) + " bytes");
        return out;
    }
    auto const colon = text.rfind(':');
    if (colon == text.npos) refuse(text, "the port is missing");
    auto host = text.substr(0, colon);
    bool const brackets = host.size() >= 2 && host.front() == '[' && host.back() == ']';
    if (brackets) host = host.substr(1, host.size() - 2);
    if (!brackets && host.find(':') != host.npos)
        refuse(text, "an IPv6 address is written in brackets");

    auto const address = Address::parse(host);
    if (!address || brackets != (host.find(':') != host.npos))
        refuse(text, "names are not resolved, an IP address is wanted");
    auto const port = parse_port(text.substr(colon + 1));
    if (!port) refuse(text, "a port is a number from 0 to 65535");
    out.address_ = *address;
    out.port_ = *port;
    return out;
}

std::string Endpoint::text() const {
    if (is_unix()) return "unix:" + path_;
    std::array<char, Address::text_bytes_max> buffer;
    std::string const host(address_.to_text(buffer));
    auto const colon_port = ":" + std::to_string(port_);
    return host.find(':') == host.npos ? host + colon_port : "[" + host + "]" + colon_port;
}

}  // namespace blog::net
