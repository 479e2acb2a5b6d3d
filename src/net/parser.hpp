#pragma once
#include "net/limits.hpp"
#include "net/request.hpp"
#include "net/response.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace blog::net {

// Why the HTTP layer does not take a request. `detail` says what was wrong and what is accepted.
struct Refusal {
    Status status = Status::bad_request;
    std::string detail;
};

enum class Progress : std::uint8_t { need_more, done, refused };

// The head of a request. Views point into the parsed input, or into `decoded_path`. An object is
// used for many requests, so that its memory is paid for once.
struct Head {
    std::string_view method_text;  // "" until the request line was read
    Method method = Method::get;
    std::string_view path, query;  // path: decoded; "" until the request line was read
    std::vector<HeaderView> headers;
    std::size_t bytes = 0;  // up to and with the empty line; 0 until that has come
    std::uint64_t content_length = 0;
    bool chunked = false;
    bool http_1_0 = false;
    bool keep_alive = false;
    bool expects_continue = false;  // the client waits for 100 before it sends the body
    std::string decoded_path;

    void clear() noexcept;
    bool has_body() const noexcept { return chunked || content_length > 0; }
};

// Parses the head at the start of `input` and applies all framing rules of RFC 9112, more strictly
// than Beast does: what is `done` has one sound meaning for every server on the way. Starts from
// the first byte each time, so views need no care while input still arrives; call it again when a
// line end has come (see worth_parsing).
Progress parse_head(std::string_view input, Limits const&, Head& out, Refusal&);

// Whether parse_head could say more than it did when `seen` bytes were there. Keeps the work for a
// head that trickles in byte by byte proportional to its lines.
bool worth_parsing(std::string_view input, std::size_t seen, Limits const&) noexcept;

}  // namespace blog::net
