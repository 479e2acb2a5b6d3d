#include "app.hpp"
#include "config.hpp"

#include <cstdio>
#include <exception>
#include <span>
#include <string>
#include <string_view>

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
    if (command == "--version") {
        print(stdout, "blogd " BLOGD_VERSION "\n");
        return 0;
    }
    if (command == "--help" || command == "help" || command == "-h") {
        print(stdout, help());
        return 0;
    }
    if (command != "serve" && command != "demo") {
        print(stderr, command.empty() ? "blogd: say what to do: blogd serve, blogd demo or "
                                        "blogd --help\n"
                                      : "blogd: unknown command '" + std::string(command) +
                                            "'; there are serve, demo, --help and --version\n");
        return 2;
    }
    for (std::string_view const word : args.subspan(1))
        if (word == "--help" || word == "-h") {
            print(stdout, help());
            return 0;
        }
    auto const config = blog::Config::load(args.subspan(1), environ);
    return command == "serve" ? blog::serve(config) : blog::fill_with_demo(config);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        std::span<char const* const> const words(argv, static_cast<std::size_t>(argc));
        return run(words.subspan(words.empty() ? 0 : 1));
    } catch (blog::ConfigError const& e) {
        print(stderr, std::string("blogd: ") + e.what() + "\n");
        return 2;
    } catch (std::exception const& e) {
        print(stderr, std::string("blogd: ") + e.what() + "\n");
        return 1;
    }
}
