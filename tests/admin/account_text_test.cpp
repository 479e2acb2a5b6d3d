#include "admin/account_text.hpp"

#include <boost/test/unit_test.hpp>

namespace blog::admin {
namespace {

db::Account account(std::int64_t id, std::string username, std::string hash, bool disabled) {
    db::Account out;
    out.user.id = db::UserId{id};
    out.user.username = std::move(username);
    out.user.email = "a@example.org";
    out.user.has_password = !hash.empty();
    out.password_hash = std::move(hash);
    out.disabled = disabled;
    return out;
}

BOOST_AUTO_TEST_SUITE(account_text)

BOOST_AUTO_TEST_CASE(a_name_cannot_play_with_the_terminal) {
    BOOST_TEST(printable("a\x1b[2Jb\nc\x7f") == "a?[2Jb?c?");
    BOOST_TEST(printable("\xc2\x9b"
                         "2J") == "?2J");
    BOOST_TEST(printable("J\xc3\xb6rg \xff") == "J\xc3\xb6rg \xef\xbf\xbd");
}

BOOST_AUTO_TEST_CASE(columns_are_aligned_by_characters) {
    std::vector<db::Account> const accounts{account(1, "ada", "", false),
                                            account(12345, "J\xc3\xb6rg\xc3\xb6rg", "$x", false),
                                            account(7, "eve", "$x", true)};
    AccountList list(false);
    BOOST_TEST(list.page(accounts) ==
               "1      ada       a@example.org     open\n"
               "12345  J\xc3\xb6rg\xc3\xb6rg   a@example.org     protected\n"
               "7      eve       a@example.org     disabled\n");
    BOOST_TEST(list.end() == "");
}

BOOST_AUTO_TEST_CASE(json_is_one_array_over_all_pages) {
    std::vector<db::Account> const accounts{account(1, "a\"\x1b", "", false)};
    AccountList list(true);
    auto text = list.page(accounts);
    text += list.page(accounts);
    text += list.end();
    std::string const line =
        R"({"id":1,"username":"a\"\u001b","email":"a@example.org","state":"open"})";
    BOOST_TEST(text == "[\n" + line + ",\n" + line + "\n]\n");
    BOOST_TEST(AccountList(true).end() == "[]\n");
    BOOST_TEST(login_list({}, true) == "[]\n");
}

BOOST_AUTO_TEST_CASE(logins_say_where_and_how_long) {
    db::Login login;
    login.id = db::LoginId{3};
    login.device = "curl/8\x1b";
    login.last_used = SysTime(std::chrono::microseconds(1'500'000));
    std::vector<db::Login> const logins{login};
    BOOST_TEST(login_list(logins, false) ==
               "3     browser  last used 1970-01-01T00:00:01Z, ends 1970-01-01T00:00:00Z  "
               "curl/8?\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace blog::admin
