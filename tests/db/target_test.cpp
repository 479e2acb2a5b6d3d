// libpq URLs taken apart.
#include "db/postgres/target.hpp"

#include "db/database_error.hpp"

#include <boost/test/unit_test.hpp>

using blog::db::DatabaseError;
using blog::db::postgres::Target;

namespace {

std::string setting(Target const& target, std::string_view name) {
    for (auto const& [key, value] : target.settings())
        if (key == name) return value;
    return {};
}

std::string hosts(Target const& target) {
    std::string out;
    for (auto const& host : target.hosts())
        out += host.name + "|" + host.address + "|" + host.port + " ";
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(target)

BOOST_AUTO_TEST_CASE(each_host_has_its_port_or_the_one_for_all) {
    BOOST_TEST(hosts(Target("postgresql://a:1,b:2/db", "any", "")) == "a||1 b||2 ");
    BOOST_TEST(hosts(Target("postgresql://a,b/db?port=5", "any", "")) == "a||5 b||5 ");
    BOOST_TEST(hosts(Target("postgresql://a,b/db?hostaddr=10.0.0.1,10.0.0.2", "any", "")) ==
               "a|10.0.0.1| b|10.0.0.2| ");
    BOOST_TEST(hosts(Target("postgresql:///db?host=/run/x", "any", "")) == "/run/x|| ");
    BOOST_TEST(hosts(Target("postgresql://", "any", "")) == "|| ");
}

BOOST_AUTO_TEST_CASE(only_names_are_resolved) {
    Target const target("postgresql://name,10.0.0.1,[::1],%2Frun/db", "any", "");
    std::string out;
    for (auto const& host : target.hosts())
        out += host.must_be_resolved() ? 'r' : '-';
    BOOST_TEST(out == "r---");
}

BOOST_AUTO_TEST_CASE(the_url_decides_about_the_session_and_our_options_come_last) {
    BOOST_TEST(Target("postgresql://a/db", "read-write", "").session() == "read-write");
    Target const target(
        "postgresql://a/db?target_session_attrs=standby&options=-c%20search_path%3Dx", "any",
        "-c jit=off");
    BOOST_TEST(target.session() == "standby");
    BOOST_TEST(setting(target, "options") == "-c search_path=x -c jit=off");
    BOOST_TEST(setting(target, "client_encoding") == "UTF8");
}

BOOST_AUTO_TEST_CASE(people_are_shown_no_secret) {
    Target const target("postgresql://user:secret@a:1,b/db", "any", "");
    BOOST_TEST(target.text() == "PostgreSQL a:1,b, database db");
    BOOST_TEST(setting(target, "password") == "secret");
}

BOOST_AUTO_TEST_CASE(a_malformed_url_is_refused_without_repeating_it) {
    for (auto const* url : {"postgresql://user:sec ret@a:1:2/db?x", "postgresql://a/db?nonsense=1",
                            "postgresql://u:secret@[::1/db"})
        try {
            Target const target(url, "any", "");
            BOOST_ERROR(url << " was accepted");
        } catch (DatabaseError const& e) {
            BOOST_TEST(std::string(e.what()).find("sec") == std::string::npos, e.what());
        }
}

BOOST_AUTO_TEST_SUITE_END()
