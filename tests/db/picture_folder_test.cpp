// The folder of a SQLite store's pictures: what is removed from it, and what never is.
#include "db/site.hpp"
#include "db/sqlite/connection.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <sys/stat.h>

using namespace blog;
using namespace blog::db;
namespace fs = std::filesystem;
using test::failed_with;
using test::Site;

namespace {

struct Folder {
    test::TempDir folder;
    std::string const path = folder.file("blog.db");
    std::string const pictures = folder.file("media/profile_pics/");
    static constexpr Writer anybody{};

    StoreOptions options() const {
        StoreOptions options;
        options.path = path;
        options.media = folder.file("media");
        return options;
    }
    static std::string name(char digit) { return std::string(32, digit) + ".jpg"; }
    // The files, by the first character of their names.
    std::string files() const {
        std::string out;
        for (auto const& entry : fs::directory_iterator(pictures))
            out += entry.path().filename().string().front();
        std::ranges::sort(out);
        return out;
    }
    void script(std::string const& sql) {
        Connection other(path, {.access = Connection::Access::read_write});
        other.script(sql);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(picture_folder, Folder)

BOOST_AUTO_TEST_CASE(the_folder_is_made_and_the_old_file_goes_after_a_replacement) {
    Site site(options());
    BOOST_TEST(fs::is_directory(pictures));
    auto const ada = site.add_user("ada").id;
    BOOST_TEST(!!site.run(site.db().set_picture(ada, {name('1'), "one"}, anybody)));
    BOOST_TEST(files() == "1");
    BOOST_TEST(!!site.run(site.db().set_picture(ada, {name('2'), "two"}, anybody)));
    BOOST_TEST(files() == "2");
    BOOST_TEST(test::read_file(pictures + name('2')) == "two");
    BOOST_TEST(!!site.run(site.db().delete_user(ada)));
    BOOST_TEST(files() == "");
}

BOOST_AUTO_TEST_CASE(what_a_crash_left_behind_is_swept_at_the_next_start) {
    UserId ada{};
    {
        Site site(options());
        ada = site.add_user("ada").id;
        BOOST_TEST(!!site.run(site.db().set_picture(ada, {name('1'), "one"}, anybody)));
    }
    // It ended between the file and its being shown, and before the file was there.
    script("INSERT INTO blogd_pictures (name, user_id) VALUES ('" + name('2') + "', 1), ('" +
           name('3') + "', 1), ('" + name('4') + "', 99)");
    test::write_file(pictures + name('2'), "two");
    test::write_file(pictures + name('4'), "of one who is gone");
    Site site(options());
    BOOST_TEST(files() == "1");
    BOOST_TEST((site.run(site.db().find_user(ada))->image_file == name('1')));
}

BOOST_AUTO_TEST_CASE(files_that_are_not_ours_are_never_touched) {
    {
        Site site(options());
        site.add_user("ada");
    }
    test::write_file(folder.file("outside.jpg"), "outside");
    test::write_file(pictures + name('a'), "in our form, and not registered");
    test::write_file(pictures + "default.jpg", "of the page");
    script(
        "INSERT INTO blogd_pictures (name, user_id) VALUES ('../../outside.jpg', 1),"
        " ('default.jpg', 1), ('', 1)");
    Site site(options());
    BOOST_TEST(files() == "ad");
    BOOST_TEST(fs::exists(folder.file("outside.jpg")));
    auto const ada = UserId{1};
    BOOST_TEST(!!site.run(site.db().update_user(ada, {.image_file = "../../outside.jpg"})));
    BOOST_TEST(!!site.run(site.db().set_picture(ada, {name('1'), "one"}, anybody)));
    BOOST_TEST(!!site.run(site.db().remove_picture(ada, anybody)));
    BOOST_TEST(fs::exists(folder.file("outside.jpg")));
    BOOST_TEST(files() == "ad");
}

BOOST_AUTO_TEST_CASE(a_picture_that_two_users_show_stays_for_the_other) {
    {
        Site site(options());
        site.add_user("ada");
        site.add_user("bob");
    }
    test::write_file(pictures + name('5'), "of the tutorial's app");
    script("UPDATE users SET image_file = '" + name('5') + "'");
    Site site(options());
    BOOST_TEST(!!site.run(site.db().remove_picture(UserId{1}, anybody)));
    BOOST_TEST(files() == "5");
    BOOST_TEST(!!site.run(site.db().remove_picture(UserId{2}, anybody)));
    BOOST_TEST(files() == "", "nobody shows it any more");
}

BOOST_AUTO_TEST_CASE(a_folder_that_takes_no_file_changes_nothing) {
    if (::geteuid() == 0) {  // who may write everywhere: a file in the way
        Site site(options());
        auto const ada = site.add_user("ada").id;
        test::write_file(pictures + name('1'), "there already");
        BOOST_TEST(failed_with(site.run(site.db().set_picture(ada, {name('1'), "one"}, anybody)),
                               Errc::unavailable));
        BOOST_TEST(!site.run(site.db().find_user(ada))->image_file.has_value());
        return;
    }
    Site site(options());
    auto const ada = site.add_user("ada").id;
    ::chmod(pictures.c_str(), 0500);
    BOOST_TEST(failed_with(site.run(site.db().set_picture(ada, {name('1'), "one"}, anybody)),
                           Errc::unavailable));
    BOOST_TEST(!site.run(site.db().find_user(ada))->image_file.has_value());
    ::chmod(pictures.c_str(), 0700);
}

BOOST_AUTO_TEST_SUITE_END()
