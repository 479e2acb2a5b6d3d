#include "handlers/security.hpp"

namespace blog::handlers {
namespace {

#define COMMON_LINES                                 \
    "X-Content-Type-Options: nosniff\r\n"            \
    "X-Frame-Options: DENY\r\n"                      \
    "Cross-Origin-Opener-Policy: same-origin\r\n"    \
    "Cross-Origin-Resource-Policy: same-origin\r\n"  \
    "Cross-Origin-Embedder-Policy: require-corp\r\n" \
    "Permissions-Policy: camera=(), geolocation=(), microphone=()\r\n"

#define POLICY_REST                                                                  \
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; form-action 'self'; " \
    "base-uri 'none'; object-src 'none'; frame-ancestors 'none'\r\n"

#define STRICT_POLICY                                                                    \
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; " \
    "img-src 'self'; " POLICY_REST

// Both programs show images from data:, and ReDoc makes its worker from a blob. ReDoc also adds two
// style elements: an empty one, and the one of its scroll bars; the hashes allow just these.
#define DOCS_POLICY                                                           \
    "Content-Security-Policy: default-src 'none'; script-src 'self'; "        \
    "style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' " \
    "'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='; "                 \
    "img-src 'self' data:; worker-src blob:; " POLICY_REST

#define TELL_ORIGIN "Referrer-Policy: strict-origin-when-cross-origin\r\n"
#define TELL_NOTHING "Referrer-Policy: no-referrer\r\n"

#define STAY_SECURE "Strict-Transport-Security: max-age=63072000; includeSubDomains\r\n"

constexpr std::string_view lines[3][2] = {
    {STRICT_POLICY COMMON_LINES TELL_ORIGIN, STRICT_POLICY COMMON_LINES TELL_ORIGIN STAY_SECURE},
    {DOCS_POLICY COMMON_LINES TELL_ORIGIN, DOCS_POLICY COMMON_LINES TELL_ORIGIN STAY_SECURE},
    {STRICT_POLICY COMMON_LINES TELL_NOTHING, STRICT_POLICY COMMON_LINES TELL_NOTHING STAY_SECURE},
};

}  // namespace

std::string_view security_lines(Policy policy, bool secure) noexcept {
    return lines[static_cast<unsigned>(policy)][secure ? 1 : 0];
}

std::string_view stay_secure_line() noexcept {
    return STAY_SECURE;
}

}  // namespace blog::handlers
