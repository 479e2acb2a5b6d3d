#pragma once
#include "net/request.hpp"
#include "net/response.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace blog::net {

// A request for a file, made of literals.
class FileRequest {
public:
    FileRequest(std::initializer_list<HeaderView> headers = {}, Method method = Method::get,
                std::string_view query = {})
        : headers_(headers), request_(parts(method, query, headers_)) {}
    operator Request const&() const { return request_; }

private:
    static Request::Parts parts(Method method, std::string_view query,
                                std::span<HeaderView const> headers) {
        Request::Parts parts;
        parts.method = method;
        parts.query = query;
        parts.headers = headers;
        return parts;
    }

    std::vector<HeaderView> headers_;
    Request request_;
};

// The value of a field that the response adds; "" when it does not.
inline std::string field(Response const& response, std::string_view name) {
    auto const lines = std::string("\r\n").append(response.extra_lines());
    auto const start = "\r\n" + std::string(name) + ": ";
    auto const at = lines.find(start);
    if (at == lines.npos) return "";
    return lines.substr(at + start.size(), lines.find("\r\n", at + 2) - at - start.size());
}

inline int status(Response const& response) {
    return static_cast<int>(response.status());
}

// The pieces of a stream, in order. An error ends the list with a piece "error".
inline std::vector<std::string> pieces(BodyStream& stream) {
    std::vector<std::string> all;
    auto const read = [&]() -> Awaitable<void> {
        for (;;) {
            std::string piece;
            auto const result = co_await stream.next(piece);
            if (!result) all.push_back("error");
            if (!result || piece.empty()) co_return;
            all.push_back(std::move(piece));
        }
    };
    asio::io_context loop(1);
    asio::co_spawn(loop, read, [](std::exception_ptr failure) {
        if (failure) std::rethrow_exception(failure);
    });
    loop.run();
    return all;
}

inline std::string joined(std::vector<std::string> const& all) {
    std::string text;
    for (auto const& piece : all)
        text += piece;
    return text;
}

}  // namespace blog::net
