#include "admin/user_command.hpp"

#include "config.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

namespace blog::admin {
namespace {

struct Form {
    UserVerb verb;
    std::string_view name, names, flags;
    std::size_t names_count;
    std::string_view reason;
};

constexpr std::array<Form, 8> forms{{
    {UserVerb::list, "list", "", "--json", 0, "every account: id, username, e-mail, state"},
    {UserVerb::add, "add", "USERNAME EMAIL", "--password-stdin --link --no-password", 2,
     "make an account; asks for its password"},
    {UserVerb::set_password, "set-password", "USER", "--password-stdin", 1,
     "give it a new password; all its sessions end"},
    {UserVerb::reset_link, "reset-link", "USER", "", 1,
     "print a link to a new password, good for one use; older ones die"},
    {UserVerb::disable, "disable", "USER", "", 1,
     "no log in any more, its sessions end; its posts stay"},
    {UserVerb::enable, "enable", "USER", "", 1, "log in again"},
    {UserVerb::remove, "delete", "USER", "--yes", 1,
     "remove it with its posts and its picture; asks first"},
    {UserVerb::sessions, "sessions", "USER", "--json --end --end-all", 1,
     "where it is logged in; --end ID, --end-all: end one, or all"},
}};

std::string usage(Form const& form) {
    std::string text = "blogd user " + std::string(form.name);
    if (!form.names.empty()) text += " " + std::string(form.names);
    for (std::string_view rest = form.flags; !rest.empty();) {
        auto const flag = rest.substr(0, rest.find(' '));
        text += " [" + std::string(flag) + (flag == "--end" ? " ID]" : "]");
        rest.remove_prefix(std::min(flag.size() + 1, rest.size()));
    }
    return text;
}

bool has_flag(Form const& form, std::string_view flag) noexcept {
    for (std::string_view rest = form.flags; !rest.empty();) {
        auto const one = rest.substr(0, rest.find(' '));
        if (one == flag) return true;
        rest.remove_prefix(std::min(one.size() + 1, rest.size()));
    }
    return false;
}

bool is_own_flag(std::string_view flag) noexcept {
    return std::ranges::any_of(forms, [flag](Form const& f) { return has_flag(f, flag); });
}

Form const& find_form(std::span<std::string const> words) {
    if (!words.empty())
        for (auto const& form : forms)
            if (form.name == words.front()) return form;
    std::string names;
    for (auto const& form : forms)
        names += (names.empty() ? "" : ", ") + std::string(form.name);
    throw ConfigError("user: say one of " + names + "; blogd user --help explains them");
}

db::LoginId login_id(std::string_view text) {
    std::int64_t id = 0;
    auto const* const end = text.data() + text.size();
    auto const read = std::from_chars(text.data(), end, id);
    if (text.empty() || read.ec != std::errc() || read.ptr != end)
        throw ConfigError("--end: write the number of a session, which blogd user sessions shows");
    return db::LoginId{id};
}

bool& member(UserCommand& command, std::string_view flag) noexcept {
    if (flag == "--json") return command.json;
    if (flag == "--password-stdin") return command.password_stdin;
    if (flag == "--link") return command.link;
    if (flag == "--no-password") return command.no_password;
    if (flag == "--yes") return command.yes;
    return command.end_all;
}

void check_together(UserCommand const& c) {
    if (c.password_stdin + c.link + c.no_password > 1)
        throw ConfigError("say one of --password-stdin, --link and --no-password");
    if (c.end && c.end_all) throw ConfigError("say --end ID or --end-all, not both");
}

}  // namespace

UserWords sort_words(std::span<char const* const> args) {
    UserWords out;
    for (std::size_t i = 0; i < args.size(); ++i) {
        std::string_view const word = args[i];
        auto const name = word.substr(0, word.find('='));
        if (word == "--") {  // only names follow
            out.command.insert(out.command.end(), args.begin() + static_cast<std::ptrdiff_t>(i),
                               args.end());
            break;
        }
        if (name == "--password")
            throw ConfigError(
                "a password is no word of the command line, which everybody on this machine can "
                "read: say --password-stdin, or be asked");
        bool const own = !word.starts_with("--") || is_own_flag(name);
        bool const takes_next = word == "--end" || (!own && name == word);
        if (own)
            out.command.emplace_back(word);
        else
            out.settings.push_back(args[i]);
        if (!takes_next || i + 1 == args.size()) continue;
        ++i;
        if (own)
            out.command.emplace_back(args[i]);
        else
            out.settings.push_back(args[i]);
    }
    return out;
}

UserCommand parse_user_command(std::span<std::string const> words) {
    auto const& form = find_form(words);
    UserCommand command;
    command.verb = form.verb;
    std::vector<std::string> names;
    bool only_names = false;
    for (std::size_t i = 1; i < words.size(); ++i) {
        std::string_view const word = words[i];
        auto const name = word.substr(0, word.find('='));
        if (only_names || !word.starts_with("--")) {
            names.emplace_back(word);
        } else if (word == "--") {
            only_names = true;
        } else if (name == "--end" && has_flag(form, name)) {
            if (name != word)
                command.end = login_id(word.substr(name.size() + 1));
            else
                command.end = login_id(++i < words.size() ? std::string_view(words[i]) : "");
        } else if (has_flag(form, word)) {
            member(command, word) = true;
        } else {
            throw ConfigError("user " + std::string(form.name) + " does not take " +
                              std::string(name) + "; it is " + usage(form));
        }
    }
    if (names.size() != form.names_count) throw ConfigError("it is " + usage(form));
    if (!names.empty()) command.user = std::move(names.front());
    if (names.size() > 1) command.email = std::move(names.back());
    check_together(command);
    return command;
}

std::string user_commands_help() {
    std::string out;
    for (auto const& form : forms)
        out += "  " + usage(form) + "\n        " + std::string(form.reason) + "\n";
    return out;
}

}  // namespace blog::admin
