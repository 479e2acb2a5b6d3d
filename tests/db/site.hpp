#pragma once
#include "db/database_error.hpp"
#include "db/open_store.hpp"
#include "support/manual_clock.hpp"
#include "support/run.hpp"

#include <fcntl.h>
#include <memory>
#include <string>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace blog::test {

// A log whose lines stay in memory, to be read after the log has ended.
class LogLines {
public:
    LogLines() : log_(std::make_unique<Log>(options())) {}
    ~LogLines() {
        log_.reset();
        ::close(file_);
    }
    Log& log() noexcept { return *log_; }
    // Ends the log: its thread has then written everything.
    std::string read() {
        log_.reset();
        std::string out(1u << 16, '\0');
        auto const size = ::pread(file_, out.data(), out.size(), 0);
        out.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
        return out;
    }

private:
    Log::Options options() const {
        Log::Options options;
        options.events = "/proc/self/fd/" + std::to_string(file_);
        options.access = "off";
        return options;
    }
    int file_ = ::memfd_create("log", 0);
    std::unique_ptr<Log> log_;
};

// An open store with one loop and one session on loan.
class Site {
public:
    explicit Site(db::StoreOptions options)
        : store_(db::open_store(options, clock, lines.log(), generations)),
          sessions_(store_->open_sessions(loop.get_executor())) {
        borrow();
    }
    explicit Site(std::string path) : Site(options_for(std::move(path))) {}
    ~Site() {
        lease_.reset();
        sessions_.reset();
    }

    static db::StoreOptions options_for(std::string path) {
        db::StoreOptions options;
        options.path = std::move(path);
        return options;
    }

    db::Session& db() noexcept { return *lease_; }
    db::Store& store() noexcept { return *store_; }
    template <class T>
    T run(Awaitable<T> work) {
        return test::run(loop, std::move(work));
    }
    // Gives the session back, closes the store, and returns what was logged.
    std::string close() {
        lease_.reset();
        sessions_.reset();
        store_->close();
        return lines.read();
    }

    // --- shorthand; each asserts that it worked
    db::User add_user(std::string name) {
        return *run(db().create_user({.username = name, .email = name + "@example.com"}));
    }
    db::Post add_post(db::UserId author, std::string title, SysTime time) {
        return *run(db().create_post({.title = std::move(title),
                                      .content = "content",
                                      .author = author,
                                      .date_posted = time}));
    }
    std::vector<db::Post> all_posts() {
        return *run(db().scan_posts({.rows_max = 1'000'000, .bytes_max = 1u << 30}));
    }

    ManualClock clock;
    LogLines lines;
    Generations generations;
    asio::io_context loop{1};

private:
    void borrow() { lease_ = std::move(*run(sessions_->acquire())); }

    std::unique_ptr<db::Store> store_;
    std::unique_ptr<db::SessionPool> sessions_;
    db::Lease lease_;
};

// The ids in the order of the posts, for one-line comparisons: "3 2 1".
inline std::string ids(std::vector<db::Post> const& posts) {
    std::string out;
    for (auto const& post : posts)
        out += (out.empty() ? "" : " ") + std::to_string(static_cast<std::int64_t>(post.id));
    return out;
}

template <class T>
bool failed_with(Result<T> const& result, Errc code) {
    return !result && result.error().code == code;
}

}  // namespace blog::test
