#include "net/request_reader.hpp"

#include "net/chunked.hpp"

#include <algorithm>

namespace blog::net {
namespace {

using State = Stream::State;
using TimePoint = std::chrono::steady_clock::time_point;

constexpr std::size_t head_bytes_first = 4u << 10;  // holds nearly every head
constexpr std::size_t read_bytes_min = 1u << 10;    // no system call for less room
constexpr std::size_t body_step_max = 64u << 10;

Received refuse(Workspace& ws, Status status, std::string_view detail) {
    ws.started = std::chrono::steady_clock::now();
    ws.refusal = {status, std::string(detail)};
    return Received::refused;
}

Received too_late(Workspace& ws) {
    return refuse(ws, Status::request_timeout, "The request took too long to arrive.");
}

Received late_or_cut(Channel const& channel, Workspace& ws) {
    return channel.expired() ? too_late(ws) : Received::closed;
}

Received ended_early(State state, Workspace& ws) {
    if (state == State::failed) return Received::closed;
    return refuse(ws, Status::bad_request,
                  "Invalid HTTP request received: it ended before it was complete.");
}

// One attempt to read at most `wanted` bytes to the back of `to`.
State read_some(Channel const& channel, Buffer& to, std::size_t wanted) {
    auto const room = to.room(std::min(wanted, read_bytes_min));
    auto const moved = channel.stream().read(room.first(std::min(room.size(), wanted)));
    to.commit(moved.bytes);
    return moved.state;
}

// A refusal is written in the form that the path asks for; of a head that was parked nobody has
// looked at the request line again.
void learn_path(Limits const& limits, Workspace& ws) {
    Refusal ignored;
    if (ws.head.path.empty()) parse_head(ws.in.view(), limits, ws.head, ignored);
}

// One attempt to get a head.
Received read_head(Channel& channel, Limits const& limits, Workspace& ws) {
    if (ws.in.capacity() == 0) ws.in.room(head_bytes_first);
    for (;;) {
        auto const input = ws.in.view();
        if (input.size() > ws.head_seen && worth_parsing(input, ws.head_seen, limits)) {
            auto const progress = parse_head(input, limits, ws.head, ws.refusal);
            if (progress != Progress::need_more) {
                ws.started = std::chrono::steady_clock::now();
                ws.head_seen = 0;
            }
            if (progress == Progress::refused) return Received::refused;
            if (progress == Progress::done) return Received::request;
        }
        ws.head_seen = input.size();
        auto const state = read_some(channel, ws.in, limits.head_bytes_max);
        if (state == State::ok) continue;
        if (state == State::blocked) return input.empty() ? Received::nothing : Received::partly;
        if (state == State::failed || input.empty()) return Received::closed;
        learn_path(limits, ws);
        return ended_early(state, ws);
    }
}

// One more piece of a body into ws.more, waiting for it; `request` when it came.
Awaitable<Received> receive_piece(Channel& channel, Limits const& limits, Workspace& ws,
                                  TimePoint by, std::size_t wanted) {
    for (;;) {
        auto const state = read_some(channel, ws.more, wanted);
        if (state == State::ok) co_return Received::request;
        if (state != State::blocked) co_return ended_early(state, ws);
        auto const left = std::chrono::ceil<std::chrono::seconds>(by - TimePoint::clock::now());
        if (left.count() <= 0) co_return too_late(ws);
        channel.limit(std::min(limits.body_time, left));
        if (!co_await channel.ready(Stream::Direction::read)) co_return late_or_cut(channel, ws);
    }
}

Awaitable<Received> receive_sized(Channel& channel, Limits const& limits, Workspace& ws,
                                  TimePoint by) {
    auto const length = static_cast<std::size_t>(ws.head.content_length);
    while (ws.more.size() < length) {
        auto const left = length - ws.more.size();
        ws.more.room(std::min(left, body_step_max));
        auto const got = co_await receive_piece(channel, limits, ws, by, left);
        if (got != Received::request) co_return got;
    }
    ws.content = ws.more.view();
    co_return Received::request;
}

Awaitable<Received> receive_chunked(Channel& channel, Limits const& limits, Workspace& ws,
                                    TimePoint by, ChunkDecoder decoder) {
    for (;;) {
        ws.more.room(head_bytes_first);
        auto const got = co_await receive_piece(channel, limits, ws, by, body_step_max);
        if (got != Received::request) co_return got;
        auto const step = decoder.decode(ws.more.view(), ws.body, ws.refusal);
        if (step.progress == Progress::refused) co_return Received::refused;
        ws.more.consume(step.consumed);
        if (step.progress == Progress::done) break;
    }
    ws.content = ws.body;
    co_return Received::request;
}

// The body, when all of it came along with the head: no copy unless it is chunked. Otherwise what
// came of it moves to ws.more, since the head's buffer must stand still.
Received take_body(Workspace& ws, ChunkDecoder& decoder) {
    auto rest = ws.in.view().substr(ws.head.bytes);
    if (ws.head.chunked) {
        auto const step = decoder.decode(rest, ws.body, ws.refusal);
        if (step.progress == Progress::refused) return Received::refused;
        ws.content = ws.body;
        ws.in_used = ws.head.bytes + step.consumed;
        if (step.progress == Progress::done) return Received::request;
        rest.remove_prefix(step.consumed);
    } else if (rest.size() >= ws.head.content_length) {
        ws.content = rest.substr(0, static_cast<std::size_t>(ws.head.content_length));
        ws.in_used = ws.head.bytes + ws.content.size();
        return Received::request;
    }
    ws.more.append(rest);
    ws.in_used = ws.in.size();
    return Received::nothing;
}

}  // namespace

Received receive_now(Channel& channel, Limits const& limits, Workspace& ws) {
    auto const got = read_head(channel, limits, ws);
    if (got != Received::request) return got;
    if (ws.head.has_body()) return Received::partly;
    receive_no_body(ws);
    return got;
}

Awaitable<Received> receive_head(Channel& channel, Limits const& limits, Workspace& ws) {
    if (ws.head.bytes > 0) co_return Received::request;  // receive_now() found it
    for (;;) {
        auto const got = read_head(channel, limits, ws);
        if (got != Received::partly) co_return got;
        if (!channel.usable()) {
            learn_path(limits, ws);
            co_return late_or_cut(channel, ws);
        }
        if (!channel.armed()) channel.limit(limits.header_time);  // once: for the whole head
        if (!co_await channel.ready(Stream::Direction::read)) co_return late_or_cut(channel, ws);
    }
}

Awaitable<Received> receive_body(Channel& channel, Limits const& limits, Workspace& ws,
                                 BodyBounds bounds) {
    if (ws.head.content_length > bounds.bytes_max)
        co_return refuse(
            ws, Status::too_large,
            "The body is larger than the limit of " + std::to_string(bounds.bytes_max) + " bytes.");
    ChunkDecoder decoder(limits, bounds.bytes_max);
    bool const body_is_there = ws.in.size() > ws.head.bytes;
    auto got = take_body(ws, decoder);
    if (got != Received::nothing) co_return got;
    if (ws.head.expects_continue && !body_is_there) {
        Parts go_on{"HTTP/1.1 100 Continue\r\n\r\n"};
        if (!co_await channel.write_rest(go_on, limits.write_time)) co_return Received::closed;
    }
    if (ws.head.chunked)
        got = co_await receive_chunked(channel, limits, ws, bounds.by, decoder);
    else
        got = co_await receive_sized(channel, limits, ws, bounds.by);
    channel.no_limit();
    co_return got;
}

void receive_no_body(Workspace& ws) noexcept {
    ws.in_used = ws.head.bytes;
}

void finish_request(Workspace& ws) noexcept {
    ws.in.consume(ws.in_used);
    ws.in_used = 0;
    ws.content = {};
    ws.body.clear();
    if (!ws.head.chunked) ws.more.clear();  // it was the body
    if (!ws.more.empty()) ws.in.swap(ws.more);
    ws.head.clear();
}

}  // namespace blog::net
