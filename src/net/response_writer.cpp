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

// The body's bytes when they all are in memory.
std::optional<std::string_view> bytes_in_memory(Body const& body) noexcept {
    if (auto const* own = std::get_if<std::string>(&body)) return *own;
    if (auto const* shared = std::get_if<SharedBytes>(&body)) return shared->bytes;
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

Awaitable<Sent> send_response(Channel& channel, Loop& loop, Workspace& ws, Response& response,
                              SendOptions options) {
    bool const chunked = !response.body_size() && !options.http_1_0;
    HeadOptions const head{loop.date.text(), options.keep_alive, chunked, options.http_1_0};
    ws.text.clear();
    append_head(response, head, ws.text);

    bool const no_body = options.head_only || response.status() == Status::no_content ||
                         response.status() == Status::not_modified;
    auto const bytes = no_body ? std::string_view() : bytes_in_memory(response.body());
    if (bytes) {
        Parts parts{ws.text, *bytes};
        Sent sent{true, bytes->size()};
        if (channel.try_write(parts) != Stream::State::ok)
            sent.whole = co_await channel.write_rest(parts, loop.limits.write_time);
        co_return sent;
    }
    Writer const to{channel, loop, ws};
    if (auto const* file = std::get_if<FileSlice>(&response.body()))
        co_return co_await send_file(to, *file);
    co_return co_await send_stream(to, std::get<Streamed>(response.body()), chunked);
}

}  // namespace blog::net
