#include "db/postgres/connect.hpp"

#include "db/postgres/patience.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <vector>

namespace blog::db::postgres {

namespace {

using Socket = asio::posix::stream_descriptor;
using Deadline = std::chrono::steady_clock::time_point;

constexpr std::size_t addresses_max = 8;  // of one name that are tried

std::string message_of(PGconn const* connection) {
    std::string text = PQerrorMessage(connection);
    for (auto& c : text)
        if (c == '\n') c = ' ';
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
}

// Watches a socket that libpq owns.
struct Watch {
    Watch(asio::any_io_executor loop, int fd) : socket(std::move(loop), fd) {}
    Watch(Watch const&) = delete;
    Watch& operator=(Watch const&) = delete;
    ~Watch() { socket.release(); }
    Socket socket;
};

// Throws CannotConnect when the deadline passes first.
Awaitable<void> wait(PGconn* connection, Socket::wait_type what, Deadline deadline) {
    auto const loop = co_await asio::this_coro::executor;
    auto const watch = std::make_shared<Watch>(loop, PQsocket(connection));
    asio::steady_timer timer(loop, deadline);
    timer.async_wait([watch](boost::system::error_code ec) {
        if (!ec) watch->socket.cancel(ec);
    });
    auto const [ec] = co_await watch->socket.async_wait(what, no_throw);
    timer.cancel();
    watch->socket.release();  // now: the handler of the timer still holds it
    if (ec) throw CannotConnect("no answer in time");
}

ConnectionPtr start(Target const& target, Target::Host const& host, std::string const& session) {
    std::vector<char const*> names, values;
    auto const add = [&](char const* name, std::string const& value) {
        if (value.empty()) return;
        names.push_back(name);
        values.push_back(value.c_str());
    };
    add("host", host.name);
    add("hostaddr", host.address);
    add("port", host.port);
    add("target_session_attrs", session);
    for (auto const& [name, value] : target.settings())
        add(name.c_str(), value);
    names.push_back(nullptr);
    values.push_back(nullptr);
    ConnectionPtr connection(PQconnectStartParams(names.data(), values.data(), 0));
    if (!connection) throw std::bad_alloc();
    return connection;
}

Awaitable<ConnectionPtr> log_in(Target const& target, Target::Host const& host,
                                std::string const& session, Deadline deadline) {
    auto connection = start(target, host, session);
    auto next = PGRES_POLLING_WRITING;
    while (next != PGRES_POLLING_OK) {
        if (next == PGRES_POLLING_FAILED || PQstatus(connection.get()) == CONNECTION_BAD)
            throw CannotConnect(message_of(connection.get()));
        auto const what = next == PGRES_POLLING_READING ? Socket::wait_read : Socket::wait_write;
        co_await wait(connection.get(), what, deadline);
        next = PQconnectPoll(connection.get());
    }
    co_return connection;
}

Awaitable<void> prepare(Link& link, PGconn* connection,
                        std::span<Statement const* const> statements) {
    for (auto const* const s : statements)
        if (PQsendPrepare(connection, s->name, s->sql, 0, nullptr) != 1)
            throw CannotConnect(message_of(connection));
    link.sync();
    co_await link.flush();
    for (std::size_t i = 0; i <= statements.size(); ++i) {
        auto const result = co_await link.next();
        auto const status = PQresultStatus(result.get());
        if (status != PGRES_COMMAND_OK && status != PGRES_PIPELINE_SYNC)
            throw CannotConnect(PQresultErrorMessage(result.get()));
    }
}

Awaitable<std::unique_ptr<Link>> try_host(Target const& target, Target::Host const& host,
                                          std::string const& session,
                                          std::span<Statement const* const> statements,
                                          Deadline deadline) {
    auto connection = co_await log_in(target, host, session, deadline);
    auto* const raw = connection.get();
    if (PQsetnonblocking(raw, 1) != 0 || PQenterPipelineMode(raw) != 1)
        throw CannotConnect(message_of(raw));
    auto const loop = co_await asio::this_coro::executor;
    auto link = std::make_unique<Link>(std::move(connection), loop);
    Patience patience(*link, loop);
    patience.begin(
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()));
    co_await prepare(*link, raw, statements);
    co_return link;
}

// A name's addresses, each as a host of its own; libpq keeps the name for the certificate.
Awaitable<std::vector<Target::Host>> resolved(Target::Host const& host) {
    auto const loop = co_await asio::this_coro::executor;
    asio::ip::tcp::resolver resolver(loop);
    auto const [ec, found] = co_await resolver.async_resolve(host.name, "", no_throw);
    if (ec) throw CannotConnect("the name cannot be resolved: " + ec.message());
    std::vector<Target::Host> hosts;
    for (auto const& entry : found) {
        if (hosts.size() == addresses_max) break;
        hosts.push_back({host.name, entry.endpoint().address().to_string(), host.port});
    }
    co_return hosts;
}

std::string name_of(Target::Host const& host) {
    auto const& name = host.name.empty() ? host.address : host.name;
    return (name.empty() ? std::string("local socket") : name) +
           (host.port.empty() ? "" : ":" + host.port);
}

// Null, and the reason in `why`, when the host is not there or not of that kind.
Awaitable<std::unique_ptr<Link>> try_addresses(Target const& target, Target::Host const& host,
                                               std::string const& session,
                                               std::span<Statement const* const> statements,
                                               std::chrono::milliseconds host_timeout,
                                               std::string& why) {
    std::vector<Target::Host> addresses{host};
    try {
        if (host.must_be_resolved()) addresses = co_await resolved(host);
    } catch (CannotConnect const& e) {
        why.append(why.empty() ? "" : "; ").append(name_of(host)).append(": ").append(e.what());
        co_return nullptr;
    }
    for (auto const& address : addresses) {
        auto const deadline = std::chrono::steady_clock::now() + host_timeout;
        try {
            co_return co_await try_host(target, address, session, statements, deadline);
        } catch (std::runtime_error const& e) {  // CannotConnect, LinkLost
            why.append(why.empty() ? "" : "; ").append(name_of(host)).append(": ").append(e.what());
        }
    }
    co_return nullptr;
}

}  // namespace

Awaitable<std::unique_ptr<Link>> connect(Target const& target,
                                         std::span<Statement const* const> statements,
                                         std::chrono::milliseconds host_timeout) {
    std::string why;
    // libpq's "prefer-standby" compares hosts, and here each connection knows one.
    std::vector<std::string> sessions{target.session()};
    if (target.session() == "prefer-standby") sessions = {"standby", "any"};
    auto const count = target.hosts().size(), first = target.preferred();
    for (auto const& session : sessions)
        for (std::size_t i = 0; i < count; ++i) {
            auto const at = (first + i) % count;
            auto const& host = target.hosts()[at];
            auto link =
                co_await try_addresses(target, host, session, statements, host_timeout, why);
            if (!link) continue;
            target.prefer(at);
            co_return link;
        }
    throw CannotConnect(why);
}

}  // namespace blog::db::postgres
