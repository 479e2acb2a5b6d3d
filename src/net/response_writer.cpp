#include "net/response_writer.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <optional>

namespace blog::net {
namespace {

// Where an answer goes.
struct Writer {
    Channel& channel;
    Loop& loop;
    Workspace& ws;

    Awaitable<bool> write(Parts& parts) {
        return channel.write_rest(parts, loop.limits.write_time);
    }
    // After an attempt to write: waits until the next one may get on, and lets others have their
    // turn. False: the client is gone or too slow.
    Awaitable<bool> go_on(Stream::State state) {
        if (state == Stream::State::failed) co_return false;
        if (state == Stream::State::ok) {
            co_await asio::post(no_throw);
            co_return channel.usable();
        }
        channel.limit(loop.limits.write_time);
        bool const ready = co_await channel.ready(Stream::Direction::write);
        channel.no_limit();
        co_return ready;
    }
};

// What follows the head that append_head() wrote, when all of it is in memory. `body_bytes` of it
// are the body; without a body (HEAD, 304) that is none of it.
struct Tail {
    std::string_view bytes;
    std::size_t body_bytes;
};
std::optional<Tail> tail_in_memory(Response const& response, bool no_body) noexcept {
    if (auto const* finished = std::get_if<FinishedPtr>(&response.body())) {
        auto const& f = **finished;
        if (response.status() == Status::not_modified) return Tail{f.not_modified(), 0};
        return no_body ? Tail{f.head(), 0} : Tail{f.whole(), f.body().size()};
    }
    if (no_body) return Tail{{}, 0};
    if (auto const* own = std::get_if<std::string>(&response.body()))
        return Tail{*own, own->size()};
    if (auto const* shared = std::get_if<SharedBytes>(&response.body()))
        return Tail{shared->bytes, shared->bytes.size()};
    return std::nullopt;
}

// The next piece of a file. Empty at its end or on an error, which mean the same here: the file is
// not what it was when its size went out.
std::string_view read_file(FileSlice const& file, std::uint64_t done,
                           std::span<char> into) noexcept {
    auto const wanted = std::min<std::uint64_t>(into.size(), file.size - done);
    for (;;) {
        auto const got = ::pread(file.fd.get(), into.data(), static_cast<std::size_t>(wanted),
                                 static_cast<off_t>(file.offset + done));
        if (got >= 0) return {into.data(), static_cast<std::size_t>(got)};
        if (errno != EINTR) return {};
    }
}

// Through the loop's scratch memory. What the kernel does not take is read again later, from the
// page cache, so that a slow client holds no memory at all.
Awaitable<Sent> send_file(Writer to, FileSlice const& file) {
    std::string_view head = to.ws.text;
    Sent sent;
    while (!head.empty() || sent.body_bytes < file.size) {
        auto const piece = read_file(file, sent.body_bytes, to.loop.scratch());
        sent.whole = !piece.empty() || file.size == 0;
        if (!sent.whole) break;
        Parts parts{head, piece};
        auto const owed = parts.bytes();
        auto const state = to.channel.try_write(parts);
        auto const written = owed - parts.bytes();
        auto const of_head = std::min(written, head.size());
        head.remove_prefix(of_head);
        sent.body_bytes += written - of_head;
        if (head.empty() && sent.body_bytes == file.size) break;
        sent.whole = co_await to.go_on(state);
        if (!sent.whole) break;
    }
    co_return sent;
}

// "1f40\r\n", in `buffer`.
std::string_view chunk_line(std::size_t size, std::array<char, 18>& buffer) noexcept {
    auto* end = std::to_chars(buffer.data(), buffer.data() + 16, size, 16).ptr;
    *end++ = '\r';
    *end++ = '\n';
    return {buffer.data(), static_cast<std::size_t>(end - buffer.data())};
}

// Piece by piece: the next one is made when the last one is with the kernel.
Awaitable<Sent> send_stream(Writer to, Streamed& body, bool chunked) {
    Sent sent;
    std::string_view head = to.ws.text;
    auto& piece = to.ws.piece;
    std::array<char, 18> line;
    for (;;) {
        piece.clear();
        auto const produced = co_await body.stream->next(piece);
        bool const too_much = body.size && piece.size() > *body.size - sent.body_bytes;
        sent.whole = produced && !too_much;
        if (!sent.whole) co_return sent;
        bool const last = piece.empty();
        bool const framed = chunked && !last;
        Parts parts{head, framed ? chunk_line(piece.size(), line) : std::string_view(), piece,
                    chunked ? std::string_view(last ? "0\r\n\r\n" : "\r\n") : std::string_view()};
        head = {};
        sent.whole = co_await to.write(parts);
        if (!sent.whole) co_return sent;
        sent.body_bytes += piece.size();
        if (last) break;
        co_await asio::post(no_throw);  // others have a turn
    }
    sent.whole = !body.size || *body.size == sent.body_bytes;
    co_return sent;
}

}  // namespace

bool ends_by_close(Response const& response, bool http_1_0) noexcept {
    return http_1_0 && !response.body_size();
}

std::optional<Ready> make_ready(Loop& loop, Workspace& ws, Response const& response,
                                SendOptions options) {
    bool const chunked = !response.body_size() && !options.http_1_0;
    HeadOptions const head{loop.date.text(), options.keep_alive, chunked, options.http_1_0};
    ws.text.clear();
    append_head(response, head, ws.text);
    bool const no_body = options.head_only || response.status() == Status::no_content ||
                         response.status() == Status::not_modified;
    auto const tail = tail_in_memory(response, no_body);
    if (!tail) return std::nullopt;
    return Ready{Parts{ws.text, tail->bytes}, tail->bytes, tail->body_bytes};
}

Awaitable<Sent> send_response(Channel& channel, Loop& loop, Workspace& ws, Response& response,
                              SendOptions options) {
    if (auto ready = make_ready(loop, ws, response, options)) {
        Sent sent{true, ready->body_bytes};
        if (channel.try_write(ready->parts) != Stream::State::ok)
            sent.whole = co_await channel.write_rest(ready->parts, loop.limits.write_time);
        co_return sent;
    }
    Writer const to{channel, loop, ws};
    if (auto const* file = std::get_if<FileSlice>(&response.body()))
        co_return co_await send_file(to, *file);
    bool const chunked = !response.body_size() && !options.http_1_0;
    co_return co_await send_stream(to, std::get<Streamed>(response.body()), chunked);
}

}  // namespace blog::net
