#include "net/response.hpp"

#include <algorithm>
#include <charconv>

namespace blog::net {
namespace {

template <class... Ts>
struct Overloaded : Ts... {
    using Ts::operator()...;
};
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;  // clang 14 does not deduce it for an aggregate

// One line of a field. What a field value must never hold is written as a space, so that no text of
// a user can start a line of its own.
void append_field(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append(": ");
    auto const from = static_cast<std::ptrdiff_t>(out.size());
    out.append(value);
    std::replace_if(
        out.begin() + from, out.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; },
        ' ');
    out.append("\r\n");
}

void append_number(std::string& out, std::uint64_t number) {
    char digits[20];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

void append_status_line(Status status, std::string& out) {
    if (status == Status::ok) {
        out.append("HTTP/1.1 200 OK\r\n");  // nearly always
        return;
    }
    out.append("HTTP/1.1 ");
    append_number(out, static_cast<unsigned>(status));
    out.append(" ").append(reason(status)).append("\r\n");
}

bool never_has_body(Status status) noexcept {
    return status == Status::no_content || status == Status::not_modified;
}

void append_entity_lines(Response const& response, bool chunked, std::string& out) {
    if (!response.type().empty())
        out.append("Content-Type: ").append(response.type()).append("\r\n");
    if (chunked) {
        out.append("Transfer-Encoding: chunked\r\n");
    } else if (auto const size = response.body_size(); size && !never_has_body(response.status())) {
        out.append("Content-Length: ");
        append_number(out, *size);
        out.append("\r\n");
    }
}

}  // namespace

std::string_view reason(Status status) noexcept {
    switch (status) {
        case Status::ok:
            return "OK";
        case Status::created:
            return "Created";
        case Status::accepted:
            return "Accepted";
        case Status::no_content:
            return "No Content";
        case Status::partial_content:
            return "Partial Content";
        case Status::not_modified:
            return "Not Modified";
        case Status::see_other:
            return "See Other";
        case Status::temporary_redirect:
            return "Temporary Redirect";
        case Status::bad_request:
            return "Bad Request";
        case Status::unauthorized:
            return "Unauthorized";
        case Status::forbidden:
            return "Forbidden";
        case Status::not_found:
            return "Not Found";
        case Status::method_not_allowed:
            return "Method Not Allowed";
        case Status::request_timeout:
            return "Request Timeout";
        case Status::conflict:
            return "Conflict";
        case Status::precondition_failed:
            return "Precondition Failed";
        case Status::too_large:
            return "Content Too Large";
        case Status::uri_too_long:
            return "URI Too Long";
        case Status::range_not_satisfiable:
            return "Range Not Satisfiable";
        case Status::expectation_failed:
            return "Expectation Failed";
        case Status::unprocessable:
            return "Unprocessable Content";
        case Status::header_too_large:
            return "Request Header Fields Too Large";
        case Status::too_many_requests:
            return "Too Many Requests";
        case Status::internal:
            return "Internal Server Error";
        case Status::not_implemented:
            return "Not Implemented";
        case Status::unavailable:
            return "Service Unavailable";
        case Status::version_not_supported:
            return "HTTP Version Not Supported";
    }
    return "";
}

Response& Response::header(std::string_view name, std::string_view value) & {
    append_field(extra_, name, value);
    return *this;
}

std::optional<std::uint64_t> Response::body_size() const noexcept {
    using Size = std::optional<std::uint64_t>;
    return std::visit(Overloaded{[](std::string const& s) { return Size(s.size()); },
                                 [](SharedBytes const& s) { return Size(s.bytes.size()); },
                                 [](FinishedPtr const& f) { return Size(f->body().size()); },
                                 [](FileSlice const& f) { return Size(f.size); },
                                 [](Streamed const& s) { return s.size; }},
                      body_);
}

void append_head(Response const& response, HeadOptions const& options, std::string& out) {
    append_status_line(response.status(), out);
    out.append("Date: ").append(options.date).append("\r\n");
    bool const finished = std::holds_alternative<FinishedPtr>(response.body());
    if (!finished) append_entity_lines(response, options.chunked, out);
    out.append(response.extra_lines()).append(response.fixed_lines());
    if (!options.keep_alive)
        out.append("Connection: close\r\n");
    else if (options.http_1_0)
        out.append("Connection: keep-alive\r\n");
    if (!finished) out.append("\r\n");
}

}  // namespace blog::net
