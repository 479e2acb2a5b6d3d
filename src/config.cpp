#include "config.hpp"

#include <boost/program_options.hpp>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <map>
#include <numeric>
#include <optional>
#include <type_traits>
#include <variant>

namespace blog {
namespace {

namespace po = boost::program_options;

using Member =
    std::variant<std::string Config::*, std::vector<std::string> Config::*, std::size_t Config::*,
                 Bytes Config::*, Config::Duration Config::*, Rate Config::*>;

// One setting. `low` and `high` bound numbers, bytes and milliseconds; `choices` bounds text.
struct Setting {
    std::string_view name, form;
    Member member;
    std::string_view reason;
    std::uint64_t low = 0, high = UINT64_MAX;
    std::vector<std::string_view> choices{};
    char separator = ',';  // of a list's items
};

std::vector<Setting> const& settings() {
    constexpr std::uint64_t day_ms = 86'400'000;
    static std::vector<Setting> const table{
        {"listen", "ADDR:PORT|unix:PATH", &Config::listen,
         "where to listen; may be said several times"},
        {"database", "PATH|sqlite:PATH|postgresql://...", &Config::database,
         "the blog's data: a file, made when missing, or a PostgreSQL server; a libpq URL, with "
         "several hosts where one may take over from another"},
        {"replica",
         "postgresql://...",
         &Config::replica,
         "a standby of that server for reads; may be said several times",
         0,
         UINT64_MAX,
         {},
         ' '},  // a URL has commas between its hosts
        {"media", "DIR", &Config::media, "uploaded pictures, served below /media"},
        {"workers", "N", &Config::workers, "event loops, one thread each; 0: one a core", 0, 256},
        {"www", "DIR", &Config::www,
         "templates/ and static/ from this folder instead of the ones in the binary, reloaded when "
         "they change"},
        {"accounts",
         "open|protected",
         &Config::accounts,
         "protected: every new account has a password, and every write a login. open: there may be "
         "accounts without one, as which anyone may write. Not said: open, but only on loopback "
         "and for writes that came through no proxy",
         0,
         UINT64_MAX,
         {"", "open", "protected"}},
        {"registration",
         "open|closed",
         &Config::registration,
         "whether anyone may make an account; closed: blogd user add makes them",
         0,
         UINT64_MAX,
         {"open", "closed"}},
        {"rate-limit",
         "on|off",
         &Config::rate_limit,
         "the limits on attempts that follow; off is for tests",
         0,
         UINT64_MAX,
         {"on", "off"}},
        {"login-rate", "N/TIME", &Config::login_rate,
         "failed log ins of one account, then 429; on PostgreSQL four times as many attempts over "
         "all instances"},
        {"login-rate-address", "N/TIME", &Config::login_rate_address,
         "failed log ins from one address, or one /64 of IPv6"},
        {"registration-rate", "N/TIME", &Config::registration_rate,
         "new accounts from one address"},
        {"reset-rate", "N/TIME", &Config::reset_rate,
         "mails about a forgotten password to one account"},
        {"reset-rate-address", "N/TIME", &Config::reset_rate_address,
         "requests for such mails from one address"},
        {"write-rate", "N/TIME", &Config::write_rate, "writes of one account"},
        {"write-rate-address", "N/TIME", &Config::write_rate_address,
         "writes from one address; an open blog's own machine is not limited"},
        {"login-idle", "TIME", &Config::login_idle, "a login that is not used for so long ends",
         60'000, 365 * day_ms},
        {"login-lifetime", "TIME", &Config::login_lifetime, "every login ends after this", 60'000,
         3650 * day_ms},
        {"logins-max", "N", &Config::logins_max,
         "logins of one user; one more ends the one that was used longest ago", 1, 10'000},
        {"password-memory", "BYTES", &Config::password_memory,
         "memory of one password hash (Argon2id); OWASP's least is 19M", 1u << 20, 1u << 30},
        {"password-passes", "N", &Config::password_passes,
         "passes over that memory; OWASP's least with 19M is 2", 1, 20},
        {"password-threads", "N", &Config::password_threads,
         "threads that hash passwords, beside the workers and behind them in priority", 1, 64},
        {"password-queue-max", "N", &Config::password_queue_max,
         "log ins that may wait for such a thread, then 503", 1, 100'000},
        {"upload-bytes-max", "BYTES", &Config::upload_bytes_max,
         "an uploaded picture, then 400; the contract says 5M", 1u << 10, 64u << 20},
        {"uploads-max", "N", &Config::uploads_max,
         "uploads that one worker takes at once: each is held in memory until it is a picture", 1,
         1000},
        {"upload-timeout", "TIME", &Config::upload_timeout,
         "an upload must arrive within this time in all, so that nobody keeps a place by sending "
         "slowly; 5 MiB need 18 kB/s",
         1000, day_ms},
        {"smtp-url", "smtp://HOST:PORT|smtps://HOST:PORT", &Config::smtp_url,
         "the mail server that takes our mails; not said: links to new passwords go to the log"},
        {"smtp-tls",
         "required|opportunistic|off",
         &Config::smtp_tls,
         "STARTTLS on smtp://: with a valid certificate, or where offered, or never (a server on "
         "this machine)",
         0,
         UINT64_MAX,
         {"required", "opportunistic", "off"}},
        {"smtp-username", "NAME", &Config::smtp_username,
         "how we log in there; not said: without a login"},
        {"smtp-password-file", "FILE", &Config::smtp_password_file,
         "holds the password, so that no process list shows it"},
        {"smtp-from", "ADDR|NAME <ADDR>", &Config::smtp_from,
         "whom mails are from; the name is the site's unless it is said"},
        {"smtp-ca-file", "FILE", &Config::smtp_ca_file,
         "certificate authorities to trust there; not said: the system's"},
        {"smtp-timeout", "TIME", &Config::smtp_timeout,
         "longest time for one mail, then it is tried again; slow servers need seconds", 1000,
         120'000},
        {"mail-attempts-max", "N", &Config::mail_attempts_max,
         "attempts to send a mail, within about five hours, before it is a dead letter", 1, 100},
        {"reset-lifetime", "TIME", &Config::reset_lifetime,
         "how long the link to a new password holds; it is a key that lies in a mailbox", 60'000,
         day_ms},
        {"site-name", "TEXT", &Config::site_name, "the blog's name in titles and headings"},
        {"base-url", "URL", &Config::base_url,
         "the public address, for absolute links; not said: links stay relative, the Host of a "
         "request is never believed"},
        {"trusted-proxies", "ADDR|CIDR|loopback|unix|none,...", &Config::trusted_proxies,
         "peers whose X-Forwarded-For and X-Forwarded-Proto are believed"},
        {"log", "FILE|-", &Config::log, "start-up lines and failures; -: standard error"},
        {"access-log", "FILE|-|off", &Config::access_log,
         "one line a request, without personal data; -: standard output"},
        {"log-format",
         "text|json",
         &Config::log_format,
         "form of both logs",
         0,
         UINT64_MAX,
         {"text", "json"}},
        {"log-level",
         "LEVEL",
         &Config::log_level,
         "least severe event that is written",
         0,
         UINT64_MAX,
         {"debug", "info", "warning", "error"}},
        {"connections-max", "N", &Config::connections_max,
         "open connections of one worker; beyond it 503 at once, so that a flood costs little", 1,
         1'000'000},
        {"target-bytes-max", "BYTES", &Config::target_bytes_max,
         "longest request target, then 414; browsers keep below 8k", 64, 32u << 10},
        {"head-bytes-max", "BYTES", &Config::head_bytes_max,
         "request line and header fields together, then 431; a browser sends 1 to 2k", 1u << 10,
         60u << 10},
        {"header-count-max", "N", &Config::header_count_max, "header fields, then 431", 8, 1000},
        {"body-bytes-max", "BYTES", &Config::body_bytes_max,
         "request body, then 413; a long post is 200k", 1u << 10, 1u << 30},
        {"json-depth-max", "N", &Config::json_depth_max,
         "nesting of a JSON body, then 400; the original accepts 500", 8, 100'000},
        {"header-timeout", "TIME", &Config::header_timeout,
         "a request's head must arrive within this time in all", 1000, day_ms},
        {"body-timeout", "TIME", &Config::body_timeout, "longest pause within a request's body",
         1000, day_ms},
        {"idle-timeout", "TIME", &Config::idle_timeout,
         "a kept-alive connection waits this long for its next request; as nginx", 1000, day_ms},
        {"write-timeout", "TIME", &Config::write_timeout,
         "longest pause of a client that does not read its answer", 1000, day_ms},
        {"drain-timeout", "TIME", &Config::drain_timeout,
         "after SIGTERM running requests may end within this time; service managers wait 10s", 0,
         day_ms},
        {"sessions", "N", &Config::sessions,
         "requests of one worker that use the database at once: two groups of writes", 1, 10'000},
        {"session-waiters-max", "N", &Config::session_waiters_max,
         "requests of one worker that may wait for such a session, then 503", 1, 1'000'000},
        {"session-timeout", "TIME", &Config::session_timeout,
         "longest wait for a session, then 503", 1, day_ms},
        {"write-queue-max", "N", &Config::write_queue_max,
         "writes that may wait for the disk, then 503", 1, 1'000'000},
        {"write-group-max", "N", &Config::write_group_max,
         "writes that share one commit; more gains little and makes each wait longer", 1, 4096},
        {"write-group-bytes-max", "BYTES", &Config::write_group_bytes_max,
         "bytes that share one commit", 1u << 10, 256u << 20},
        {"cache-size", "BYTES", &Config::cache_size,
         "memory for finished answers, of all workers together; 0: none are kept", 0,
         std::uint64_t{64} << 30},
        {"busy-timeout", "TIME", &Config::busy_timeout,
         "wait for another program's lock on the database, then 503", 0, day_ms},
        {"database-readers", "N", &Config::database_readers,
         "PostgreSQL: connections of one worker that read; what waits for one goes out together", 1,
         100},
        {"database-writers", "N", &Config::database_writers,
         "PostgreSQL: connections of one worker that write, one transaction each at a time", 1,
         100},
        {"database-queue-max", "N", &Config::database_queue_max,
         "PostgreSQL: reads, and writes, of one worker that may wait for a connection, then 503", 1,
         1'000'000},
        {"connect-timeout", "TIME", &Config::connect_timeout,
         "PostgreSQL: longest wait for each host to answer and log us in", 100, 60'000},
        {"query-timeout", "TIME", &Config::query_timeout,
         "PostgreSQL: a question is answered within this time, waiting included, or it is 503", 100,
         600'000},
        {"commit-timeout", "TIME", &Config::commit_timeout,
         "PostgreSQL: a connection whose commit is not answered is given up after this; longer "
         "than "
         "a failover takes",
         1000, 600'000},
        {"start-timeout", "TIME", &Config::start_timeout,
         "PostgreSQL: how long a start waits for a server that is not there yet", 0, day_ms},
        {"cache-lag", "TIME", &Config::cache_lag,
         "PostgreSQL: a finished answer is given out at most this long after another instance's "
         "write",
         10, 60'000},
        {"replica-lag", "TIME", &Config::replica_lag,
         "PostgreSQL: a standby that is further behind is not asked", 10, 600'000},
    };
    return table;
}

std::uint64_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::uint64_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::uint64_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::uint64_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < b.size(); ++j) {
            std::uint64_t const replace = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replace, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row.back();
}

Setting const* find_setting(std::string_view name) {
    for (auto const& s : settings())
        if (s.name == name) return &s;
    return nullptr;
}

[[noreturn]] void unknown(std::string_view name, std::string_view written) {
    auto const& all = settings();
    auto const nearest = std::ranges::min_element(
        all, {}, [&](Setting const& s) { return edit_distance(s.name, name); });
    throw ConfigError("unknown setting " + std::string(written) + "; did you mean --" +
                      std::string(nearest->name) + "? (blogd --help lists them all)");
}

[[noreturn]] void bad(Setting const& s, std::string_view text, std::string_view accepted) {
    throw ConfigError("--" + std::string(s.name) + ": '" + std::string(text) +
                      "' is not accepted; " + std::string(accepted));
}

struct Unit {
    std::string_view suffix;
    std::uint64_t factor;
};

// Digits and one of the units; nullopt when it is not that, or overflows.
std::optional<std::uint64_t> number(std::string_view text, std::span<Unit const> units) {
    std::uint64_t n = 0;
    auto const [end, ec] = std::from_chars(text.data(), text.data() + text.size(), n);
    if (ec != std::errc() || end == text.data()) return std::nullopt;
    std::string_view const rest(end, static_cast<std::size_t>(text.data() + text.size() - end));
    for (auto const& u : units)
        if (u.suffix == rest && n <= UINT64_MAX / u.factor) return n * u.factor;
    return std::nullopt;
}

constexpr Unit count_units[] = {{"", 1}};
constexpr Unit byte_units[] = {{"", 1}, {"k", 1u << 10}, {"M", 1u << 20}, {"G", 1u << 30}};
constexpr Unit time_units[] = {{"s", 1000}, {"ms", 1}, {"m", 60'000}, {"h", 3'600'000}};

std::optional<Rate> rate(std::string_view text) {
    auto const slash = text.find('/');
    if (slash == text.npos) return std::nullopt;
    auto const count = number(text.substr(0, slash), count_units);
    auto const time = number(text.substr(slash + 1), time_units);
    if (!count || !time || *count < 1 || *count > 1'000'000 || *time < *count) return std::nullopt;
    return Rate{*count, std::chrono::milliseconds(*time)};
}

// The largest unit that shows `n` without a fraction.
std::string in_units(std::uint64_t n, std::span<Unit const> units) {
    Unit best = *std::ranges::min_element(units, {}, &Unit::factor);
    for (auto const& u : units)
        if (n != 0 && n % u.factor == 0 && u.factor > best.factor) best = u;
    return std::to_string(n / best.factor) + std::string(best.suffix);
}

std::uint64_t bounded(Setting const& s, std::string_view text, std::span<Unit const> units,
                      std::string_view example) {
    auto const n = number(text, units);
    if (!n || *n < s.low || *n > s.high)
        bad(s, text,
            "write " + std::string(example) + ", from " + in_units(s.low, units) + " to " +
                in_units(s.high, units));
    return *n;
}

void split_list(std::string_view text, char separator, std::vector<std::string>& out) {
    while (!text.empty()) {
        auto const end = std::min(text.find(separator), text.size());
        if (end != 0) out.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

// `values` are all that one source says of the setting, in order.
void assign(Config& config, Setting const& s, std::vector<std::string> const& values) {
    auto const& last = values.back();
    std::visit(
        [&]<class T>(T Config::*member) {
            if constexpr (std::is_same_v<T, std::vector<std::string>>) {
                (config.*member).clear();
                for (auto const& v : values)
                    split_list(v, s.separator, config.*member);
            } else if constexpr (std::is_same_v<T, std::string>) {
                if (!s.choices.empty() && std::ranges::find(s.choices, last) == s.choices.end())
                    bad(s, last, "write " + std::string(s.form));
                config.*member = last;
            } else if constexpr (std::is_same_v<T, std::size_t>) {
                config.*member = bounded(s, last, count_units, "a number");
            } else if constexpr (std::is_same_v<T, Bytes>) {
                config.*member = Bytes{bounded(s, last, byte_units, "a size such as 16k or 1M")};
            } else if constexpr (std::is_same_v<T, Rate>) {
                auto const r = rate(last);
                if (!r) bad(s, last, "write how many in how long, such as 10/15m");
                config.*member = *r;
            } else {
                config.*member = Config::Duration(static_cast<Config::Duration::rep>(
                    bounded(s, last, time_units, "a time such as 500ms, 30s or 2m")));
            }
        },
        s.member);
}

std::string default_text(Setting const& s) {
    static Config const defaults;
    return std::visit(
        [&]<class T>(T Config::*member) -> std::string {
            auto const& v = defaults.*member;
            if constexpr (std::is_same_v<T, std::vector<std::string>>) {
                std::string out;
                for (auto const& item : v)
                    out += (out.empty() ? "" : ",") + item;
                return out;
            } else if constexpr (std::is_same_v<T, std::string>) {
                return v;
            } else if constexpr (std::is_same_v<T, std::size_t>) {
                return std::to_string(v);
            } else if constexpr (std::is_same_v<T, Bytes>) {
                return in_units(v.value, byte_units);
            } else if constexpr (std::is_same_v<T, Rate>) {
                return std::to_string(v.count) + "/" +
                       in_units(static_cast<std::uint64_t>(v.time.count()), time_units);
            } else {
                return in_units(static_cast<std::uint64_t>(v.count()), time_units);
            }
        },
        s.member);
}

using Values = std::map<std::string, std::vector<std::string>, std::less<>>;

po::options_description known_options() {
    po::options_description known;
    auto add = known.add_options();
    add("config", po::value<std::vector<std::string>>());
    for (auto const& s : settings())
        add(std::string(s.name).c_str(), po::value<std::vector<std::string>>());
    return known;
}

Values collect(po::parsed_options const& parsed, std::string_view prefix) {
    Values out;
    for (auto const& o : parsed.options) {
        if (o.unregistered) unknown(o.string_key, std::string(prefix) + o.string_key);
        if (o.position_key >= 0)
            throw ConfigError("unexpected word '" + o.value.front() +
                              "'; settings begin with --, see blogd --help");
        auto& values = out[o.string_key];
        values.insert(values.end(), o.value.begin(), o.value.end());
    }
    return out;
}

Values from_command_line(std::span<char const* const> args) {
    auto const known = known_options();
    std::vector<std::string> const words(args.begin(), args.end());
    int const style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    try {
        po::command_line_parser parser(words);
        return collect(parser.options(known).style(style).allow_unregistered().run(), "--");
    } catch (po::error const& e) {
        throw ConfigError(std::string(e.what()) + " (see blogd --help)");
    }
}

Values from_file(std::string const& path) {
    std::ifstream in(path);
    if (!in) throw ConfigError("cannot read the configuration file " + path);
    auto const known = known_options();
    try {
        return collect(po::parse_config_file(in, known, true), path + ": ");
    } catch (po::error const& e) {
        throw ConfigError(path + ": " + e.what());
    }
}

Values from_environment(char const* const* environment) {
    Values out;
    for (; environment != nullptr && *environment != nullptr; ++environment) {
        std::string_view const entry = *environment;
        auto const equals = entry.find('=');
        if (!entry.starts_with("BLOGD_") || equals == entry.npos) continue;
        std::string name(entry.substr(6, equals - 6));
        std::ranges::transform(name, name.begin(), [](char c) {
            return c == '_' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        });
        if (name != "config" && find_setting(name) == nullptr)
            unknown(name, std::string(entry.substr(0, equals)) + " in the environment");
        out[name].emplace_back(entry.substr(equals + 1));
    }
    return out;
}

}  // namespace

Config Config::load(std::span<char const* const> args, char const* const* environment) {
    auto const flags = from_command_line(args);
    auto const variables = from_environment(environment);
    auto const config_of = [](Values const& values) -> std::string {
        auto const it = values.find("config");
        return it == values.end() ? std::string() : it->second.back();
    };
    auto file_name = config_of(flags);
    if (file_name.empty()) file_name = config_of(variables);
    auto const file = file_name.empty() ? Values() : from_file(file_name);

    Config config;
    for (auto const& s : settings())
        for (auto const* source : {&flags, &variables, &file})
            if (auto const it = source->find(s.name); it != source->end()) {
                assign(config, s, it->second);
                break;
            }
    return config;
}

std::string settings_help() {
    std::string out;
    for (auto const& s : settings()) {
        auto line = "  --" + std::string(s.name) + " " + std::string(s.form);
        line.resize(std::max<std::size_t>(line.size() + 2, 40), ' ');
        auto const value = default_text(s);
        out += line + std::string(s.reason) + (value.empty() ? "" : " [" + value + "]") + "\n";
    }
    return out;
}

std::string settings_markdown() {
    std::string out = "| setting | form | default | what it is for |\n|---|---|---|---|\n";
    for (auto const& s : settings()) {
        std::string form(s.form);
        for (auto at = form.find('|'); at != form.npos; at = form.find('|', at + 2))
            form.replace(at, 1, "\\|");
        auto const value = default_text(s);
        out += "| `" + std::string(s.name) + "` | `" + form + "` | " +
               (value.empty() ? std::string("-") : "`" + value + "`") + " | " +
               std::string(s.reason) + " |\n";
    }
    return out;
}

}  // namespace blog
