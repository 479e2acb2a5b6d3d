#include "net/file_request.hpp"
#include "net/static_files.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>

#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <system_error>

using namespace blog;
using namespace blog::net;
namespace data = boost::unit_test::data;
namespace fs = std::filesystem;

namespace blog::net {
std::ostream& operator<<(std::ostream& out, Lookup lookup) {
    return out << (lookup == Lookup::kernel ? "kernel" : "by_step");
}
}  // namespace blog::net

namespace {

SystemClock const system_clock;
constexpr Lookup lookups[] = {Lookup::kernel, Lookup::by_step};

// A temporary folder with a tree `site` to serve, and a secret beside it.
class Site {
public:
    Site() {
        std::string name = (fs::temp_directory_path() / "blogd-files-XXXXXX").string();
        BOOST_REQUIRE(::mkdtemp(name.data()));
        root_ = name;
        fs::create_directories(root_ / "site/css");
        write("secret.txt", "secret");
        write("site/css/main.css", "body { color: black; }");
        write("site/letters.jpg", "abcdefghijklmnopqrstuvwxyz");
    }
    ~Site() {
        std::error_code ignored;
        fs::remove_all(root_, ignored);
    }
    fs::path const& root() const { return root_; }
    void write(fs::path const& name, std::string_view text) const {
        std::ofstream(root_ / name, std::ios::binary) << text;
    }
    void link(fs::path const& target, fs::path const& name) const {
        fs::create_symlink(target, root_ / name);
    }
    StaticFiles serve(std::optional<Lookup> lookup = std::nullopt,
                      Trust trust = Trust::ours) const {
        return {"/static/",
                std::make_unique<DiskTree>((root_ / "site").string(), system_clock, lookup), trust,
                system_clock};
    }

private:
    fs::path root_;
};

std::optional<Response> get(StaticFiles const& files, std::string_view rest,
                            FileRequest const& request = {}) {
    auto answer = files.serve(request, rest);
    BOOST_REQUIRE(answer);
    return std::move(*answer);
}

// What the connection would send of a body that is a piece of a file.
std::string content(Response& response) {
    auto const& slice = std::get<FileSlice>(response.body());
    std::string text(slice.size, '\0');
    auto const got =
        ::pread(slice.fd.get(), text.data(), text.size(), static_cast<off_t>(slice.offset));
    BOOST_TEST(got == static_cast<ssize_t>(text.size()));
    return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(static_files_disk_test)

BOOST_DATA_TEST_CASE(serves_a_file_of_a_folder, data::make(lookups), lookup) {
    Site const site;
    auto const files = site.serve(lookup);
    auto response = get(files, "css//main.css/");
    BOOST_REQUIRE(response);
    BOOST_TEST(status(*response) == 200);
    BOOST_TEST(response->type() == "text/css; charset=utf-8");
    BOOST_TEST(content(*response) == "body { color: black; }");
    BOOST_TEST(field(*response, "ETag").size() == 18u);
    BOOST_TEST(field(*response, "Last-Modified").size() == 29u);
}

BOOST_DATA_TEST_CASE(what_is_no_regular_file_is_not_found, data::make(lookups), lookup) {
    Site const site;
    BOOST_REQUIRE(::mkfifo((site.root() / "site/pipe").c_str(), 0600) == 0);
    UniqueFd const socket(::socket(AF_UNIX, SOCK_STREAM, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    auto const name = (site.root() / "site/socket").string();
    name.copy(address.sun_path, sizeof address.sun_path - 1);
    BOOST_REQUIRE(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);

    auto const files = site.serve(lookup);
    for (auto const rest : {"pipe", "socket", "css", "css/", "", "nope", "css/main.css/more"})
        BOOST_TEST(!get(files, rest).has_value(), rest);
}

BOOST_DATA_TEST_CASE(no_path_leaves_the_folder, data::make(lookups), lookup) {
    Site const site;
    site.link(site.root() / "secret.txt", "site/absolute.txt");
    site.link("../secret.txt", "site/relative.txt");
    site.link("..", "site/up");
    site.link("/", "site/slash");
    site.link("/proc/self/cwd", "site/magic");
    site.link("self", "site/self");
    auto const files = site.serve(lookup);
    for (auto const rest :
         {"absolute.txt", "relative.txt", "up/secret.txt", "slash/etc/passwd", "magic/anything",
          "self", "../secret.txt", "css/../../secret.txt", "up/site/letters.jpg"})
        BOOST_TEST(!get(files, rest).has_value(), rest);
}

BOOST_AUTO_TEST_CASE(a_link_that_stays_inside_works_where_the_kernel_guards_it) {
    Site const site;
    site.link("css/main.css", "site/short.css");
    BOOST_TEST(get(site.serve(Lookup::kernel), "short.css").has_value());
    BOOST_TEST(!get(site.serve(Lookup::by_step), "short.css").has_value());
}

BOOST_AUTO_TEST_CASE(the_kernel_of_this_machine_can_guard_paths) {
    Site const site;
    UniqueFd const folder(::open(site.root().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    BOOST_TEST(best_lookup(folder.get()) == Lookup::kernel);
}

BOOST_AUTO_TEST_CASE(a_renamed_folder_is_still_the_one_that_is_served) {
    Site const site;
    auto const files = site.serve();
    fs::rename(site.root() / "site", site.root() / "moved");
    fs::create_directories(site.root() / "site");
    BOOST_TEST(get(files, "letters.jpg").has_value());
}

BOOST_AUTO_TEST_CASE(a_changed_file_has_another_tag_and_another_fingerprint) {
    Site const site;
    auto const files = site.serve();
    auto const tag = field(get(files, "letters.jpg").value(), "ETag");
    auto const url = files.url("letters.jpg").value();
    BOOST_TEST(url.starts_with("/static/letters.jpg?v="));
    BOOST_TEST(url.size() == std::string_view("/static/letters.jpg?v=").size() + fingerprint_bytes);
    BOOST_TEST(field(get(files, "letters.jpg").value(), "ETag") == tag);

    FileRequest const current({{"If-None-Match", tag}});
    FileRequest const fingerprinted({}, Method::get,
                                    std::string_view(url).substr(url.find('?') + 1));
    BOOST_TEST(status(get(files, "letters.jpg", current).value()) == 304);
    BOOST_TEST(field(get(files, "letters.jpg", fingerprinted).value(), "Cache-Control") ==
               "public, max-age=31536000, immutable");

    fs::last_write_time(site.root() / "site/letters.jpg",
                        fs::file_time_type::clock::now() - std::chrono::seconds(5));
    BOOST_TEST(status(get(files, "letters.jpg", current).value()) == 200);
    BOOST_TEST(field(get(files, "letters.jpg", fingerprinted).value(), "Cache-Control") ==
               "no-cache");
    BOOST_TEST(files.url("letters.jpg").value() != url);
}

BOOST_AUTO_TEST_CASE(a_file_from_the_future_was_modified_now) {
    Site const site;
    fs::last_write_time(site.root() / "site/letters.jpg",
                        fs::file_time_type::clock::now() + std::chrono::hours(1000));
    auto const date = field(get(site.serve(), "letters.jpg").value(), "Last-Modified");
    auto const now = std::chrono::floor<std::chrono::seconds>(system_clock.wall());
    BOOST_TEST((parse_http_date(date, now).value() <= now));
}

BOOST_AUTO_TEST_CASE(a_range_is_a_slice_of_the_open_file) {
    Site const site;
    auto response = get(site.serve(), "letters.jpg", FileRequest({{"Range", "bytes=-3"}})).value();
    BOOST_TEST(status(response) == 206);
    BOOST_TEST(content(response) == "xyz");
    BOOST_TEST(field(response, "Content-Range") == "bytes 23-25/26");
}

BOOST_AUTO_TEST_CASE(a_range_of_a_file_beyond_4_gib_is_exact) {
    Site const site;
    site.write("site/huge.bin", "");
    constexpr std::uint64_t size = (8ull << 30) + 7;
    fs::resize_file(site.root() / "site/huge.bin", size);
    auto const files = site.serve();
    auto response =
        get(files, "huge.bin", FileRequest({{"Range", "bytes=4294967290-4294967310"}})).value();
    BOOST_TEST(content(response) == std::string(21, '\0'));
    BOOST_TEST(field(response, "Content-Range") == "bytes 4294967290-4294967310/8589934599");
    auto const whole =
        get(files, "huge.bin", FileRequest({{"Range", "bytes=0-99999999999999999999"}})).value();
    BOOST_TEST(whole.body_size().value() == size);
}

BOOST_AUTO_TEST_CASE(several_ranges_of_a_file_are_streamed) {
    Site const site;
    auto response =
        get(site.serve(), "letters.jpg", FileRequest({{"Range", "bytes=0-1,24-"}})).value();
    auto const body = joined(pieces(*std::get<Streamed>(response.body()).stream));
    BOOST_TEST(body.find("\r\n\r\nab\r\n--") != body.npos);
    BOOST_TEST(body.find("\r\n\r\nyz\r\n--") != body.npos);
    BOOST_TEST(body.size() == response.body_size().value());
}

BOOST_AUTO_TEST_CASE(a_file_that_shrinks_while_it_is_streamed_ends_in_an_error) {
    Site const site;
    auto response =
        get(site.serve(), "letters.jpg", FileRequest({{"Range", "bytes=0-1,24-"}})).value();
    fs::resize_file(site.root() / "site/letters.jpg", 10);
    auto const all = pieces(*std::get<Streamed>(response.body()).stream);
    BOOST_REQUIRE(!all.empty());
    BOOST_TEST(all.back() == "error");
}

BOOST_AUTO_TEST_CASE(an_unreadable_file_is_not_found) {
    if (::geteuid() == 0) return;  // root reads everything
    Site const site;
    fs::permissions(site.root() / "site/letters.jpg", fs::perms::none);
    BOOST_TEST(!get(site.serve(), "letters.jpg").has_value());
}

BOOST_DATA_TEST_CASE(running_out_of_descriptors_is_busy_and_not_missing, data::make(lookups),
                     lookup) {
    Site const site;
    auto const files = site.serve(lookup);
    rlimit before{};
    BOOST_REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    rlimit const none{0, before.rlim_max};
    BOOST_REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
    auto const answer = files.serve(FileRequest(), "letters.jpg");
    ::setrlimit(RLIMIT_NOFILE, &before);
    BOOST_REQUIRE(!answer);
    BOOST_TEST((answer.error().code == Errc::busy));
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_not_there_is_told_at_once) {
    BOOST_CHECK_THROW(DiskTree("/nowhere/at/all", system_clock), std::system_error);
}

BOOST_AUTO_TEST_SUITE_END()
