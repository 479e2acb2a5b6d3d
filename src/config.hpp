#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace blog {

// What an operator got wrong, in one sentence that says what is accepted.
struct ConfigError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// A size in bytes: written 4096, 16k or 1M.
struct Bytes {
    std::size_t value = 0;
};

// So many at once, and so many again within the time: written 10/15m.
struct Rate {
    std::size_t count = 1;
    std::chrono::milliseconds time{1000};
};

// Every setting with its default; config.cpp has the table that names, explains and bounds them.
// `--idle-timeout 75s` on the command line, `idle-timeout = 75s` in the file and
// BLOGD_IDLE_TIMEOUT=75s in the environment are the same setting.
struct Config {
    using Duration = std::chrono::milliseconds;

    std::vector<std::string> listen{"127.0.0.1:8000"};
    std::string database = "blog.db";
    std::vector<std::string> replica;
    std::string media = "media";
    std::size_t workers = 0;
    std::string www;
    std::string
        accounts;  // "open", "protected", or "": open, but on loopback and without proxies only
    std::string registration = "open";
    std::string rate_limit = "on";
    Rate login_rate{10, std::chrono::minutes(15)};
    Rate login_rate_address{50, std::chrono::minutes(15)};
    Rate registration_rate{30, std::chrono::hours(1)};
    Rate reset_rate{5, std::chrono::hours(1)};
    Rate reset_rate_address{20, std::chrono::hours(1)};
    Rate write_rate{120, std::chrono::minutes(1)};
    Rate write_rate_address{240, std::chrono::minutes(1)};
    Duration login_idle = std::chrono::hours(14 * 24);
    Duration login_lifetime = std::chrono::hours(90 * 24);
    std::size_t logins_max = 50;
    Bytes password_memory{19u << 20};
    std::size_t password_passes = 2;
    std::size_t password_threads = 1;
    std::size_t password_queue_max = 64;
    Bytes upload_bytes_max{5u << 20};
    std::size_t uploads_max = 8;
    Duration upload_timeout = std::chrono::minutes(5);

    std::string smtp_url;
    std::string smtp_tls = "required";
    std::string smtp_username, smtp_password_file, smtp_from, smtp_ca_file;
    Duration smtp_timeout = std::chrono::seconds(30);
    std::size_t mail_attempts_max = 8;
    Duration reset_lifetime = std::chrono::hours(1);

    std::string site_name = "FastAPI Blog";
    std::string base_url;
    std::vector<std::string> trusted_proxies{"loopback", "unix"};

    std::string log = "-";
    std::string access_log = "-";
    std::string log_format = "text";
    std::string log_level = "info";

    std::size_t connections_max = 10'000;
    Bytes target_bytes_max{8u << 10};
    Bytes head_bytes_max{16u << 10};
    std::size_t header_count_max = 100;
    Bytes body_bytes_max{1u << 20};
    std::size_t json_depth_max = 512;
    Duration header_timeout = std::chrono::seconds(30);
    Duration body_timeout = std::chrono::seconds(30);
    Duration idle_timeout = std::chrono::seconds(75);
    Duration write_timeout = std::chrono::seconds(30);
    Duration drain_timeout = std::chrono::seconds(8);

    std::size_t sessions = 128;
    std::size_t session_waiters_max = 1024;
    Duration session_timeout = std::chrono::seconds(5);
    std::size_t write_queue_max = 4096;
    std::size_t write_group_max = 64;
    Bytes write_group_bytes_max{4u << 20};
    Bytes cache_size{16u << 20};
    Duration busy_timeout = std::chrono::seconds(5);

    std::size_t database_readers = 2;
    std::size_t database_writers = 8;
    std::size_t database_queue_max = 1024;
    Duration connect_timeout = std::chrono::seconds(3);
    Duration query_timeout = std::chrono::seconds(5);
    Duration commit_timeout = std::chrono::seconds(60);
    Duration start_timeout = std::chrono::seconds(30);
    Duration cache_lag = std::chrono::milliseconds(100);
    Duration replica_lag = std::chrono::seconds(1);

    // flag > environment > file > default. `args` are the words after the subcommand. Throws
    // ConfigError; an unknown name is an error that names the nearest known one.
    static Config load(std::span<char const* const> args, char const* const* environment);
};

// The settings as `blogd --help` shows them: name, form, default and reason.
std::string settings_help();
// The same as a Markdown table, for docs/settings.md (a test compares the two).
std::string settings_markdown();

}  // namespace blog
