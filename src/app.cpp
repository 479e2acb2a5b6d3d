#include "app.hpp"

#include "admin/control_socket.hpp"
#include "assets.hpp"
#include "auth/hasher.hpp"
#include "auth/throttle.hpp"
#include "auth/token.hpp"
#include "db/open_store.hpp"
#include "demo.hpp"
#include "handlers/service.hpp"
#include "mail/postman.hpp"
#include "mail/settings.hpp"
#include "net/listening.hpp"
#include "net/worker.hpp"
#include "pictures/workshop.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <functional>
#include <limits>
#include <optional>
#include <sys/resource.h>
#include <thread>

namespace blog {
namespace {

namespace fs = std::filesystem;

constexpr auto template_poll = std::chrono::seconds(1);
constexpr std::size_t compressions_max = 256;  // that wait; the next hit asks again

// --- settings in the layers' own words

net::Limits limits_of(Config const& c) {
    using std::chrono::ceil;
    using std::chrono::seconds;
    net::Limits limits;
    limits.head_bytes_max = c.head_bytes_max.value;
    limits.target_bytes_max = c.target_bytes_max.value;
    limits.header_count_max = c.header_count_max;
    limits.body_bytes_max = c.body_bytes_max.value;
    limits.large_body_bytes_max = c.upload_bytes_max.value + handlers::form_bytes_max;
    limits.connections_max = c.connections_max;
    limits.header_time = ceil<seconds>(c.header_timeout);
    limits.body_time = ceil<seconds>(c.body_timeout);
    limits.large_body_time = ceil<seconds>(c.upload_timeout);
    limits.idle_time = ceil<seconds>(c.idle_timeout);
    limits.write_time = ceil<seconds>(c.write_timeout);
    limits.drain_time = ceil<seconds>(c.drain_timeout);
    return limits;
}

Log::Options log_options_of(Config const& c) {
    static constexpr std::string_view levels[] = {"debug", "info", "warning", "error"};
    auto const level = std::ranges::find(levels, c.log_level) - std::begin(levels);
    return {.events = c.log,
            .access = c.access_log,
            .format = c.log_format == "json" ? Log::Format::json : Log::Format::text,
            .level = static_cast<LogLevel>(level)};
}

bool is_postgres(std::string_view url) {
    return url.starts_with("postgresql://") || url.starts_with("postgres://");
}

db::PostgresOptions postgres_options_of(Config const& c) {
    db::PostgresOptions options;
    options.url = c.database;
    options.replicas = c.replica;
    options.readers = c.database_readers;
    options.writers = c.database_writers;
    options.queue_max = c.database_queue_max;
    options.connect_timeout = c.connect_timeout;
    options.query_timeout = c.query_timeout;
    options.start_timeout = c.start_timeout;
    options.cache_lag = c.cache_lag;
    options.replica_lag = c.replica_lag;
    options.commit_timeout = c.commit_timeout;
    return options;
}

}  // namespace

db::StoreOptions store_options_of(Config const& c) {
    db::StoreOptions options;
    std::string_view path = c.database;
    if (is_postgres(path)) {
        options.postgres = postgres_options_of(c);
    } else {
        if (path.starts_with("sqlite:")) path.remove_prefix(7);
        if (path.empty())
            throw ConfigError(
                "--database: the path is empty; write a file's path, or postgresql://...");
        if (path.find("://") != path.npos)
            throw ConfigError("--database: write a file's path, sqlite:PATH or postgresql://...");
        if (!c.replica.empty())
            throw ConfigError("--replica: only a database that is postgresql://... has replicas");
        options.path = path;
        options.media = c.media;
    }
    for (auto const& url : c.replica)
        if (!is_postgres(url)) throw ConfigError("--replica: write postgresql://...");
    options.sessions_per_loop = c.sessions;
    options.session_waiters_max = c.session_waiters_max;
    options.session_wait_max = c.session_timeout;
    options.write_queue_max = c.write_queue_max;
    options.group_rows_max = c.write_group_max;
    options.group_bytes_max = c.write_group_bytes_max.value;
    options.writer_busy_max = c.busy_timeout;
    return options;
}

namespace {

auth::Hasher::Options hasher_options_of(Config const& c) {
    return {.threads = static_cast<unsigned>(c.password_threads),
            .queue_max = c.password_queue_max,
            .cost = {.memory_bytes = c.password_memory.value,
                     .passes = static_cast<unsigned>(c.password_passes)}};
}

pictures::Workshop::Options workshop_options_of(Config const& c) {
    pictures::Workshop::Options options;
    options.upload_bytes_max = c.upload_bytes_max.value;
    return options;
}

// Comma-separated, as the parser of that list wants it.
net::TrustedProxies proxies_of(Config const& c) {
    std::string list;
    for (auto const& item : c.trusted_proxies)
        list += (list.empty() ? "" : ",") + item;
    try {
        return list.empty() ? net::TrustedProxies() : net::TrustedProxies::parse(list);
    } catch (std::invalid_argument const& e) {
        throw ConfigError(std::string("--trusted-proxies: ") + e.what());
    }
}

std::vector<net::Endpoint> endpoints_of(Config const& c) {
    std::vector<net::Endpoint> endpoints;
    try {
        for (auto const& text : c.listen)
            endpoints.push_back(net::Endpoint::parse(text));
    } catch (std::invalid_argument const& e) {
        throw ConfigError(std::string("--listen: ") + e.what());
    }
    if (endpoints.empty()) throw ConfigError("--listen: write an address such as 127.0.0.1:8000");
    return endpoints;
}

void check_base_url(Config const& c) {
    std::string_view const url = c.base_url;
    if (url.empty()) return;
    bool const http = url.starts_with("http://") || url.starts_with("https://");
    bool const plain = std::ranges::all_of(url, [](char ch) { return ch > ' ' && ch < '\x7f'; });
    if (!http || !plain || url.ends_with('/'))
        throw ConfigError(
            "--base-url: '" + c.base_url +
            "' is not accepted; write https://blog.example.org, without a slash at the end");
}

// Open accounts never face a network by accident.
void check_accounts(Config const& c, std::span<net::Endpoint const> endpoints, Log& log) {
    if (c.accounts == "protected") return;
    auto const far = std::ranges::find_if_not(endpoints, &net::Endpoint::is_loopback);
    if (c.accounts == "open") {
        log.warning(
            "accounts = open: whoever reaches this server can write as any account that has no "
            "password, also through a proxy");
    } else if (far != endpoints.end()) {
        throw ConfigError(
            "--listen " + far->text() +
            " can be reached from other machines, and accounts may have no "
            "passwords: say --accounts protected, so that every write needs a login, "
            "or listen on 127.0.0.1, or say --accounts open if that is what you want");
    }
}

// Every connection is a descriptor, and the soft limit is often 1024.
void raise_descriptor_limit(std::uint64_t connections, Log& log) {
    constexpr std::uint64_t others = 256;  // listeners, the database, files being served, logs
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur =
        std::min<rlim_t>(limit.rlim_max, std::max<rlim_t>(limit.rlim_cur, connections + others));
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur < connections + others)
        log.info("the system allows " + std::to_string(limit.rlim_cur) +
                 " open files (ulimit -n), fewer than connections-max asks for");
}

// --- mail

// Null when no mail server is set.
std::unique_ptr<mail::Sender> sender_of(std::optional<mail::MailSettings> const& settings) {
    if (!settings) return nullptr;
    return std::make_unique<mail::Smtp>(settings->smtp);
}

mail::ResetToken new_reset_token() {
    auto token = auth::new_token();
    return {std::move(token.text), std::move(token.hash)};
}

// --- files and templates: from the binary, or from --www

std::unique_ptr<net::FileTree const> static_tree(Config const& c, Clock const& clock,
                                                 net::Seconds started) {
    if (c.www.empty()) return std::make_unique<net::EmbeddedTree>(assets(), "static/", started);
    return std::make_unique<net::DiskTree>(c.www + "/static", clock);
}

views::Source template_source(Config const& c) {
    if (!c.www.empty()) return views::directory_source(fs::path(c.www) / "templates");
    return [](std::string_view name) -> std::optional<std::string> {
        auto const* asset = find_asset("templates/" + std::string(name));
        if (asset == nullptr) return std::nullopt;
        return std::string(asset->bytes);
    };
}

// The newest change below the templates' folder, to notice an edit.
fs::file_time_type newest_change(fs::path const& folder) {
    auto newest = fs::file_time_type::min();  // not {}: that is in the year 2174
    std::error_code ec;
    for (fs::recursive_directory_iterator it(folder, ec), end; !ec && it != end; it.increment(ec)) {
        auto const changed = it->last_write_time(ec);
        if (!ec) newest = std::max(newest, changed);
    }
    return newest;
}

// --- the program while it runs

// Signals that end or nudge the program go to the main thread alone, and wait until it listens:
// every thread inherits the mask of the one that starts it.
void mask_signals(int how) {
    sigset_t signals;
    sigemptyset(&signals);
    for (int const signal : {SIGTERM, SIGINT, SIGHUP})
        sigaddset(&signals, signal);
    pthread_sigmask(how, &signals, nullptr);
}

// The main thread: signals, edited templates, and the end.
class Supervisor {
public:
    // `templates`: the folder to watch, "" for none; `last_change` is from before they were read.
    Supervisor(Log& log, std::vector<std::unique_ptr<net::Worker>>& workers, fs::path templates,
               fs::file_time_type last_change)
        : log_(log),
          workers_(workers),
          signals_(loop_, SIGTERM, SIGINT, SIGHUP),
          timer_(loop_),
          templates_(std::move(templates)) {
        wait_for_signal();
        if (!templates_.empty()) watch_templates(last_change);
    }

