#pragma once
#include <string_view>

namespace blog::handlers {

// The field lines that go out with every answer (what each is for: docs/security.md).
// `secure`: the client speaks https, so it may be told to stay with it (RFC 6797 7.2).
enum class Policy : unsigned char {
    strict,  // only what comes from here, no inline script or style, no frames
    docs,    // the pages of Swagger UI and ReDoc: also data: images, a worker, two known styles
    secret_address,  // strict, and the page's address is told nobody, not even us
};
std::string_view security_lines(Policy policy, bool secure) noexcept;
// What the secure ones have more, by itself.
std::string_view stay_secure_line() noexcept;

}  // namespace blog::handlers
