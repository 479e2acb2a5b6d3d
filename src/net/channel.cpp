#include "net/channel.hpp"

#include "assert.hpp"

#include <algorithm>

namespace blog::net {

Parts::Parts(std::initializer_list<std::string_view> parts) noexcept {
    for (auto const part : parts) {
        if (part.empty()) continue;
        BLOG_ASSERT(count_ < parts_.size());
        parts_[count_++] = part;
    }
}

std::size_t Parts::bytes() const noexcept {
    std::size_t sum = 0;
    for (auto const part : left())
        sum += part.size();
    return sum;
}

void Parts::advance(std::size_t written) noexcept {
    while (written > 0) {
        auto& part = parts_[first_];
        auto const taken = std::min(written, part.size());
        part.remove_prefix(taken);
        written -= taken;
        if (part.empty()) ++first_;
    }
}

Awaitable<bool> Channel::ready(Stream::Direction direction) {
    if (!usable()) co_return false;
    co_await stream_.wait(direction);
    co_return usable();
}

Stream::State Channel::try_write(Parts& parts) noexcept {
    while (!parts.left().empty()) {
        auto const moved = stream_.write(parts.left());
        if (moved.state != Stream::State::ok) return moved.state;
        parts.advance(moved.bytes);
    }
    return Stream::State::ok;
}

Awaitable<bool> Channel::write_rest(Parts& parts, std::chrono::seconds patience) {
    for (;;) {
        auto const state = try_write(parts);
        if (state == Stream::State::ok) break;
        if (state != Stream::State::blocked) co_return false;
        limit(patience);
        if (!co_await ready(Stream::Direction::write)) co_return false;
    }
    no_limit();
    co_return true;
}

}  // namespace blog::net
