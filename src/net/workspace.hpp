#pragma once
#include "net/buffer.hpp"
#include "net/parser.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace blog::net {

// All the memory that a request and its answer need. Lent to a connection from the first byte of a
// request until it is idle again, so that thousands of idle connections own none of it, and a busy
// loop works in a few of them, warm in the cache.
struct Workspace {
    Buffer in;                  // what has arrived: the head and what follows it
    Head head;                  // views into `in`, which stands still while the head is in use
    Buffer more;                // a body that did not come along with its head: raw when chunked
    std::string body;           // a chunked body, decoded
    std::string_view content;   // the body of the request, wherever it lies
    std::size_t in_used = 0;    // bytes of `in` that belong to the request
    std::size_t head_seen = 0;  // bytes of `in` that are known to be no whole head
    Refusal refusal;            // why there is no request
    std::chrono::steady_clock::time_point started;  // its head was complete, or refused
    std::string text;                               // the head of the answer
    std::string spare;                              // capacity for the body of the next answer
    std::string piece;                              // one piece of a streamed answer

    // Empty again; memory that only large requests need goes back to the system.
    void clean() noexcept;
};

// The workspaces of one loop that nobody uses; the last one back is the first one out.
class WorkspacePool {
public:
    std::unique_ptr<Workspace> take();
    void give_back(std::unique_ptr<Workspace>) noexcept;

private:
    static constexpr std::size_t kept_max = 64;
    std::vector<std::unique_ptr<Workspace>> free_;
};

}  // namespace blog::net
