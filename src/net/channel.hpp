#pragma once
#include "net/deadlines.hpp"
#include "net/stream.hpp"

#include <boost/intrusive/list.hpp>

#include <array>
#include <chrono>
#include <initializer_list>
#include <span>
#include <string_view>

namespace blog::net {

// What is still to be written, in order: the head of an answer, its body, the frame of a chunk.
class Parts {
public:
    Parts(std::initializer_list<std::string_view> parts) noexcept;
    std::span<std::string_view const> left() const noexcept {
        return std::span(parts_).subspan(first_, count_ - first_);
    }
    std::size_t bytes() const noexcept;  // still left
    void advance(std::size_t written) noexcept;

private:
    std::array<std::string_view, 4> parts_;  // none of them empty
    std::size_t first_ = 0, count_ = 0;
};

struct ChannelTag;
using ChannelHook =
    boost::intrusive::list_base_hook<boost::intrusive::tag<ChannelTag>,
                                     boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

// A stream with a time limit and an end: what its loop knows of a connection.
class Channel : public Deadlines::Node, public ChannelHook {
public:
    enum class Use : std::uint8_t {
        idle,     // between requests
        busy,     // at a request or its answer
        closing,  // all was said; waiting for the other side to read it
    };

    Channel(Stream& stream, Deadlines& deadlines) noexcept
        : stream_(stream), deadlines_(deadlines) {}
    Channel(Channel const&) = delete;
    Channel& operator=(Channel const&) = delete;

    Stream& stream() const noexcept { return stream_; }
    Use use() const noexcept { return use_; }
    void set_use(Use use) noexcept { use_ = use; }

    // From now on, for all waits until limit() or no_limit().
    void limit(std::chrono::seconds time) noexcept {
        expired_ = false;
        arm(deadlines_, time);
    }
    void no_limit() noexcept { disarm(); }
    bool expired() const noexcept { return expired_; }

    // Ends the wait under way and refuses all further ones.
    void cut() noexcept {
        cut_ = true;
        stream_.cancel();
    }
    bool is_cut() const noexcept { return cut_; }
    bool usable() const noexcept { return !cut_ && !expired_; }

    // Waits until the stream may get on; false when the limit has passed or the channel was cut.
    Awaitable<bool> ready(Stream::Direction);

    // Writes what the kernel takes now. `failed` when the client is gone.
    Stream::State try_write(Parts&) noexcept;
    // Writes the rest, giving the client `patience` for each step; false when it is gone or too
    // slow.
    Awaitable<bool> write_rest(Parts&, std::chrono::seconds patience);

private:
    void expire() noexcept override {
        expired_ = true;
        stream_.cancel();
    }

    Stream& stream_;
    Deadlines& deadlines_;
    Use use_ = Use::idle;
    bool expired_ = false, cut_ = false;
};

using Channels = boost::intrusive::list<Channel, boost::intrusive::base_hook<ChannelHook>,
                                        boost::intrusive::constant_time_size<false>>;

}  // namespace blog::net
