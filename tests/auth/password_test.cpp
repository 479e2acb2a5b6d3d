#include "auth/password.hpp"

#include "auth/secret.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <new>
#include <random>

using namespace blog::auth;

namespace {

constexpr HashCost cheap{8u << 10, 1};

// Made by python3-argon2, the first two with the parameters of the tutorial's app.
constexpr char const* of_the_tutorial =
    "$argon2id$v=19$m=65536,t=3,p=4$0o5vMCoiVDez00HUOBBGRg$"
    "kWQ62WSLAKY+qkKMhV4jgsjTsfEOTUAbg+vvu+A/3dk";
constexpr char const* of_the_tutorial_unicode =
    "$argon2id$v=19$m=65536,t=3,p=4$aR38hSD4iW25KiufOpUyhw$"
    "YD6KjLMTDvL1EvD4NYC9yqmdPNn2pTULl8UeqQC7Qfg";
constexpr char const* with_nul =
    "$argon2id$v=19$m=1024,t=2,p=4$nn7Dxtw44nrWZ9FgRJ3EKw$dRR3vx5DsCECh8yLpxm5tg";
constexpr char const* of_5000_times_x =
    "$argon2id$v=19$m=1024,t=2,p=4$czTZmmrKi81pE+jvnHqnLw$zthuGz4FtkWfhh/suV/xnA";
// Made by the program `argon2`.
constexpr char const* one_lane =
    "$argon2id$v=19$m=1024,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$"
    "e7SyMjoKN1t8l2weh/SZe9+rs+mecdMeyiRgdwv3LDA";
constexpr char const* four_lanes =
    "$argon2id$v=19$m=1024,t=2,p=4$c2FsdHNhbHRzYWx0c2FsdA$"
    "knSSBZvfYhVCR5JIlFjKItYfgYiR8oqNyQL9ZMbSk/I";

std::string replaced(std::string text, std::string_view what, std::string_view with) {
    return text.replace(text.find(what), what.size(), with);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(password)

BOOST_AUTO_TEST_CASE(verifies_what_it_has_hashed) {
    auto const phc = hash_password("correct horse", HashCost{});
    BOOST_TEST(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    BOOST_TEST(phc.size() < 128u);
    BOOST_TEST(verify_password("correct horse", phc));
    BOOST_TEST(!verify_password("correct horsf", phc));
    BOOST_TEST(!verify_password("Correct horse", phc));
    BOOST_TEST(!verify_password("", phc));
    BOOST_TEST(phc != hash_password("correct horse", HashCost{}));  // another salt
}

BOOST_AUTO_TEST_CASE(counts_every_byte) {
    std::string const nul("first\0second", 12);
    auto phc = hash_password(nul, cheap);
    BOOST_TEST(verify_password(nul, phc));
    BOOST_TEST(!verify_password("first", phc));
    BOOST_TEST(!verify_password(std::string_view("first\0seconf", 12), phc));

    std::string megabyte(1u << 20, 'x');
    phc = hash_password(megabyte, cheap);
    BOOST_TEST(verify_password(megabyte, phc));
    megabyte.back() = 'y';
    BOOST_TEST(!verify_password(megabyte, phc));

    phc = hash_password("\xff\xfe\x80", cheap);
    BOOST_TEST(verify_password("\xff\xfe\x80", phc));
    BOOST_TEST(!verify_password("\xff\xfe\x81", phc));
}

BOOST_AUTO_TEST_CASE(verifies_what_other_programs_have_hashed) {
    BOOST_TEST(verify_password("securepassword123", of_the_tutorial));
    BOOST_TEST(!verify_password("securepassword124", of_the_tutorial));
    BOOST_TEST(verify_password("pässwörd 密码 🔑", of_the_tutorial_unicode));
    BOOST_TEST(verify_password(std::string_view("with\0nul inside", 15), with_nul));
    BOOST_TEST(!verify_password("with", with_nul));
    BOOST_TEST(verify_password(std::string(5000, 'x'), of_5000_times_x));
    BOOST_TEST(verify_password("securepassword123", one_lane));
    BOOST_TEST(verify_password("securepassword123", four_lanes));
    BOOST_TEST(!verify_password("securepassword12", four_lanes));
}

BOOST_AUTO_TEST_CASE(says_what_is_to_be_hashed_anew) {
    auto const phc = hash_password("x", cheap);
    BOOST_TEST(!needs_rehash(phc, cheap));
    BOOST_TEST(needs_rehash(phc, {16u << 10, 1}));
    BOOST_TEST(needs_rehash(phc, {8u << 10, 2}));
    BOOST_TEST(needs_rehash(of_the_tutorial, HashCost{}));
    BOOST_TEST(needs_rehash(of_the_tutorial, {64u << 20, 3}));  // for its lanes
    BOOST_TEST(needs_rehash(with_nul, {1u << 20, 2}));
    BOOST_TEST(!needs_rehash(one_lane, {1u << 20, 2}));
    BOOST_TEST(needs_rehash("", cheap));
    BOOST_TEST(needs_rehash("$2b$12$abcdefghijklmnopqrstuv", cheap));
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_hash) {
    std::string const good = one_lane;
    BOOST_REQUIRE(is_password_hash(good));
    BOOST_TEST(is_password_hash(replaced(good, "m=1024", "m=1048576")));
    BOOST_TEST(is_password_hash(replaced(good, "t=2", "t=20")));
    for (std::string const& bad : {
             std::string(),
             std::string("!"),
             std::string("securepassword123"),
             good + "=",
             good + "$",
             good + " ",
             good + std::string(1, '\0'),
             " " + good,
             good.substr(1),
             replaced(good, "argon2id", "argon2i"),
             replaced(good, "argon2id", "argon2d"),
             replaced(good, "v=19", "v=16"),
             replaced(good, "v=19$", ""),
             // 100 GiB, a little more than 1 GiB, more than a number holds, none, below the lanes'
             replaced(good, "m=1024", "m=104857600"),
             replaced(good, "m=1024", "m=1048577"),
             replaced(good, "m=1024", "m=99999999999999999999"),
             replaced(good, "m=1024", "m=0"),
             replaced(good, "m=1024", "m=7"),
             replaced(good, "m=1024", "m=-1024"),
             replaced(good, "m=1024", "m=+1024"),
             replaced(good, "m=1024", "m=01024"),
             replaced(good, "m=1024", "m="),
             replaced(good, "t=2", "t=21"),
             replaced(good, "t=2", "t=4000000000"),
             replaced(good, "t=2", "t=0"),
             replaced(good, "p=1", "p=0"),
             replaced(good, "p=1", "p=256"),
             replaced(good, "m=1024,t=2,p=1", "t=2,m=1024,p=1"),
             replaced(good, "c2FsdHNhbHRzYWx0c2FsdA", ""),
             replaced(good, "c2FsdHNhbHRzYWx0c2FsdA", "c2FsdA"),
             replaced(good, "c2FsdHNhbHRzYWx0c2FsdA", std::string(88, 'A')),
             replaced(good, "$e7SyMjoKN1t8l2weh/SZe9+rs+mecdMeyiRgdwv3LDA", ""),
             replaced(good, "e7SyMjoKN1t8l2weh/SZe9+rs+mecdMeyiRgdwv3LDA", "e7Sy"),
             replaced(good, "e7SyMjoKN1t8l2weh/SZe9", "e7SyMjoKN1t8l2weh_SZe9"),
         }) {
        BOOST_TEST_CONTEXT(bad) {
            BOOST_TEST(!is_password_hash(bad));
            BOOST_TEST(!verify_password("securepassword123", bad));
            BOOST_TEST(needs_rehash(bad, cheap));
        }
    }
}

// Whatever a damaged row holds: an answer, no crash, and only the right one is true.
BOOST_AUTO_TEST_CASE(survives_damaged_hashes) {
    auto const good = hash_password("x", cheap);
    std::mt19937 random(5);
    int tried = 0;
    for (int i = 0; i < 2000; ++i) {
        auto bad = good;
        bad[30 + random() % (bad.size() - 30)] = static_cast<char>(random());
        if (bad == good) continue;
        tried += is_password_hash(bad);
        // Padding bits that are not zero say nothing else; the library refuses them.
        BOOST_TEST(!verify_password("x", bad));
    }
    BOOST_TEST(tried > 100);
}

namespace data = boost::unit_test::data;

char const* const common[] = {
    "password",     "Password", "PASSWORD",   "pAsSwOrD",   "12345678", "123456789",
    "1234567890",   "iloveyou", "qwertyuiop", "trustno1",   "sunshine", "football",
    "11111111",     "aaaaaaaa", "abcdefgh",   "12341234",   "1q2w3e4r", "1qaz2wsx",
    "qwertyqwerty", "passw0rd", "87654321",   "QwErTyUiOp",
};
BOOST_DATA_TEST_CASE(refuses_the_commonest, data::make(common), word) {
    BOOST_TEST(too_common(word));
}

// A word with something behind it, and ways over the keyboard.
char const* const common_in_parts[] = {"password1",  "password123", "qwerty123", "abc12345",
                                       "letmein123", "iloveyou1",   "aa123456",  "a123456789",
                                       "1q2w3e4r5t", "Q1W2E3R4T5",  "147258369", "admin123"};
BOOST_DATA_TEST_CASE(refuses_common_ones_of_several_parts, data::make(common_in_parts), word) {
    BOOST_TEST(too_common(word));
}

char const* const uncommon[] = {
    "kaleidoscope",
    "serendipity",
    "19871223",
    "securepassword123",
    "testpassword123",
    "newpassword123",
    "originalpassword123",
    "correct horse",
    "xK9#mQ2$vL",
    "passwort-für-ada",
    "",
    "\xff\xfe\xfd\x80\x81\x82\x83\x84",
};
BOOST_DATA_TEST_CASE(accepts_others, data::make(uncommon), word) {
    BOOST_TEST(!too_common(word));
}

BOOST_AUTO_TEST_CASE(does_not_ask_about_the_long_or_those_with_nul) {
    BOOST_TEST(too_common(std::string(40, 'a')));
    BOOST_TEST(!too_common(std::string(41, 'a')));
    BOOST_TEST(!too_common(std::string(1u << 20, 'a')));
    BOOST_TEST(!too_common(std::string_view("password\0x", 10)));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(secret)

BOOST_AUTO_TEST_CASE(moves_without_leaving_anything) {
    std::string text = "short one";
    char const* const inside = text.data();
    Secret first(text);
    BOOST_TEST(text.empty());
    BOOST_TEST(std::all_of(inside, inside + 9, [](char c) { return c == '\0'; }));
    BOOST_TEST(first.view() == "short one");
    Secret const second(std::move(first));
    BOOST_TEST(second.view() == "short one");
    BOOST_TEST(first.view().empty());
}

BOOST_AUTO_TEST_CASE(leaves_nothing_when_it_dies) {
    alignas(Secret) std::array<unsigned char, sizeof(Secret)> room{};
    std::string text = "short one";
    auto* const secret = new (room.data()) Secret(text);
    auto const holds = [&] {
        return std::ranges::search(room, std::string_view("ort on")).begin() != room.end();
    };
    BOOST_TEST(holds());
    secret->~Secret();
    BOOST_TEST(!holds());
}

BOOST_AUTO_TEST_CASE(wipes_what_a_longer_text_has_left) {
    std::string text = "a secret of quite some length";
    char const* const inside = text.data();
    text.resize(1);
    wipe(text);
    BOOST_TEST(std::all_of(inside, inside + 29, [](char c) { return c == '\0'; }));
}

BOOST_AUTO_TEST_SUITE_END()