    // Runs the workers until a signal has ended them all.
    void run() {
        std::vector<std::thread> threads;
        running_ = workers_.size();
        for (auto& worker : workers_)
            threads.emplace_back([this, w = worker.get()] {
                w->run();
                asio::post(loop_, [this] { one_ended(); });
            });
        mask_signals(SIG_UNBLOCK);
        loop_.run();
        for (auto& thread : threads)
            thread.join();
    }

private:
    void wait_for_signal() {
        signals_.async_wait([this](boost::system::error_code ec, int signal) {
            if (ec) return;
            if (signal == SIGHUP) {
                log_.info("SIGHUP: opening the logs again");
                log_.reopen();
            } else if (draining_) {
                std::_Exit(1);  // the second one: the person at the keyboard means it
            } else {
                draining_ = true;
                log_.info("stopping: running requests end, new ones are refused");
                for (auto& worker : workers_)
                    worker->begin_drain();
            }
            wait_for_signal();
        });
    }

    void watch_templates(fs::file_time_type last) {
        timer_.expires_after(template_poll);
        timer_.async_wait([this, last](boost::system::error_code ec) {
            if (ec) return;
            auto const newest = newest_change(templates_);
            if (newest != last)
                for (auto& worker : workers_)
                    asio::post(worker->loop(), [w = worker.get()] {
                        static_cast<handlers::BlogService&>(w->service()).reload_templates();
                    });
            watch_templates(newest);
        });
    }

