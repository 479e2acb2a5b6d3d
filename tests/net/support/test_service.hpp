#pragma once
#include "net/service.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <fcntl.h>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <sys/mman.h>
#include <vector>

namespace blog::net {

// `pieces` pieces of `size` bytes; breaks off with an error after `error_after` of them.
class CountedStream final : public BodyStream {
public:
    CountedStream(unsigned pieces, std::size_t size, unsigned error_after = ~0u)
        : pieces_(pieces), size_(size), error_after_(error_after) {}

    Awaitable<Result<void>> next(std::string& out) override {
        ++asked;
        if (made_ == error_after_) co_return Error(Errc::unavailable);
        if (made_ < pieces_) {
            out.append(size_, static_cast<char>('a' + made_ % 26));
            ++made_;
        }
        co_return Result<void>();
    }
    inline static unsigned asked = 0;

private:
    unsigned pieces_, made_ = 0;
    std::size_t size_;
    unsigned error_after_;
};

// An application with one path for each thing that the HTTP layer must do. Remembers what it saw.
class TestService final : public Service {
public:
    explicit TestService(asio::io_context& io) : gate_(io, asio::steady_timer::time_point::max()) {}

    struct Seen {
        Method method;
        std::string path, query, body, client, host;
        bool secure;
        std::size_t headers;
    };
    std::vector<Seen> seen;
    struct Logged {
        std::string method;
        Status status;
        std::uint64_t bytes;
    };
    std::vector<Logged> logged;
    std::vector<std::size_t> capacities;  // of the buffers handed in
    std::string file;                     // served as /file

    void open_gate() { gate_.cancel(); }  // lets /wait answer

    std::optional<Response> ready(Request const& request) noexcept override {
        if (request.path() != "/ready") return std::nullopt;
        ++ready_answers;
        return Response(kept_status, kept, kept->type());
    }
    FinishedPtr kept = std::make_shared<Finished const>("text/plain", Coding::identity, "\"tag\"",
                                                        "X-Line: yes\r\n", "ready");
    Status kept_status = Status::ok;
    unsigned ready_answers = 0;

    Awaitable<Response> handle(Request const& request, std::string buffer) override {
        seen.push_back({request.method(), std::string(request.path()), std::string(request.query()),
                        std::string(request.body()), text_of(request.client()),
                        std::string(request.header("host")), request.secure(),
                        request.headers().size()});
        capacities.push_back(buffer.capacity());
        auto const path = request.path();
        if (path == "/wait") co_await gate_.async_wait(no_throw);
        if (path == "/throw") throw std::runtime_error("deliberate");
        if (path == "/nothing") co_return Response(Status::no_content);
        if (path == "/unchanged") co_return Response(Status::not_modified);
        if (path == "/big") {
            buffer.assign(1'000'000, 'x');
            co_return Response(Status::ok, std::move(buffer), "text/plain");
        }
        if (path == "/shared") co_return shared();
        if (path == "/file") co_return sliced();
        if (path == "/stream") co_return streamed(3, 10, std::nullopt);
        if (path == "/sized") co_return streamed(3, 10, 30);
        if (path == "/short") co_return streamed(3, 10, 31);
        if (path == "/long") co_return streamed(3, 10, 29);
        if (path == "/broken") co_return streamed(3, 10, std::nullopt, 2);
        if (path == "/endless") co_return streamed(1000, 10'000, std::nullopt);
        buffer.append(to_string(request.method())).append(" ").append(path);
        if (!request.body().empty()) buffer.append(" ").append(request.body());
        co_return Response(Status::ok, std::move(buffer), "text/plain");
    }

    Response refuse(Status status, std::string_view detail, std::string_view) override {
        return Response(status, std::string(detail), "text/plain");
    }

    void log(AccessRecord const& record) noexcept override {
        logged.push_back({std::string(record.method), record.status, record.body_bytes});
    }

private:
    static std::string text_of(Address const& address) {
        std::array<char, Address::text_bytes_max> buffer;
        return std::string(address.to_text(buffer));
    }
    static Response shared() {
        return Response(Status::ok, SharedBytes{nullptr, "shared bytes"}, "text/plain");
    }
    static Response streamed(unsigned pieces, std::size_t size, std::optional<std::uint64_t> total,
                             unsigned error_after = ~0u) {
        Streamed body{std::make_unique<CountedStream>(pieces, size, error_after), total};
        return Response(Status::ok, std::move(body), "text/plain");
    }
    Response sliced() {
        FileSlice slice{UniqueFd(::memfd_create("test", MFD_CLOEXEC)), 2, file.size() - 2};
        if (::write(slice.fd.get(), file.data(), file.size()) < 0)
            throw std::runtime_error("memfd");
        return Response(Status::ok, std::move(slice), "text/plain");
    }

    asio::steady_timer gate_;
};

}  // namespace blog::net
