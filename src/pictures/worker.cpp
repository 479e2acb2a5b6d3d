#include "pictures/worker.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <new>
#include <optional>
#include <string_view>
#include <system_error>
#include <unistd.h>

namespace blog::pictures {
namespace {

constexpr std::size_t piece_bytes = 64u << 10;

template <class Number>
bool parse(std::string_view word, Number& number) noexcept {
    auto const* const end = word.data() + word.size();
    auto const result = std::from_chars(word.data(), end, number);
    return result.ec == std::errc() && result.ptr == end;
}

std::optional<WorkerLimits> limits_of(std::span<char const* const> args) {
    WorkerLimits limits;
    if (args.empty()) return limits;
    if (args.size() != limits.words().size() || !parse(args[0], limits.sandbox.memory_bytes_max) ||
        !parse(args[1], limits.sandbox.cpu_seconds_max) || !parse(args[2], limits.pixels_max) ||
        !parse(args[3], limits.upload_bytes_max))
        return std::nullopt;
    return limits;
}

// nullopt: more than `bytes_max`.
std::optional<std::string> read_upload(std::size_t bytes_max) {
    std::string upload;
    for (;;) {
        auto const had = upload.size();
        if (had > bytes_max) return std::nullopt;
        upload.resize(had + std::min(piece_bytes, bytes_max - had + 1));
        auto const got = ::read(STDIN_FILENO, upload.data() + had, upload.size() - had);
        upload.resize(had + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        if (got == 0) return upload;
        if (got < 0 && errno != EINTR) return std::nullopt;
    }
}

bool write_all(std::string_view text) noexcept {
    while (!text.empty()) {
        auto const written = ::write(STDOUT_FILENO, text.data(), text.size());
        if (written < 0 && errno != EINTR) return false;
        text.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
    }
    return true;
}

WorkerExit work(WorkerLimits const& limits) {
    enter_sandbox(limits.sandbox);
    auto const upload = read_upload(limits.upload_bytes_max);
    if (!upload) return WorkerExit::refused;
    PixelLimits pixels;
    pixels.pixels_max = limits.pixels_max;
    auto const picture = make_profile_picture(*upload, pixels);
    if (!picture) return WorkerExit::refused;
    return write_all(*picture) ? WorkerExit::made : WorkerExit::trouble;
}

}  // namespace

std::vector<std::string> WorkerLimits::words() const {
    return {std::to_string(sandbox.memory_bytes_max), std::to_string(sandbox.cpu_seconds_max),
            std::to_string(pixels_max), std::to_string(upload_bytes_max)};
}

void picture_worker_main(std::span<char const* const> args) {
    auto exit = WorkerExit::trouble;
    try {
        if (auto const limits = limits_of(args)) exit = work(*limits);
    } catch (std::bad_alloc const&) {
        exit = WorkerExit::out_of_memory;
    } catch (std::system_error const& e) {  // only before the sandbox is shut
        std::fprintf(stderr, "blogd: the sandbox of the picture worker: %s\n", e.what());
    }
    // Not std::exit(): what libraries do at the end of a process may need more than the sandbox
    // allows.
    ::_exit(static_cast<int>(exit));
}

}  // namespace blog::pictures
