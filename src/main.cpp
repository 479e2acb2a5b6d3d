#include "app.hpp"
#include "config.hpp"
#include "copy.hpp"
#include "pictures/worker.hpp"
#include "user.hpp"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <span>
#include <string>
#include <string_view>
#include <vector>

extern char** environ;

namespace {

void print(std::FILE* to, std::string const& text) {
    std::fputs(text.c_str(), to);
}

std::string help() {
    return "blogd " BLOGD_VERSION
           ": a blog server for several authors; API, pages and data in one program\n"
           "\n"
           "  blogd serve [settings]   serve the blog; the default is http://127.0.0.1:8000\n"
           "  blogd demo [settings]    fill an empty database with a few authors and 44 posts\n"
           "  blogd copy --from URL --to URL [--media DIR] [--replace] [--strict]\n"
           "                           move everything between a SQLite file and PostgreSQL, and\n"
           "                           verify it; --replace: remove what the target has, "
           "--strict:\n"
           "                           refuse dates whose spelling would change; --media: the\n"
           "                           folder of the file's pictures (media), --media-to: that\n"
           "                           of a file at --to, when --from is a file as well\n"
           "  blogd user list|add|set-password|reset-link|disable|enable|delete|sessions\n"
           "                           accounts, while the blog is served or not; see\n"
           "                           blogd user --help\n"
           "  blogd --help | --version\n"
           "\n"
           "Settings are flags, lines of the file that --config FILE names (\"idle-timeout = "
           "75s\")\n"
           "or variables (BLOGD_IDLE_TIMEOUT=75s); a flag beats a variable beats the file.\n"
           "\n" +
           blog::settings_help() +
           "\n"
           "SIGTERM and SIGINT end blogd when running requests are done, SIGHUP reopens the "
           "logs.\n";
}

int run(std::span<char const* const> args) {
    std::string_view const command = args.empty() ? "" : args.front();
    if (command == "picture-worker")  // what blog::pictures::Workshop starts
        blog::pictures::picture_worker_main(args.subspan(1));
    if (command == "--version") {
        print(stdout, "blogd " BLOGD_VERSION "\n");
        return 0;
    }
    if (command == "--help" || command == "help" || command == "-h") {
        print(stdout, help());
        return 0;
    }
    if (command != "serve" && command != "demo" && command != "copy" && command != "user") {
        print(stderr, command.empty()
                          ? "blogd: say what to do: blogd serve, blogd demo, "
                            "blogd copy, blogd user or blogd --help\n"
                          : "blogd: unknown command '" + std::string(command) +
                                "'; there are serve, demo, copy, user, --help and --version\n");
        return 2;
    }
    for (std::string_view const word : args.subspan(1))
        if (word == "--help" || word == "-h") {
            print(stdout, command == "user" ? blog::user_help() : help());
            return 0;
        }
    if (command == "user") return blog::manage_users(args.subspan(1), environ);
    if (command == "copy") return blog::copy(args.subspan(1));
    auto const config = blog::Config::load(args.subspan(1), environ);
    return command == "serve" ? blog::serve(config) : blog::fill_with_demo(config);
}

// Every user of the machine may look at the command line of every process: a password in a URL,
// postgresql://user:password@host/db, is overwritten there.
void hide_password(char* word) {
    std::string_view const text = word;
    auto const begin = text.find("://");
    if (begin == text.npos) return;
    auto const end = text.find('@', begin);
    auto const colon = text.find(':', begin + 3);
    if (end == text.npos || colon > end) return;
    std::fill(word + colon + 1, word + end, '*');
}

}  // namespace

int main(int argc, char** argv) {
    try {
        std::vector<std::string> const words(argv, argv + argc);
        std::for_each(argv, argv + argc, hide_password);
        std::vector<char const*> args;
        for (auto const& word : words)
            args.push_back(word.c_str());
        return run(std::span<char const* const>(args).subspan(args.empty() ? 0 : 1));
    } catch (blog::ConfigError const& e) {
        print(stderr, std::string("blogd: ") + e.what() + "\n");
        return 2;
    } catch (std::exception const& e) {
        print(stderr, std::string("blogd: ") + e.what() + "\n");
        return 1;
    }
}
