#pragma once
#include "caller.hpp"
#include "net/address.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace blog::net {

enum class Method : std::uint8_t { get, head, post, put, patch, del, options, trace, count };

// "GET" and so on.
std::string_view to_string(Method) noexcept;

// One field line of a request. The name is as the client wrote it: compare without case.
struct HeaderView {
    std::string_view name, value;
};

// One parsed request whose framing is known to be sound (RFC 9112) and whose Host was checked.
// Everything points into the connection's buffers and dies when the response has been written, so a
// Request can be neither copied nor kept.
class Request {
public:
    struct Parts {
        Method method = Method::get;
        std::string_view path;   // percent-decoded, may hold any byte; begins with '/', or is "*"
        std::string_view query;  // as sent, without '?'
        std::string_view body;   // complete, without its transfer coding
        std::span<HeaderView const> headers;  // never trailer fields
        Address client;                       // proxies resolved
        bool secure = false;                  // the client spoke https to a proxy that we trust
        Caller const* caller = nullptr;       // who waits; null: nobody knows
    };
    explicit Request(Parts const& parts) noexcept : p_(parts) {}
    Request(Request const&) = delete;
    Request& operator=(Request const&) = delete;

    Method method() const noexcept { return p_.method; }
    std::string_view path() const noexcept { return p_.path; }
    std::string_view query() const noexcept { return p_.query; }
    std::string_view body() const noexcept { return p_.body; }
    Address const& client() const noexcept { return p_.client; }
    bool secure() const noexcept { return p_.secure; }
    Caller const* caller() const noexcept { return p_.caller; }
    std::span<HeaderView const> headers() const noexcept { return p_.headers; }

    // The first field of that name (compared without case); "" when absent.
    std::string_view header(std::string_view name) const noexcept;
    bool has_header(std::string_view name) const noexcept;

private:
    Parts p_;
};

}  // namespace blog::net
