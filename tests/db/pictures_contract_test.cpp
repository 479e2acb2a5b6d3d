// What every store promises of profile pictures (db/pictures.hpp).
#include "db/accounts_site.hpp"
#include "support/temp_dir.hpp"

#include <filesystem>

using namespace blog;
using namespace blog::db;
using test::anybody;
using test::as;
using test::failed_with;
using test::nobody;

namespace {

struct Portraits : test::AccountsSite {
    UserId ada = add_protected("ada"), bob = add_protected("bob");
    std::string const first = name('1'), second = name('2');

    static std::string name(char digit) { return std::string(32, digit) + ".jpg"; }

    // Its bytes, wherever the store keeps them; "": it has none.
    std::string bytes_of(std::string const& picture) {
        auto const media = database->options().media;
        auto const found = *run(db.find_picture(picture));
        if (media.empty()) return found.value_or("");
        BOOST_TEST(!found.has_value(), "it is a file");
        auto const path = media + "/profile_pics/" + picture;
        return std::filesystem::exists(path) ? test::read_file(path) : "";
    }
    Result<User> set(UserId user, std::string const& picture, std::string const& bytes,
                     Writer who) {
        return run(db.set_picture(user, {picture, bytes}, who));
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(pictures_contract, Portraits)

BOOST_AUTO_TEST_CASE(a_picture_is_stored_byte_for_byte) {
    std::string bytes;
    for (int i = 0; i < 100'000; ++i)
        bytes += static_cast<char>(i * 7 + i / 251);
    bytes += std::string("\0\xef\xb7\x90\xef\xb7\x91\xff", 8);
    auto const user = set(ada, first, bytes, as(ada));
    BOOST_TEST_REQUIRE(!!user);
    BOOST_TEST((user->image_file == first));
    BOOST_TEST(user->has_password);
    BOOST_TEST((run(db.find_user(ada))->image_file == first));
    BOOST_TEST((bytes_of(first) == bytes));
    BOOST_TEST(!run(db.find_picture(second))->has_value());
    BOOST_TEST(!run(db.find_picture(""))->has_value());
}

BOOST_AUTO_TEST_CASE(a_new_picture_takes_the_old_ones_place) {
    BOOST_TEST(!!set(ada, first, "one", as(ada)));
    BOOST_TEST(!!set(bob, name('b'), "bobs", as(bob)));
    BOOST_TEST((set(ada, second, "two", as(ada))->image_file == second));
    BOOST_TEST(bytes_of(first) == "");
    BOOST_TEST(bytes_of(second) == "two");
    BOOST_TEST(bytes_of(name('b')) == "bobs");
    if (auto const rows = database->elsewhere("SELECT count(*) FROM blogd_pictures"))
        BOOST_TEST(*rows == 2);
}

BOOST_AUTO_TEST_CASE(a_picture_is_removed_once) {
    BOOST_TEST(failed_with(run(db.remove_picture(ada, as(ada))), Errc::picture_not_found));
    BOOST_TEST(!!set(ada, first, "one", as(ada)));
    auto const user = run(db.remove_picture(ada, as(ada)));
    BOOST_TEST_REQUIRE(!!user);
    BOOST_TEST(!user->image_file.has_value());
    BOOST_TEST(!run(db.find_user(ada))->image_file.has_value());
    BOOST_TEST(bytes_of(first) == "");
    BOOST_TEST(failed_with(run(db.remove_picture(ada, as(ada))), Errc::picture_not_found));
    BOOST_TEST(!!run(db.update_user(ada, {.image_file = ""}, as(ada))));
    BOOST_TEST(failed_with(run(db.remove_picture(ada, as(ada))), Errc::picture_not_found));
}

BOOST_AUTO_TEST_CASE(a_picture_is_its_owners) {
    BOOST_TEST(!!set(ada, first, "one", as(ada)));
    for (Writer const& who : {anybody, nobody, as(bob)}) {
        BOOST_TEST(failed_with(set(ada, second, "two", who), Errc::forbidden));
        BOOST_TEST(failed_with(run(db.remove_picture(ada, who)), Errc::forbidden));
        BOOST_TEST(failed_with(set(UserId{9}, second, "two", who), Errc::user_not_found));
        BOOST_TEST(failed_with(run(db.remove_picture(UserId{9}, who)), Errc::user_not_found));
    }
    BOOST_TEST(bytes_of(first) == "one");
    BOOST_TEST(bytes_of(second) == "");
    auto const eve = add_open("eve");
    BOOST_TEST(!!set(eve, second, "two", anybody));
    BOOST_TEST(!!run(db.remove_picture(eve, anybody)));
    BOOST_TEST(!!set(eve, name('3'), "three", as(eve)));
}

BOOST_AUTO_TEST_CASE(a_picture_goes_with_its_user) {
    BOOST_TEST(!!set(ada, first, "one", as(ada)));
    BOOST_TEST(!!set(bob, second, "two", as(bob)));
    BOOST_TEST(!!run(db.delete_user(ada, as(ada))));
    BOOST_TEST(bytes_of(first) == "");
    BOOST_TEST(bytes_of(second) == "two");
}

BOOST_AUTO_TEST_CASE(a_picture_of_another_program_is_shown_until_it_is_replaced) {
    BOOST_TEST(!!run(db.update_user(ada, {.image_file = "theirs.png"}, as(ada))));
    BOOST_TEST((set(ada, first, "one", as(ada))->image_file == first));
    BOOST_TEST(!!run(db.update_user(ada, {.image_file = "theirs.png"}, as(ada))));
    BOOST_TEST(!run(db.remove_picture(ada, as(ada)))->image_file.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
