#pragma once
#include "async.hpp"
#include "net/request.hpp"
#include "net/response.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace blog::net {

// What one answered request looked like, for the access log. Views die with the call.
struct AccessRecord {
    std::string_view method;  // "-" when the request line could not be read
    std::string_view route;   // the pattern, not the path: no personal data
    Status status = Status::ok;
    std::uint64_t body_bytes = 0;
    // Its head was complete, or refused. The call comes with the body's last write.
    std::chrono::steady_clock::time_point started{};
};

// Leave to send a large body; whoever holds it counts as one who does.
class BodyPermit {
public:
    virtual ~BodyPermit() = default;
};
// The answer to a request whose body shall not even be read, or else the permit.
struct Admission {
    std::optional<Response> refusal;
    std::unique_ptr<BodyPermit> permit;
};

// All that the HTTP layer knows of the application: one object a loop, called on that loop only.
// It maps its own failures and never throws.
class Service {
public:
    virtual ~Service() = default;

    // What is finished already (the body is a FinishedPtr): found without waiting for anything.
    // nullopt: handle() has to look into it. Never called for a request with a body.
    virtual std::optional<Response> ready(Request const&) noexcept = 0;

    // The most bytes that the body of such a request may have, when that is more than the limit of
    // all others; nullopt: it is not. Then admit_body() is asked, with the head alone.
    virtual std::optional<std::size_t> large_body_max(Method,
                                                      std::string_view path) const noexcept {
        static_cast<void>(path);
        return std::nullopt;
    }
    virtual Awaitable<Admission> admit_body(Request const&) { co_return Admission(); }

    // `buffer` is empty but keeps the capacity of earlier answers: build the body in it.
    virtual Awaitable<Response> handle(Request const&, std::string buffer) = 0;

    // The answer to what the HTTP layer refuses by itself: bad framing, a limit, a timeout. `path`
    // is
    // "" when the request line could not be read. The connection closes after it.
    virtual Response refuse(Status, std::string_view detail, std::string_view path) = 0;

    virtual void log(AccessRecord const&) noexcept = 0;
};

}  // namespace blog::net
