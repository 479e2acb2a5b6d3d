#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace blog {

enum class LogLevel : std::uint8_t { debug, info, warning, error };

// Where lines go. Never bodies, cookies, tokens, addresses or other personal data. Any thread;
// never blocks on the disk and never throws: a thread of its own writes, and beyond
// `buffer_bytes_max` lines are counted instead of kept.
class Log {
public:
    enum class Format : std::uint8_t { text, json };
    struct Options {
        std::string events = "-";  // a file's path, or "-": standard error
        std::string access = "-";  // a file's path, "-": standard output, "off"
        Format format = Format::text;
        LogLevel level = LogLevel::info;
        std::size_t buffer_bytes_max = 8u << 20;
    };
    // Throws std::runtime_error when a file cannot be opened.
    explicit Log(Options options);
    Log(Log const&) = delete;
    Log& operator=(Log const&) = delete;
    ~Log();  // writes what is left

    // One event, one line: `message` must not hold a line break.
    void event(LogLevel level, std::string_view message) noexcept;
    void debug(std::string_view m) noexcept { event(LogLevel::debug, m); }
    void info(std::string_view m) noexcept { event(LogLevel::info, m); }
    void warning(std::string_view m) noexcept { event(LogLevel::warning, m); }
    void error(std::string_view m) noexcept { event(LogLevel::error, m); }

    struct Access {
        std::string_view method, route;
        unsigned status = 0;
        std::uint64_t bytes = 0;
        std::chrono::microseconds took{0};
    };
    void access(Access const&) noexcept;
    bool logs_access() const noexcept { return access_on_; }

    // Opens the files again, for log rotation (SIGHUP); the old ones stay on failure.
    void reopen() noexcept;

private:
    void append(std::string& buffer, std::string_view line) noexcept;
    void run() noexcept;

    Options const options_;
    bool const access_on_;
    int events_fd_ = -1, access_fd_ = -1;  // writer thread only, after construction
    std::atomic<bool> reopen_{false};
    std::mutex mutex_;  // guards the next four
    std::string events_, access_;
    std::uint64_t dropped_ = 0;
    bool closing_ = false;
    std::condition_variable wake_;
    std::thread writer_;  // last: starts when the rest is ready
};

}  // namespace blog
