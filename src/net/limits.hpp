#pragma once
#include <chrono>
#include <cstddef>

namespace blog::net {

// Every bound of the HTTP layer, with its reason. config.cpp fills it; constant after start-up.
struct Limits {
    // Request line and header fields together: a browser sends 1 to 2 KiB, cookies may add 8. (431)
    std::size_t head_bytes_max = 16u << 10;
    std::size_t target_bytes_max = 8u << 10;  // what RFC 9112 3 recommends to support (414)
    std::size_t header_count_max = 100;       // field lines; a browser sends about 15 (431)
    std::size_t body_bytes_max = 1u << 20;    // a very long post, decoded (413)
    // Of the few routes that take more (Service::large_body_max()); 0: there are none.
    std::size_t large_body_bytes_max = 0;

    // Chunked coding: nobody sends extensions or long trailers but to exhaust a server.
    std::size_t chunk_line_bytes_max = 512;              // one chunk-size line with its extensions
    std::size_t chunk_extensions_bytes_max = 16u << 10;  // of all chunks of one body
    std::size_t trailer_bytes_max = 8u << 10;            // read and thrown away (431)

    std::size_t empty_lines_max =
        8;  // before a request line, for clients that end a body with CRLF

    std::size_t connections_max = 10'000;  // per loop; one more is answered 503 and closed
    std::size_t refusals_max = 64;         // such answers in flight per loop; more are just closed
    unsigned accept_burst = 16;            // connections taken in a row before others have a turn
    unsigned pipeline_burst = 16;          // requests of one connection before others have a turn

    // What one connection hands to the kernel at a time from a file: bounds a slow reader's share.
    std::size_t file_piece_bytes = 64u << 10;

    // Time. Coarse: a limit may fire a second late, idle_time two; none fires early.
    std::chrono::seconds header_time{30};       // for a head, from its first byte to its last (408)
    std::chrono::seconds body_time{30};         // without a byte of the body (408)
    std::chrono::seconds large_body_time{300};  // for all of a large body (408)
    std::chrono::seconds idle_time{75};         // between two requests: closed without a word
    std::chrono::seconds write_time{30};        // without the client taking a byte of the answer
    std::chrono::seconds linger_time{5};  // after a refusal, for the client to read it, in all
    std::chrono::seconds drain_time{8};   // after SIGTERM, for what is under way; then it is cut
};

}  // namespace blog::net
