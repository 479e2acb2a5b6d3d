#include "fixture.hpp"
#include "views/library.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace blog::views;
namespace fs = std::filesystem;

namespace {

// A folder of templates that is gone when the test is over.
class Folder {
public:
    Folder() {
        std::string path = (fs::temp_directory_path() / "blogd-views-XXXXXX").string();
        BOOST_REQUIRE(::mkdtemp(path.data()));
        path_ = path;
    }
    ~Folder() { fs::remove_all(path_); }
    fs::path const& path() const { return path_; }
    void write(std::string_view name, std::string_view text) const {
        fs::create_directories((path_ / name).parent_path());
        std::ofstream(path_ / name, std::ios::binary) << text;
    }

private:
    fs::path path_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(directory_sources)

BOOST_AUTO_TEST_CASE(reads_the_templates_below_its_folder) {
    Folder const folder;
    folder.write("page.html", "a\r\nb");
    folder.write("cards/post.html", "card");
    folder.write("empty.html", "");
    auto const source = directory_source(folder.path());
    BOOST_TEST(source("page.html").value() == "a\r\nb");
    BOOST_TEST(source("cards/post.html").value() == "card");
    BOOST_TEST(source("empty.html").value() == "");
}

BOOST_AUTO_TEST_CASE(names_that_leave_the_folder_do_not_exist) {
    Folder const folder;
    folder.write("outside.html", "secret");
    folder.write("www/page.html", "page");
    folder.write("www/.hidden", "hidden");
    folder.write("www/cards/post.html", "card");
    auto const source = directory_source(folder.path() / "www");
    BOOST_TEST(source("page.html").has_value());
    for (std::string const name :
         {"", ".", "..", "../outside.html", "cards/../page.html", "./page.html", ".hidden",
          "/page.html", "//page.html", "cards//post.html", "cards/", "cards", "none.html",
          "page.html/x"})
        BOOST_TEST(!source(name).has_value(), name << " exists");
    BOOST_TEST(!source(folder.path().string() + "/outside.html").has_value());
    BOOST_TEST(!source(std::string_view("page.html\0", 10)).has_value());
}

BOOST_AUTO_TEST_CASE(a_file_that_is_too_long_is_refused_by_the_compiler) {
    Folder const folder;
    folder.write("page.html", std::string(source_bytes_max + 100, 'x'));
    auto const source = directory_source(folder.path());
    BOOST_TEST(source("page.html").value().size() == source_bytes_max + 1);
    Files files(source);
    BOOST_CHECK_THROW(files.find("page.html"), TemplateError);
}

BOOST_AUTO_TEST_CASE(a_folder_can_be_reloaded) {
    Folder const folder;
    for (auto const name :
         {"home.html", "post.html", "user.html", "docs.html", "register.html", "login.html",
          "forgot_password.html", "reset_password.html", "account.html", "delete_account.html",
          "writing.html", "delete_post.html"})
        folder.write(name, "");
    folder.write("error.html", "{{ status }}");
    Library library(directory_source(folder.path()), test::asset_url);
    folder.write("error.html", "status {{ status }}");
    BOOST_TEST(!library.reload().has_value());
    std::string out;
    library.render(ErrorPage{.status = 404}, out);
    BOOST_TEST(out == "status 404");
}

BOOST_AUTO_TEST_CASE(the_pages_of_the_project_compile) {
    BOOST_CHECK_NO_THROW(
        Library(directory_source(fs::path(BLOG_SOURCE) / "www/templates"),
                [](std::string_view path) -> std::string {
                    if (!fs::is_regular_file(fs::path(BLOG_SOURCE) / "www/static" / path))
                        return {};
                    return "/static/" + std::string(path);
                }));
}

BOOST_AUTO_TEST_SUITE_END()
