#include "support/postgres_server.hpp"

#include <array>
#include <fcntl.h>
#include <libpq-fe.h>
#include <memory>
#include <spawn.h>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

namespace blog::test {

namespace {

// Both ends are closed in every other program that this one starts: the helper must see that its
// input ends when this process does.
std::array<int, 2> make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
    return ends;
}

pid_t spawn(std::array<char const*, 4> words, int input, int output) {
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    pid_t pid = -1;
    auto* const argv = const_cast<char* const*>(words.data());
    int const error = ::posix_spawn(&pid, words[0], &actions, nullptr, argv, environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (error != 0) throw std::runtime_error(std::string("cannot start ") + words[0]);
    return pid;
}

}  // namespace

PostgresServer& PostgresServer::shared() {
    static PostgresServer server;
    return server;
}

PostgresServer::PostgresServer() {
    auto const input = make_pipe(), output = make_pipe();
    to_helper_ = ::fdopen(input[1], "w");
    from_helper_ = ::fdopen(output[0], "r");
    helper_ = spawn({BLOG_PYTHON, BLOG_SOURCE "/tests/support/postgres.py", "serve", nullptr},
                    input[0], output[1]);
    ::close(input[0]);
    ::close(output[1]);
    read_until_ok();
}

PostgresServer::~PostgresServer() {
    std::fclose(to_helper_);
    ::waitpid(helper_, nullptr, 0);
    std::fclose(from_helper_);
}

void PostgresServer::command(std::string_view word) {
    std::fprintf(to_helper_, "%.*s\n", static_cast<int>(word.size()), word.data());
    std::fflush(to_helper_);
    read_until_ok();
}

void PostgresServer::read_until_ok() {
    std::array<char, 4096> buffer{};
    while (std::fgets(buffer.data(), buffer.size(), from_helper_) != nullptr) {
        std::string line(buffer.data());
        line.erase(line.find_last_not_of('\n') + 1);
        if (line == "ok") return;
        auto const blank = line.find(' ');
        urls_[line.substr(0, blank)] = line.substr(blank + 1);
    }
    throw std::runtime_error("the tests' PostgreSQL failed; standard error has its reason");
}

std::string PostgresServer::url(std::string const& kind, std::string_view database) const {
    static constexpr std::string_view mark = "DATABASE";
    auto out = urls_.at(kind);
    return out.replace(out.find(mark), mark.size(), database);
}

std::string PostgresServer::unix_url(std::string_view database) const {
    return url("owner", database);
}
std::string PostgresServer::tcp_url(std::string_view database) const {
    return url("owner_tcp", database);
}
std::string PostgresServer::tls_url(std::string_view database) const {
    return url("owner_tls", database);
}

std::string PostgresServer::create_database(std::string_view options) {
    auto const name = "blog" + std::to_string(++databases_);
    query("postgres", "CREATE DATABASE " + name +
                          " OWNER blog TEMPLATE template0 STRATEGY file_copy " +
                          std::string(options));
    return name;
}

void PostgresServer::drop_database(std::string const& name) noexcept {
    try {
        query("postgres", "DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
    } catch (std::exception const& e) {
        std::fprintf(stderr, "the database %s stays: %s\n", name.c_str(), e.what());
    }
}

std::vector<PostgresServer::Row> PostgresServer::query(std::string const& database,
                                                       std::string const& sql) const {
    std::unique_ptr<PGconn, decltype(&PQfinish)> const connection(
        PQconnectdb(url("superuser", database).c_str()), PQfinish);
    std::unique_ptr<PGresult, decltype(&PQclear)> const result(
        PQexec(connection.get(), sql.c_str()), PQclear);
    auto const status = PQresultStatus(result.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        throw std::runtime_error(PQerrorMessage(connection.get()));
    std::vector<Row> rows(static_cast<std::size_t>(PQntuples(result.get())));
    for (int r = 0; r < PQntuples(result.get()); ++r)
        for (int c = 0; c < PQnfields(result.get()); ++c)
            rows[static_cast<std::size_t>(r)].emplace_back(PQgetvalue(result.get(), r, c));
    return rows;
}

}  // namespace blog::test
