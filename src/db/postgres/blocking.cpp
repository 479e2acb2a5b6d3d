#include "db/postgres/blocking.hpp"

#include "db/database_error.hpp"
#include "db/postgres/connect.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <exception>

namespace blog::db::postgres {

namespace {

[[noreturn]] void failed(std::string message) {
    message.erase(message.find_last_not_of('\n') + 1);
    std::ranges::replace(message, '\n', ' ');
    throw DatabaseError("database: " + message);
}

ResultPtr execute(PGconn* connection, std::string const& sql) {
    ResultPtr result(PQexec(connection, sql.c_str()));
    auto const status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) failed(PQerrorMessage(connection));
    return result;
}

// Whether trying again may help: nobody is there, or the server says so itself.
bool may_come_up(std::string_view why) {
    return why.find("FATAL") == why.npos || why.find("starting up") != why.npos ||
           why.find("shutting down") != why.npos || why.find("recovery") != why.npos ||
           why.find("not accepting") != why.npos || why.find("too many") != why.npos;
}

}  // namespace

ConnectionPtr connect_blocking(Target const& target, std::chrono::milliseconds host_timeout,
                               std::chrono::milliseconds patience) {
    constexpr auto pause = std::chrono::milliseconds(200);
    auto const end = std::chrono::steady_clock::now() + patience;
    asio::io_context loop(1);
    ConnectionPtr connection;
    std::exception_ptr failure;
    std::span<Statement const* const> const nothing;  // to prepare
    auto attempt = [&]() -> Awaitable<void> {
        for (;;) {
            std::string why;
            try {
                auto const link = co_await connect(target, nothing, host_timeout);
                connection = link->take();
                co_return;
            } catch (CannotConnect const& e) {
                why = e.what();
            }
            if (!may_come_up(why) || std::chrono::steady_clock::now() + pause >= end)
                throw DatabaseError("cannot connect to " + target.text() + ": " + why);
            asio::steady_timer timer(loop, pause);
            co_await timer.async_wait(no_throw);
        }
    };
    asio::co_spawn(loop, attempt(), [&](std::exception_ptr e) { failure = e; });
    loop.run();
    if (failure) std::rethrow_exception(failure);
    return connection;
}

void run(PGconn* connection, std::string const& sql) {
    (void)execute(connection, sql);
}

std::vector<std::vector<std::string>> rows(PGconn* connection, std::string const& sql) {
    auto const result = execute(connection, sql);
    std::vector<std::vector<std::string>> out;
    for (int row = 0; row < PQntuples(result.get()); ++row) {
        auto& line = out.emplace_back();
        for (int column = 0; column < PQnfields(result.get()); ++column)
            line.emplace_back(PQgetvalue(result.get(), row, column));
    }
    return out;
}

std::string value(PGconn* connection, std::string const& sql) {
    auto const all = rows(connection, sql);
    return all.empty() ? std::string() : all[0][0];
}

}  // namespace blog::db::postgres
