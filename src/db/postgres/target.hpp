#pragma once
#include <atomic>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace blog::db::postgres {

// Where to connect, and with which settings: a libpq URL taken apart. Any thread.
class Target {
public:
    struct Host {
        std::string name, address, port;  // "" where libpq's default holds
        bool must_be_resolved() const noexcept;
    };
    using Settings = std::vector<std::pair<std::string, std::string>>;

    // `session` ("read-write", "prefer-standby") holds where the URL does not say
    // target_session_attrs; `options` are added to its server options ("-c name=value ...").
    // Throws DatabaseError with what libpq has to say about a malformed URL.
    Target(std::string const& url, std::string session, std::string_view options);

    std::vector<Host> const& hosts() const noexcept { return hosts_; }
    std::string const& session() const noexcept { return session_; }
    // All but the hosts and the kind of session.
    Settings const& settings() const noexcept { return settings_; }
    // The host that answered last: it is tried first, so that a silent one before it costs no time.
    std::size_t preferred() const noexcept { return preferred_.load(std::memory_order_relaxed); }
    void prefer(std::size_t host) const noexcept {
        preferred_.store(host, std::memory_order_relaxed);
    }
    // For people: hosts and database, without user and password.
    std::string text() const;

private:
    std::vector<Host> hosts_;
    std::string session_, database_;
    Settings settings_;
    mutable std::atomic<std::size_t> preferred_{0};
};

}  // namespace blog::db::postgres
