#include "admin/account_text.hpp"

#include "schemas/accounts.hpp"
#include "schemas/utf8.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace blog::admin {

// A line of the list for scripts.
struct AccountLine {
    std::int64_t id = 0;
    std::string_view username, email, state;
};

}  // namespace blog::admin

template <>
struct blog::schemas::Schema<blog::admin::AccountLine> {
    using Line = blog::admin::AccountLine;
    static constexpr std::string_view name = "AccountLine";
    static constexpr auto fields =
        std::tuple{shown("id", &Line::id), shown("username", &Line::username),
                   shown("email", &Line::email), shown("state", &Line::state)};
};

namespace blog::admin {
namespace {

std::string number(std::int64_t n) {
    return std::to_string(n);
}

std::string_view state_of(db::Account const& account) noexcept {
    if (account.disabled) return "disabled";
    return account.user.has_password ? "protected" : "open";
}

// Filled up with blanks and two more.
void append_column(std::string& out, std::string_view text, std::size_t width) {
    auto const size = schemas::count_characters(text);
    out += text;
    out.append(std::max(width, size) - size + 2, ' ');
}

}  // namespace

std::string printable(std::string_view text) {
    std::string out;
    for (auto rest = text; !rest.empty();) {
        auto const step = schemas::utf8_step(rest);
        auto const c = step.code_point;
        bool const control = c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029;
        if (!step.valid)
            schemas::append_utf8(out, 0xfffd);
        else if (control)
            out += '?';
        else
            out += rest.substr(0, step.size);
        rest.remove_prefix(step.size);
    }
    return out;
}

std::string name_of(db::User const& user) {
    return printable(user.username) + " (id " + number(static_cast<std::int64_t>(user.id)) + ", " +
           printable(user.email) + ")";
}

std::string to_text(SysTime time) {
    std::string text;
    schemas::append_json(text, SysTime(std::chrono::floor<std::chrono::seconds>(time)));
    return text.substr(1, text.size() - 2);  // without the quotes
}

std::string AccountList::page(std::span<db::Account const> accounts) {
    std::string out;
    if (json_) {
        for (auto const& account : accounts) {
            out += std::exchange(first_, false) ? "[\n" : ",\n";
            auto const& user = account.user;
            AccountLine const line{static_cast<std::int64_t>(user.id), user.username, user.email,
                                   state_of(account)};
            schemas::append_json(out, line);
        }
        return out;
    }
    using schemas::count_characters;
    for (auto const& account : accounts) {
        auto const& user = account.user;
        id_width_ = std::max(id_width_, number(static_cast<std::int64_t>(user.id)).size());
        username_width_ = std::max(username_width_, count_characters(printable(user.username)));
        email_width_ = std::max(email_width_, count_characters(printable(user.email)));
    }
    for (auto const& account : accounts) {
        auto const& user = account.user;
        append_column(out, number(static_cast<std::int64_t>(user.id)), id_width_);
        append_column(out, printable(user.username), username_width_);
        append_column(out, printable(user.email), email_width_);
        out += state_of(account);
        out += '\n';
    }
    return out;
}

std::string AccountList::end() {
    if (!json_) return "";
    return first_ ? "[]\n" : "\n]\n";
}

std::string login_list(std::span<db::Login const> logins, bool json) {
    std::string out;
    for (auto const& login : logins) {
        schemas::SessionResponse const shown(login, db::LoginId{});
        if (json) {
            out += out.empty() ? "[\n" : ",\n";
            schemas::append_json(out, shown);
            continue;
        }
        append_column(out, number(shown.id), 4);
        append_column(out, shown.kind, 7);
        out += "last used " + to_text(login.last_used) + ", ends " + to_text(login.expires) + "  " +
               printable(login.device) + "\n";
    }
    if (!json) return out;
    return out.empty() ? "[]\n" : out + "\n]\n";
}

}  // namespace blog::admin
