#include "handlers/page_forms.hpp"

#include "handlers/devices.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

using namespace blog;
using namespace blog::handlers;
namespace data = boost::unit_test::data;

BOOST_AUTO_TEST_SUITE(page_forms)

BOOST_AUTO_TEST_CASE(a_path_of_this_site_is_where_one_may_go) {
    for (std::string const path : {"/", "/account", "/posts/5/edit?x=1#y", "/a/../b", "/@host"})
        BOOST_TEST(local_path(path) == path);
}

BOOST_DATA_TEST_CASE(what_may_lead_elsewhere_leads_home,
                     data::make({"", "account", "//host", "///host", "/\\host", "\\/host",
                                 "https://host", "javascript:alert(1)", "/\t/host", "/\n/host",
                                 "/a\r\nSet-Cookie: x=y", "/ /host", "/a\\b", "/\x7f",
                                 "/\xc3\xa4"}),
                     path) {
    BOOST_TEST(local_path(path) == "/");
}

BOOST_AUTO_TEST_CASE(an_endless_path_leads_home) {
    BOOST_TEST(local_path("/" + std::string(5000, 'a')) == "/");
}

BOOST_AUTO_TEST_CASE(faults_are_said_once_and_in_words) {
    FieldSpec const specs[] = {username_field, new_password_field("password", "Password")};
    schemas::Issues issues;
    schemas::FieldReport name(issues, schemas::Place::body, "username");
    name.add_json("string_too_long", "String should have at most 50 characters", "\"x\"");
    schemas::FieldReport password(issues, schemas::Place::body, "password");
    password.add_json("missing", "Field required", "null");
    auto form = form_as_sent(specs, {{"username", "x"}, {"password", "secret"}}, issues);
    BOOST_TEST(form.faulty);
    BOOST_TEST(form.fields[0].fault == "Use at most 50 characters.");
    BOOST_TEST(form.fields[0].value == "x");
    BOOST_TEST(form.fields[1].fault == "Please choose a password.");
    BOOST_TEST(form.fields[1].value == "", "a password is not sent back");
    BOOST_TEST(blame(form, Error{Errc::password_too_common}));
    BOOST_TEST(form.fields[1].fault == "Please choose a password.", "the first word stays");
    BOOST_TEST(form.trouble == "");
}

BOOST_AUTO_TEST_CASE(a_failure_is_told_beside_its_field_or_above_the_form) {
    FieldSpec const specs[] = {username_field, email_field};
    auto form = blank_form(specs);
    BOOST_TEST(!blame(form, Error{Errc::busy}));
    BOOST_TEST(!form.faulty);
    BOOST_TEST(blame(form, Error{Errc::email_taken}));
    BOOST_TEST(form.fields[0].fault == "");
    BOOST_TEST(form.fields[1].fault == "There is an account with this address already.");
    BOOST_TEST(blame(form, Error{Errc::bad_credentials}));
    BOOST_TEST(form.trouble != "");
}

BOOST_AUTO_TEST_CASE(devices_have_names_that_people_use) {
    BOOST_TEST(
        device_name("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0") ==
        "Firefox on Linux");
    BOOST_TEST(
        device_name("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like "
                    "Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0") == "Edge on Windows");
    BOOST_TEST(
        device_name("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
                    "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1") ==
        "Safari on iPhone");
    BOOST_TEST(device_name("curl/7.88.1") == "curl");
    BOOST_TEST(device_name("") == "Unknown program");
}

BOOST_AUTO_TEST_SUITE_END()
