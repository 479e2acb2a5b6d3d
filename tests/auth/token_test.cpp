#include "auth/token.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace blog::auth;

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::string_view url_safe =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

}  // namespace

BOOST_AUTO_TEST_SUITE(token)

BOOST_AUTO_TEST_CASE(hashes_as_everybody_does) {
    // `printf abc | sha256sum`
    BOOST_TEST(token_hash("abc") ==
               "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    BOOST_TEST(token_hash("") ==
               "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    BOOST_TEST(token_hash(std::string_view("a\0b", 3)) != token_hash("a"));
}

BOOST_AUTO_TEST_CASE(makes_tokens_that_fit_into_a_link) {
    std::set<std::string> seen;
    std::set<char> letters;
    for (int i = 0; i < 200; ++i) {
        auto const token = new_token();
        BOOST_TEST(token.text.size() == 43u);
        BOOST_TEST(token.text.find_first_not_of(url_safe) == std::string::npos);
        BOOST_TEST(token.hash == token_hash(token.text));
        BOOST_TEST(seen.insert(token.text).second);
        letters.insert(token.text.begin(), token.text.end());
    }
    BOOST_TEST(letters.size() == 64u);
}

BOOST_AUTO_TEST_CASE(makes_names_of_hex_digits) {
    std::set<std::string> seen;
    for (int i = 0; i < 200; ++i) {
        auto const name = random_name();
        BOOST_TEST(name.size() == 32u);
        BOOST_TEST(name.find_first_not_of(hex_digits) == std::string::npos);
        BOOST_TEST(seen.insert(name).second);
    }
}

BOOST_AUTO_TEST_SUITE_END()
