#include "pictures/workshop.hpp"

#include "pictures/child.hpp"
#include "pictures/worker.hpp"

#include <boost/asio/this_coro.hpp>

#include <stdexcept>
#include <string_view>
#include <utility>

namespace blog::pictures {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::size_t picture_bytes_max = 1u << 20;  // far more than 300x300 pixels need

std::vector<std::string> command_line(Workshop::Options const& options) {
    WorkerLimits limits;
    limits.sandbox.memory_bytes_max = options.memory_max;
    limits.sandbox.cpu_seconds_max = static_cast<std::uint32_t>(
        std::chrono::ceil<std::chrono::seconds>(options.time_max).count());
    limits.pixels_max = options.pixels_max;
    limits.upload_bytes_max = options.upload_bytes_max;
    std::vector<std::string> words{options.program, "picture-worker"};
    for (auto& word : limits.words())
        words.push_back(std::move(word));
    return words;
}

// A worker that was taken over by its upload can say anything.
bool looks_like_jpeg(std::string_view bytes) noexcept {
    return bytes.size() < picture_bytes_max && bytes.starts_with("\xff\xd8\xff"sv) &&
           bytes.ends_with("\xff\xd9"sv);
}

// Why the worker ended, for the log; empty when it did what it is for.
std::string misfortune(Child::End const& end, std::string_view picture) {
    if (end.too_slow) return "took too long";
    if (!end.exited) return "was ended by signal " + std::to_string(end.code);
    switch (static_cast<WorkerExit>(end.code)) {
        case WorkerExit::made:
            return looks_like_jpeg(picture) ? "" : "wrote something that is no picture";
        case WorkerExit::refused:
            return "";
        case WorkerExit::out_of_memory:
            return "needed more memory than it may have";
        case WorkerExit::trouble:
            break;
    }
    throw std::runtime_error("the picture worker does not work: it ended with " +
                             std::to_string(end.code));
}

}  // namespace

Workshop::Workshop(Options options, Log& log)
    : options_(std::move(options)),
      words_(command_line(options_)),
      log_(log),
      slots_(options_.parallel, options_.queue_max) {}

Awaitable<Result<std::string>> Workshop::make(std::string upload) {
    CO_TRY(slot, co_await slots_.take(options_.time_max));
    auto const loop = co_await asio::this_coro::executor;
    Child child(loop, options_.program, words_);
    child.limit(options_.time_max);
    co_await child.feed(std::move(upload));
    auto picture = co_await child.output(picture_bytes_max);
    auto const end = co_await child.end();
    auto const why = misfortune(end, picture);
    if (!why.empty()) log_.warning("an upload was refused: the picture worker " + why);
    static_cast<void>(slot);  // until here
    if (!why.empty() || end.code != static_cast<int>(WorkerExit::made))
        co_return Error{Errc::picture_invalid};
    co_return picture;
}

}  // namespace blog::pictures
