#include "admin/user_command.hpp"

#include "config.hpp"

#include <boost/test/unit_test.hpp>

#include <string_view>

namespace blog::admin {
namespace {

using Words = std::vector<std::string>;

UserCommand parsed(Words const& words) {
    return parse_user_command(words);
}

BOOST_AUTO_TEST_SUITE(user_command)

BOOST_AUTO_TEST_CASE(own_words_and_settings_are_told_apart) {
    std::vector<char const*> const args{
        "--database", "x.db", "add", "ada", "--link", "a@b", "--media=m", "--base-url", "http://h"};
    auto const words = sort_words(args);
    Words const own{"add", "ada", "--link", "a@b"};
    BOOST_TEST(words.command == own, boost::test_tools::per_element());
    BOOST_TEST_REQUIRE(words.settings.size() == 5u);
    BOOST_TEST(std::string_view(words.settings[1]) == "x.db");
    BOOST_TEST(std::string_view(words.settings[2]) == "--media=m");
}

BOOST_AUTO_TEST_CASE(behind_two_dashes_there_are_names) {
    std::vector<char const*> const args{"disable", "--", "--yes"};
    auto const words = sort_words(args);
    BOOST_TEST(words.settings.empty());
    auto const command = parsed(words.command);
    BOOST_TEST((command.verb == UserVerb::disable));
    BOOST_TEST(command.user == "--yes");
}

BOOST_AUTO_TEST_CASE(flags_are_read) {
    auto const add = parsed({"add", "ada", "a@b", "--password-stdin"});
    BOOST_TEST(add.user == "ada");
    BOOST_TEST(add.email == "a@b");
    BOOST_TEST(add.takes_password());
    BOOST_TEST(!parsed({"add", "ada", "a@b", "--link"}).takes_password());
    BOOST_TEST(!parsed({"add", "ada", "a@b", "--no-password"}).takes_password());
    BOOST_TEST(parsed({"set-password", "3"}).takes_password());
    BOOST_TEST(!parsed({"delete", "--yes", "3"}).takes_password());
    BOOST_TEST(parsed({"delete", "--yes", "3"}).yes);
    BOOST_TEST((parsed({"sessions", "3", "--end", "7"}).end == db::LoginId{7}));
    BOOST_TEST((parsed({"sessions", "3", "--end=7"}).end == db::LoginId{7}));
    BOOST_TEST(parsed({"sessions", "3", "--end-all"}).end_all);
}

BOOST_AUTO_TEST_CASE(wrong_words_are_refused) {
    for (Words const& words :
         {Words{}, Words{"remove", "ada"}, Words{"list", "ada"}, Words{"add", "ada"},
          Words{"add", "ada", "a@b", "secret"}, Words{"delete"}, Words{"list", "--yes"},
          Words{"disable", "ada", "--json"}, Words{"add", "a", "b", "--link", "--no-password"},
          Words{"sessions", "a", "--end"}, Words{"sessions", "a", "--end", "x"},
          Words{"sessions", "a", "--end=1", "--end-all"}, Words{"delete", "a", "--yes=no"}})
        BOOST_CHECK_THROW(parsed(words), ConfigError);
}

BOOST_AUTO_TEST_CASE(no_message_repeats_what_may_be_a_password) {
    try {
        parsed({"add", "ada", "a@b", "correct horse"});
        BOOST_ERROR("was accepted");
    } catch (ConfigError const& e) {
        BOOST_TEST(std::string_view(e.what()).find("horse") == std::string_view::npos);
        BOOST_TEST(std::string_view(e.what()).find("blogd user add USERNAME EMAIL") !=
                   std::string_view::npos);
    }
    std::vector<char const*> const args{"set-password", "ada", "--password=correct horse"};
    try {
        sort_words(args);
        BOOST_ERROR("was accepted");
    } catch (ConfigError const& e) {
        BOOST_TEST(std::string_view(e.what()).find("horse") == std::string_view::npos);
        BOOST_TEST(std::string_view(e.what()).find("--password-stdin") != std::string_view::npos);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace blog::admin
