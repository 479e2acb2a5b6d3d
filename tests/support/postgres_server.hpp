#pragma once
#include <cstdio>
#include <map>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace blog::test {

// A real PostgreSQL in a temporary folder (tests/support/postgres.py), over a Unix socket and
// loopback TCP, with TLS and without. It ends with this object, or with the process however that
// ends. One thread at a time. What fails throws std::runtime_error.
class PostgresServer {
public:
    // The one of this program, started when it is first asked for.
    static PostgresServer& shared();

    PostgresServer();
    PostgresServer(PostgresServer const&) = delete;
    PostgresServer& operator=(PostgresServer const&) = delete;
    ~PostgresServer();

    // Of the role that owns the databases and is no superuser; with its password (SCRAM).
    std::string unix_url(std::string_view database) const;
    std::string tcp_url(std::string_view database) const;  // without TLS
    std::string tls_url(std::string_view database) const;  // TCP, and the certificate is checked

    // A new, empty database (UTF8, C.UTF-8 unless the options of CREATE DATABASE say otherwise),
    // and its name.
    std::string create_database(std::string_view options = {});
    void drop_database(std::string const& name) noexcept;

    // Runs SQL as the superuser, each call on a connection of its own: the last statement's rows,
    // NULL as "".
    using Row = std::vector<std::string>;
    std::vector<Row> query(std::string const& database, std::string const& sql) const;

    void stop() { command("stop"); }  // ends the connections, then itself
    void kill() { command("kill"); }  // as kill -9 of the postmaster
    void start() { command("start"); }
    void pause() { command("pause"); }  // every process stands still, and nothing answers
    void resume() { command("resume"); }

private:
    std::string url(std::string const& kind, std::string_view database) const;
    void command(std::string_view word);
    // Reads lines until "ok": they are "kind URL".
    void read_until_ok();

    pid_t helper_ = -1;
    std::FILE *to_helper_ = nullptr, *from_helper_ = nullptr;
    std::map<std::string, std::string> urls_;
    int databases_ = 0;
};

}  // namespace blog::test