    void one_ended() {
        if (--running_ != 0) return;
        signals_.cancel();
        timer_.cancel();
    }

    asio::io_context loop_{1};
    Log& log_;
    std::vector<std::unique_ptr<net::Worker>>& workers_;
    asio::signal_set signals_;
    asio::steady_timer timer_;
    fs::path templates_;
    std::size_t running_ = 0;
    bool draining_ = false;
};

std::string address_of(net::Endpoint const& e) {
    return e.is_unix() ? e.text() : "http://" + e.text();
}

// Where a browser of this machine, or else of the world, finds the blog; "": nowhere known.
std::string own_address(Config const& c, std::span<net::Listening const> listening) {
    auto const first = std::ranges::find_if_not(
        listening, [](net::Listening const& l) { return l.endpoint().is_unix(); });
    return first == listening.end() ? c.base_url : address_of(first->endpoint());
}

// Whether there is any account yet. Asks the store, on a loop of its own.
bool has_accounts(db::Store& store) {
    asio::io_context loop(1);
    bool any = true;
    auto const sessions = store.open_sessions(loop.get_executor());
    auto const ask = [&]() -> Awaitable<void> {
        auto const db = co_await sessions->acquire();
        if (!db) co_return;
        constexpr db::UserId before_all{std::numeric_limits<std::int64_t>::min()};
        auto const first = co_await (*db)->list_accounts(before_all, 1);
        if (first) any = !first->empty();
    };
    asio::co_spawn(loop, ask(), asio::detached);
    loop.run();
    return any;
}

// Who may write, and how the first one comes in.
std::string about_accounts(Config const& c, std::string const& base, bool has_accounts) {
    bool const closed = c.registration == "closed";
    std::string line = "accounts: ";
    line += c.accounts == "protected" ? "protected, every write needs a login"
                                      : "open, there may be some without a password";
    line += closed ? "; registration is closed" : "; anyone may register at " + base + "/register";
    if (!has_accounts) line += "; there is no account yet: blogd user add NAME EMAIL makes one";
    return line;
}

void say_hello(Config const& c, db::Store const& store, std::span<net::Listening const> listening,
               std::size_t workers, bool has_accounts, Log& log) {
    for (auto const& l : listening)
        log.info("serving " + address_of(l.endpoint()));
    log.info("blogd " BLOGD_VERSION ", " + std::to_string(workers) + " workers, database " +
             store.name() + ", media " + c.media);
    auto const base = own_address(c, listening);
    log.info(about_accounts(c, base, has_accounts));
    if (base.empty()) return;
    log.info("open " + base + "/ in a browser, " + base + "/docs for the API, or try: curl " +
             base + "/api/posts");
}

}  // namespace

