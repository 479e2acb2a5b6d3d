#pragma once
#include "clock.hpp"
#include "db/accounts.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace blog::admin {

// Text that somebody else chose, for a terminal: control characters, which could move the cursor
// or rename the window, become '?', and what is no UTF-8 becomes U+FFFD.
std::string printable(std::string_view text);

// ada (id 1, ada@example.org)
std::string name_of(db::User const& user);

// "2026-11-22T10:28:46Z"
std::string to_text(SysTime time);

// Accounts as aligned lines, or as JSON, a page at a time. Columns never become narrower.
class AccountList {
public:
    explicit AccountList(bool json) noexcept : json_(json) {}
    std::string page(std::span<db::Account const> accounts);
    std::string end();

private:
    bool const json_;
    bool first_ = true;
    std::size_t id_width_ = 4, username_width_ = 8, email_width_ = 16;
};

std::string login_list(std::span<db::Login const> logins, bool json);

}  // namespace blog::admin
