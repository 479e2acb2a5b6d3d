#include "net/listening.hpp"

#include "net/support/client.hpp"
#include "net/support/running_worker.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <sys/stat.h>

using namespace blog::net;
namespace fs = std::filesystem;

namespace {

// A folder that goes away with everything in it.
struct Folder {
    Folder() {
        std::string name = (fs::temp_directory_path() / "blogd-test-XXXXXX").string();
        if (!::mkdtemp(name.data())) throw std::runtime_error("mkdtemp");
        path = name;
    }
    ~Folder() { fs::remove_all(path); }
    Endpoint socket() const { return Endpoint::parse("unix:" + (path / "sock").string()); }
    fs::path path;
};

bool says(std::runtime_error const& e, std::string_view text) {
    return std::string_view(e.what()).find(text) != std::string_view::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(listening)

BOOST_AUTO_TEST_CASE(finds_a_free_port_that_all_workers_share) {
    Listening two(Endpoint::parse("127.0.0.1:0"), 2);
    BOOST_TEST(two.endpoint().port() != 0);
    BOOST_TEST(two.take(0).get() >= 0);
    BOOST_TEST(two.take(1).get() >= 0);
    BOOST_TEST(two.take(1).get() == -1);
}

BOOST_AUTO_TEST_CASE(a_port_in_use_is_named) {
    Listening const first(Endpoint::parse("127.0.0.1:0"), 2);
    auto const text = first.endpoint().text() + " is in use";
    for (unsigned workers = 1; workers <= 2; ++workers)
        BOOST_CHECK_EXCEPTION(Listening(first.endpoint(), workers), std::runtime_error,
                              [&](auto const& e) { return says(e, text); });
}

BOOST_AUTO_TEST_CASE(a_port_is_free_again_at_once) {
    Endpoint endpoint = Endpoint::parse("127.0.0.1:0");
    {
        RunningWorker server;
        endpoint = server.endpoint();
        Client client(endpoint);
        client.ask("/a", "GET /a");
    }
    BOOST_CHECK_NO_THROW(Listening(endpoint, 2));
}

BOOST_AUTO_TEST_CASE(an_address_of_another_machine_is_refused) {
    BOOST_CHECK_EXCEPTION(Listening(Endpoint::parse("192.0.2.1:0"), 1), std::runtime_error,
                          [](auto const& e) { return says(e, "no address of this machine"); });
}

BOOST_AUTO_TEST_CASE(serves_over_a_unix_socket) {
    Folder const folder;
    auto const endpoint = folder.socket();
    {
        RunningWorker server({}, endpoint.text().c_str());
        struct stat found {};
        BOOST_TEST(::stat(endpoint.path().c_str(), &found) == 0);
        BOOST_TEST((found.st_mode & 0777) == 0660u);
        Client client(endpoint);
        BOOST_TEST(body_of(client.ask("/a", "GET /a")) == "GET /a");
        server.stop();
        BOOST_TEST(static_cast<TestService&>(server.worker.service()).seen.at(0).client == "unix");
    }
    BOOST_TEST(!fs::exists(endpoint.path()));
}

BOOST_AUTO_TEST_CASE(all_workers_share_one_unix_socket) {
    Folder const folder;
    Listening shared(folder.socket(), 3);
    for (unsigned i = 0; i < 3; ++i)
        BOOST_TEST(shared.take(i).get() >= 0);
}

BOOST_AUTO_TEST_CASE(a_socket_file_of_a_dead_process_is_replaced) {
    Folder const folder;
    auto const endpoint = folder.socket();
    {
        sockaddr_un name{};
        name.sun_family = AF_UNIX;
        endpoint.path().copy(name.sun_path, sizeof name.sun_path - 1);
        blog::UniqueFd const dead(::socket(AF_UNIX, SOCK_STREAM, 0));
        BOOST_TEST(::bind(dead.get(), reinterpret_cast<sockaddr const*>(&name), sizeof name) == 0);
    }
    BOOST_TEST(fs::exists(endpoint.path()));
    Listening const ours(endpoint, 1);
    BOOST_TEST(Client(endpoint).connected());
}

BOOST_AUTO_TEST_CASE(a_socket_file_that_somebody_listens_on_stays) {
    Folder const folder;
    Listening const first(folder.socket(), 1);
    BOOST_CHECK_EXCEPTION(Listening(folder.socket(), 1), std::runtime_error,
                          [](auto const& e) { return says(e, "is in use"); });
    BOOST_TEST(Client(folder.socket()).connected());
}

BOOST_AUTO_TEST_CASE(another_file_is_never_removed) {
    Folder const folder;
    std::ofstream(folder.socket().path()) << "precious";
    BOOST_CHECK_EXCEPTION(Listening(folder.socket(), 1), std::runtime_error,
                          [](auto const& e) { return says(e, "no socket"); });
    BOOST_TEST(fs::file_size(folder.socket().path()) == 8u);
}

BOOST_AUTO_TEST_CASE(a_socket_file_that_replaced_ours_stays) {
    Folder const folder;
    {
        Listening const first(folder.socket(), 1);
        fs::remove(folder.socket().path());
        std::ofstream(folder.socket().path()) << "of somebody else";
    }
    BOOST_TEST(fs::exists(folder.socket().path()));
}

BOOST_AUTO_TEST_CASE(a_missing_folder_is_named) {
    BOOST_CHECK_EXCEPTION(
        Listening(Endpoint::parse("unix:/nowhere/at/all"), 1), std::runtime_error,
        [](auto const& e) { return says(e, "cannot listen on unix:/nowhere/at/all"); });
}

BOOST_AUTO_TEST_SUITE_END()
