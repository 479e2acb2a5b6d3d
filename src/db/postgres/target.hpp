#pragma once
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace blog::db::postgres {

// Where to connect, and with which settings: a libpq URL taken apart. Immutable, any thread.
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
    // For people: hosts and database, without user and password.
    std::string text() const;

private:
    std::vector<Host> hosts_;
    std::string session_, database_;
    Settings settings_;
};

}  // namespace blog::db::postgres
