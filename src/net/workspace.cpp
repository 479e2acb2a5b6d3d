#include "net/workspace.hpp"

namespace blog::net {
namespace {

// Above these a request was unusual, and its memory is not worth keeping.
constexpr std::size_t buffer_bytes_kept = 16u << 10;
constexpr std::size_t answer_bytes_kept = 128u << 10;

void clean(Buffer& buffer) noexcept {
    buffer.clear();
    if (buffer.capacity() > buffer_bytes_kept) buffer.release();
}

void clean(std::string& text, std::size_t kept) noexcept {
    text.clear();
    if (text.capacity() > kept) std::string().swap(text);
}

}  // namespace

void Workspace::clean() noexcept {
    net::clean(in);
    net::clean(more);
    head.clear();
    content = {};
    in_used = head_seen = 0;
    net::clean(body, buffer_bytes_kept);
    net::clean(text, buffer_bytes_kept);
    net::clean(spare, answer_bytes_kept);
    net::clean(piece, answer_bytes_kept);
}

std::unique_ptr<Workspace> WorkspacePool::take() {
    if (free_.empty()) {
        free_.reserve(kept_max);  // so that giving back never allocates
        return std::make_unique<Workspace>();
    }
    auto last = std::move(free_.back());
    free_.pop_back();
    return last;
}

void WorkspacePool::give_back(std::unique_ptr<Workspace> used) noexcept {
    if (free_.size() == kept_max) return;
    used->clean();
    free_.push_back(std::move(used));
}

}  // namespace blog::net
