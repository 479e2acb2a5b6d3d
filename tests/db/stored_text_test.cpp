// Texts that PostgreSQL cannot hold, or that stand for such, come back as they were.
#include "db/postgres/stored_text.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace blog::db;
using namespace std::string_literals;

namespace {

std::string stored(std::string_view text) {
    std::string storage;
    return std::string(to_stored(text, storage));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(stored_text)

BOOST_AUTO_TEST_CASE(a_usual_text_is_passed_on_without_a_copy) {
    std::string const texts[] = {"",
                                 "plain",
                                 "Gr\xc3\xbc\xc3\x9f"
                                 "e",
                                 "\xef\xb7\x8f \xef\xb7\x92",
                                 "\xef\xb7",
                                 "\xef",
                                 "\xff\xfe",
                                 "\xf0\x9f\x98\x80"};
    for (std::string const& text : texts) {
        std::string storage;
        BOOST_TEST(!needs_stored_form(text));
        BOOST_TEST(!is_stored_form(text));
        BOOST_TEST(to_stored(text, storage).data() == text.data());
        BOOST_TEST(from_stored(text, storage).data() == text.data());
        BOOST_TEST(storage.empty());
        BOOST_TEST(from_stored(text) == text);
    }
}

BOOST_AUTO_TEST_CASE(each_special_character_has_its_form) {
    BOOST_TEST(stored("a\0b"s) ==
               "a\xef\xb7\x90"
               "b");
    BOOST_TEST(stored("\xef\xb7\x90") == "\xef\xb7\x91\xef\xb7\x90");
    BOOST_TEST(stored("\xef\xb7\x91") == "\xef\xb7\x91\xef\xb7\x91");
    BOOST_TEST(stored("\0\0"s) == "\xef\xb7\x90\xef\xb7\x90");
}

BOOST_AUTO_TEST_CASE(no_stored_form_has_a_nul_and_all_are_read_back) {
    // Every text of up to five of these pieces.
    std::vector<std::string> const pieces{"\0"s, "\xef\xb7\x90", "\xef\xb7\x91",
                                          "x",   "\xef",         "\xb7"};
    std::vector<std::string> texts{""};
    for (std::size_t i = 0; i < texts.size(); ++i) {
        std::string const text = texts[i], in_store = stored(text);
        BOOST_TEST_REQUIRE(in_store.find('\0') == in_store.npos);
        BOOST_TEST_REQUIRE(from_stored(in_store) == text);
        BOOST_TEST_REQUIRE(needs_stored_form(text) == (in_store != text));
        if (i < 1 + 6 + 36 + 216 + 1296)
            for (auto const& piece : pieces)
                texts.push_back(text + piece);
    }
    BOOST_TEST(texts.size() == 1u + 6 + 36 + 216 + 1296 + 7776);
}

BOOST_AUTO_TEST_CASE(an_escape_that_others_left_alone_stands_for_itself) {
    BOOST_TEST(from_stored("a\xef\xb7\x91") == "a\xef\xb7\x91");
    BOOST_TEST(from_stored("\xef\xb7\x91z\xef\xb7\x90") == "\xef\xb7\x91z\0"s);
}

BOOST_AUTO_TEST_SUITE_END()
