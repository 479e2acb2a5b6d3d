#pragma once
#include "async.hpp"
#include "error.hpp"
#include "net/finished.hpp"
#include "unique_fd.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace blog::net {

enum class Status : std::uint16_t {
    ok = 200,
    created = 201,
    accepted = 202,
    no_content = 204,
    partial_content = 206,
    see_other = 303,
    not_modified = 304,
    temporary_redirect = 307,
    bad_request = 400,
    unauthorized = 401,
    forbidden = 403,
    not_found = 404,
    method_not_allowed = 405,
    request_timeout = 408,
    conflict = 409,
    precondition_failed = 412,
    too_large = 413,
    uri_too_long = 414,
    range_not_satisfiable = 416,
    expectation_failed = 417,
    unprocessable = 422,
    too_many_requests = 429,
    header_too_large = 431,
    internal = 500,
    not_implemented = 501,
    unavailable = 503,
    version_not_supported = 505,
};

// "Not Found" and so on; "" for a number that is not ours.
std::string_view reason(Status) noexcept;

// Immutable bytes that many responses share: files of the binary (no owner) or cache entries.
struct SharedBytes {
    std::shared_ptr<std::string const> owner;  // null: the bytes live as long as the program
    std::string_view bytes;
};

// `size` bytes of an open file, from `offset`.
struct FileSlice {
    UniqueFd fd;
    std::uint64_t offset = 0, size = 0;
};

// A body that is produced piece by piece, under back-pressure: the next piece is asked for when the
// last one has been handed to the kernel. Lives on its connection's loop.
class BodyStream {
public:
    virtual ~BodyStream() = default;
    // Appends one piece to `out` (empty on entry). Appending nothing ends the body. An error cuts
    // the connection, which is how a client learns that a chunked body is not whole (RFC 9112 7.1).
    virtual Awaitable<Result<void>> next(std::string& out) = 0;
};

// Content-Length when the stream's size is known beforehand; nullopt: chunked.
struct Streamed {
    std::unique_ptr<BodyStream> stream;
    std::optional<std::uint64_t> size;
};

// A FinishedPtr is more than a body: its bytes hold the field lines too, and it goes with `ok` or
// `not_modified` only.
using Body = std::variant<std::string, SharedBytes, FinishedPtr, FileSlice, Streamed>;

// A finished answer: what the handler knows. Date, Content-Length or Transfer-Encoding, Connection
// and the body's absence for HEAD, 204 and 304 are the connection's business.
class Response {
public:
    // `type` is static text; "" for answers without a body.
    Response(Status status, Body body, std::string_view type)
        : status_(status), type_(type), body_(std::move(body)) {}
    explicit Response(Status status) : Response(status, std::string(), {}) {}

    // Adds a field line. CR, LF and NUL in a value are written as spaces, whatever the caller
    // passes.
    Response& header(std::string_view name, std::string_view value) &;
    Response&& header(std::string_view name, std::string_view value) && {
        return std::move(header(name, value));
    }
    // Ready lines ("Name: value\r\n"...) of static storage that go out as they are; replaces.
    void set_fixed_lines(std::string_view lines) noexcept { fixed_ = lines; }
    std::string_view fixed_lines() const noexcept { return fixed_; }

    // The pattern of the route that answered, for the access log; static text.
    void set_route(std::string_view pattern) noexcept { route_ = pattern; }
    std::string_view route() const noexcept { return route_; }

    Status status() const noexcept { return status_; }
    std::string_view type() const noexcept { return type_; }
    std::string_view extra_lines() const noexcept { return extra_; }
    Body& body() noexcept { return body_; }
    Body const& body() const noexcept { return body_; }
    // Bytes of the body; nullopt for a stream of unknown size.
    std::optional<std::uint64_t> body_size() const noexcept;

private:
    Status status_;
    std::string_view type_, fixed_, route_;
    Body body_;
    std::string extra_;
};

// The head as RFC 9112 wants it, appended to `out`; of a finished answer the lines that its bytes
// do not hold, which is why they come first. `date` is a ready IMF-fixdate.
struct HeadOptions {
    std::string_view date;
    bool keep_alive = true;
    bool chunked = false;   // the body goes out chunked: no Content-Length
    bool http_1_0 = false;  // the client speaks HTTP/1.0: keep-alive must be said
};
void append_head(Response const&, HeadOptions const&, std::string& out);

}  // namespace blog::net