int serve(Config const& config) {
    std::signal(SIGPIPE, SIG_IGN);
    mask_signals(SIG_BLOCK);
    // The order below is the order of lifetimes; destruction runs backwards.
    Log log(log_options_of(config));
    SystemClock const clock;
    auto const endpoints = endpoints_of(config);
    check_accounts(config, endpoints, log);
    check_base_url(config);
    auto const proxies = proxies_of(config);
    auto const limits = limits_of(config);
    auto const mail = mail::mail_settings(config);
    Generations generations;
    auto const store = db::open_store(store_options_of(config), clock, log, generations);

    auto const count = static_cast<unsigned>(
        config.workers != 0 ? config.workers : std::max(1u, std::thread::hardware_concurrency()));
    raise_descriptor_limit(count * config.connections_max, log);
    std::vector<net::Listening> listening;
    for (auto const& endpoint : endpoints)
        listening.emplace_back(endpoint, count);

    auto const started = std::chrono::floor<net::Seconds::duration>(clock.wall());
    fs::create_directories(config.media);
    net::StaticFiles const static_files("/static/", static_tree(config, clock, started),
                                        net::Trust::ours, clock);
    net::StaticFiles const media("/media/", std::make_unique<net::DiskTree>(config.media, clock),
                                 net::Trust::uploads, clock);
    net::StaticFiles const docs_assets(
        "/docs/assets/", std::make_unique<net::EmbeddedTree>(assets(), "vendor/", started),
        net::Trust::ours, clock);
    auto const templates = config.www.empty() ? fs::path() : fs::path(config.www) / "templates";
    auto const last_change = newest_change(templates);
    auto const openapi = handlers::openapi_document();
    net::Compressor compressor(compressions_max);
    auth::Hasher hasher(hasher_options_of(config));
    handlers::Metrics metrics(*store, hasher);
    auth::Throttle throttle;
    pictures::Workshop workshop(workshop_options_of(config), log);
    mail::Postman postman(
        {mail::delivery_options(config, mail, own_address(config, listening)), config.login_idle},
        sender_of(mail), new_reset_token, *store, clock, log);
    std::function<void()> const mail_waits = [&postman] { postman.nudge(); };
    handlers::App const app{config,      clock,    log,         static_files, media,
                            docs_assets, openapi,  generations, compressor,   metrics,
                            hasher,      throttle, workshop,    mail_waits};
    handlers::Routes const routes;
    auto const make_service = [&](asio::io_context& loop) -> std::unique_ptr<net::Service> {
        views::Library views(template_source(config), [&](std::string_view path) {
            return static_files.url(path).value_or(std::string());
        });
        return std::make_unique<handlers::BlogService>(
            app, routes, store->open_sessions(loop.get_executor()), std::move(views),
            loop.get_executor(), config.cache_size.value / count);
    };

    std::vector<std::unique_ptr<net::Worker>> workers;
    net::Worker::Shared const shared{limits, proxies, clock, log};
    for (unsigned i = 0; i < count; ++i) {
        std::vector<UniqueFd> sockets;
        for (auto& l : listening)
            sockets.push_back(l.take(i));
        workers.push_back(std::make_unique<net::Worker>(shared, std::move(sockets), make_service));
    }

    // One process uses a file, so the operator's commands come to it.
    std::optional<admin::ControlSocket> control;
    if (!is_postgres(config.database) && store->name() != ":memory:")
        control.emplace(store->name(), *store, config, clock, log);
    say_hello(config, *store, listening, count, has_accounts(*store), log);
    Supervisor(log, workers, templates, last_change).run();
    control.reset();
    postman.stop();
    hasher.stop();
    compressor.stop();  // before the loops that it reports to
    bool const cut = std::ranges::any_of(workers, [](auto const& w) { return w->was_cut(); });
    store->close();
    log.info(cut ? "stopped; the drain limit cut requests off" : "stopped");
    return cut ? 3 : 0;
}

int fill_with_demo(Config const& config) {
    Log log(log_options_of(config));
    SystemClock const clock;
    Generations generations;
    auto const store = db::open_store(store_options_of(config), clock, log, generations);
    auto const report = fill_with_demo(*store, clock);
    store->close();
    log.info(report.posts == 0 ? "demo: " + store->name() + " is not empty, so it stays as it is"
                               : "demo: wrote " + std::to_string(report.posts) + " posts by " +
                                     std::to_string(report.users) + " authors to " + store->name());
    return 0;
}

}  // namespace blog
