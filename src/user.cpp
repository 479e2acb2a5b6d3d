#include "user.hpp"

#include "admin/control_client.hpp"
#include "admin/run_user_command.hpp"
#include "admin/terminal.hpp"
#include "app.hpp"
#include "db/open_store.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <grp.h>
#include <optional>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace blog {
namespace {

namespace fs = std::filesystem;

class StandardOutput final : public admin::Output {
public:
    Awaitable<void> print(std::string text) override {
        if (std::fputs(text.c_str(), stdout) < 0)
            throw std::runtime_error("cannot write to standard output");
        co_return;
    }
};

// Files that root makes beside the database would be closed to the server's user afterwards, so
// root acts as the one whose file, or whose folder, it is.
void act_as_owner_of(std::string const& path) {
    if (::geteuid() != 0) return;
    struct stat found {};
    auto const folder = fs::absolute(path).parent_path();
    if (::stat(path.c_str(), &found) != 0 && ::stat(folder.c_str(), &found) != 0) return;
    if (found.st_uid == 0) return;
    if (::setgroups(0, nullptr) != 0 || ::setgid(found.st_gid) != 0 || ::setuid(found.st_uid) != 0)
        throw std::runtime_error("cannot act as the user who owns " + path);
}

void run_here(db::StoreOptions const& options, Config const& config, admin::Request request) {
    Log log({.events = "-", .access = "off", .level = LogLevel::warning});
    SystemClock const clock;
    Generations generations;
    auto const store = db::open_store(options, clock, log, generations);
    std::exception_ptr failure;
    {
        asio::io_context loop(1);
        auto const sessions = store->open_sessions(loop.get_executor());
        StandardOutput out;
        admin::Workplace const place{*sessions, config, clock, out};
        auto command = admin::parse_user_command(request.words);
        asio::co_spawn(
            loop, admin::run_user_command(place, std::move(command), std::move(request.secret)),
            [&](std::exception_ptr e) { failure = e; });
        loop.run();
    }
    store->close();
    if (failure) std::rethrow_exception(failure);
}

// Only a new account is a reason to make a database: elsewhere a wrong path would look like an
// empty blog.
void check_there(std::string const& path, admin::UserCommand const& command) {
    std::error_code ignored;
    if (command.verb != admin::UserVerb::add && !fs::exists(path, ignored))
        throw std::runtime_error("there is no database " + path +
                                 ": say which with --database, or blogd user add makes it");
}

void run(Config const& config, admin::UserCommand const& command, admin::Request const& request) {
    auto const options = store_options_of(config);
    if (options.postgres.url.empty()) {
        if (options.path == ":memory:")
            throw ConfigError("--database: a database in memory has no accounts to manage");
        if (admin::ask_server(options.path, request, stdout)) return;
        check_there(options.path, command);
        act_as_owner_of(options.path);
    }
    run_here(options, config, request);
}

std::optional<std::string> password_for(admin::UserCommand const& command) {
    if (!command.takes_password()) return std::nullopt;
    if (admin::at_terminal()) return admin::ask_password();
    if (command.password_stdin) return admin::read_password();
    throw ConfigError(
        command.verb == admin::UserVerb::add
            ? "add: no terminal to ask for a password; say --password-stdin and write it to "
              "standard input, or --link for a link to choose one"
            : "set-password: no terminal to ask for a password; say --password-stdin and write it "
              "to standard input");
}

// Shows what would go, and asks. False: it stays.
bool may_delete(Config const& config, admin::UserCommand const& command, admin::Request& request) {
    if (!admin::at_terminal())
        throw ConfigError("delete: no terminal to ask whether you mean it; say --yes");
    run(config, command, request);
    std::fflush(stdout);
    if (!admin::ask_yes("delete it? [y/N] ")) return false;
    request.words.insert(request.words.begin() + 1, "--yes");
    return true;
}

}  // namespace

std::string user_help() {
    return "blogd user: accounts, while the server runs or not; takes the settings of blogd serve\n"
           "(--config, --database, --media) and names USER by id, username or e-mail\n\n" +
           admin::user_commands_help() +
           "\nadd and set-password ask for the password on a terminal; --password-stdin reads it "
           "from\nstandard input; add --link makes an account that nobody can log in to before "
           "the link that\nit prints was used; --no-password one that anybody may write as. A "
           "name may begin with --\nbehind a word --.\n";
}

int manage_users(std::span<char const* const> args, char const* const* environment) {
    auto words = admin::sort_words(args);
    auto const command = admin::parse_user_command(words.command);
    auto const config = Config::load(words.settings, environment);
    admin::Request request{.words = std::move(words.command)};
    request.secret = password_for(command);
    bool const asks = command.verb == admin::UserVerb::remove && !command.yes;
    if (asks && !may_delete(config, command, request)) {
        std::fputs("it stays\n", stdout);
        return 1;
    }
    run(config, command, request);
    return 0;
}

}  // namespace blog
