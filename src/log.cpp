#include "log.hpp"

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <pthread.h>
#include <stdexcept>
#include <unistd.h>
#include <utility>

namespace blog {
namespace {

constexpr auto flush_interval = std::chrono::milliseconds(200);

int open_log(std::string const& path, int standard) {
    if (path == "-") return standard;
    return ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
}

void close_log(int fd) {
    if (fd > STDERR_FILENO) ::close(fd);
}

void write_all(int fd, std::string_view text) noexcept {
    while (!text.empty()) {
        auto const n = ::write(fd, text.data(), text.size());
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return;  // a full disk or a closed pipe: nowhere left to complain to
        text.remove_prefix(static_cast<std::size_t>(n));
    }
}

// "2026-06-08T09:10:11Z", formatted once a second and thread.
std::string_view timestamp() noexcept {
    thread_local std::time_t cached = -1;
    thread_local char text[32];
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
    if (now.tv_sec != cached) {
        std::tm utc{};
        ::gmtime_r(&now.tv_sec, &utc);
        std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
        cached = now.tv_sec;
    }
    return text;
}

std::string_view name(LogLevel level) noexcept {
    static constexpr std::string_view names[] = {"debug", "info", "warning", "error"};
    return names[static_cast<std::size_t>(level)];
}

void number(std::string& out, std::uint64_t n) {
    char digits[20];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, n).ptr);
}

// Text that stays on its line and inside its quotes, whatever it holds.
void escaped(std::string& out, std::string_view text) {
    for (char const c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
}

void plain(std::string& out, std::string_view text) {
    for (char const c : text)
        out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
}

}  // namespace

Log::Log(Options options)
    : options_(std::move(options)),
      access_on_(options_.access != "off"),
      events_fd_(open_log(options_.events, STDERR_FILENO)),
      access_fd_(access_on_ ? open_log(options_.access, STDOUT_FILENO) : -1) {
    if (events_fd_ < 0 || (access_on_ && access_fd_ < 0)) {
        auto const& path = events_fd_ < 0 ? options_.events : options_.access;
        std::string const why = std::strerror(errno);
        close_log(events_fd_);
        throw std::runtime_error("cannot open the log file " + path + ": " + why);
    }
    // The writer must never be the thread that a signal interrupts.
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    writer_ = std::thread([this] { run(); });
    pthread_sigmask(SIG_SETMASK, &old, nullptr);
}

Log::~Log() {
    {
        std::lock_guard const lock(mutex_);
        closing_ = true;
    }
    wake_.notify_one();
    writer_.join();
    close_log(events_fd_);
    close_log(access_fd_);
}

void Log::append(std::string& buffer, std::string_view line) noexcept {
    std::lock_guard const lock(mutex_);
    try {
        if (buffer.size() + line.size() > options_.buffer_bytes_max)
            ++dropped_;
        else
            buffer += line;
    } catch (...) {
        ++dropped_;  // no memory for a log line: the count is what is left
    }
}

void Log::event(LogLevel level, std::string_view message) noexcept {
    if (level < options_.level) return;
    try {
        std::string line;
        if (options_.format == Format::json) {
            line.append(R"({"time":")").append(timestamp());
            line.append(R"(","level":")").append(name(level)).append(R"(","message":")");
            escaped(line, message);
            line += "\"}\n";
        } else {
            line.append(timestamp()).append(" ").append(name(level)).append(" ");
            plain(line, message);
            line += '\n';
        }
        append(events_, line);
    } catch (...) {
        append(events_, "a log line was lost: out of memory\n");
    }
    wake_.notify_one();
}

void Log::access(Access const& a) noexcept {
    if (!access_on_) return;
    thread_local std::string line;  // keeps its capacity: no allocation a request
    try {
        line.clear();
        auto const took = static_cast<std::uint64_t>(a.took.count());
        if (options_.format == Format::json) {
            line.append(R"({"time":")").append(timestamp());
            line.append(R"(","method":")").append(a.method).append(R"(","route":")");
            escaped(line, a.route);
            line.append(R"(","status":)");
            number(line, a.status);
            line.append(R"(,"bytes":)");
            number(line, a.bytes);
            line.append(R"(,"us":)");
            number(line, took);
            line += "}\n";
        } else {
            line.append(timestamp()).append(" ").append(a.method).append(" ").append(a.route);
            line += ' ';
            number(line, a.status);
            line += ' ';
            number(line, a.bytes);
            line += "B ";
            number(line, took);
            line += "us\n";
        }
    } catch (...) {
        return;
    }
    append(access_, line);
}

void Log::reopen() noexcept {
    reopen_.store(true);
    wake_.notify_one();
}

void Log::run() noexcept {
    std::string events, access;
    for (bool last = false; !last;) {
        std::uint64_t dropped = 0;
        {
            std::unique_lock lock(mutex_);
            if (!closing_ && events_.empty()) wake_.wait_for(lock, flush_interval);
            events.swap(events_);
            access.swap(access_);
            dropped = std::exchange(dropped_, 0);
            last = closing_;
        }
        if (reopen_.exchange(false)) {
            for (auto [path, fd] : {std::pair(&options_.events, &events_fd_),
                                    std::pair(&options_.access, &access_fd_)}) {
                int const fresh = *fd > STDERR_FILENO ? open_log(*path, -1) : -1;
                if (fresh >= 0) close_log(std::exchange(*fd, fresh));
            }
        }
        write_all(events_fd_, events);
        if (access_on_) write_all(access_fd_, access);
        if (dropped != 0)
            write_all(events_fd_, "warning: the log is too slow, " + std::to_string(dropped) +
                                      " lines were dropped\n");
        events.clear();
        access.clear();
    }
}

}  // namespace blog
