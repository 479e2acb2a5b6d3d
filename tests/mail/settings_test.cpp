#include "mail/settings.hpp"

#include "support/temp_dir.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <vector>

using namespace blog;
using namespace blog::mail;
namespace data = boost::unit_test::data;

namespace {

using Words = std::vector<std::string>;

std::optional<MailSettings> settings_of(Words const& words) {
    std::vector<char const*> args;
    for (auto const& word : words)
        args.push_back(word.c_str());
    return mail_settings(Config::load(args, nullptr));
}

std::string error_of(Words const& words) {
    try {
        settings_of(words);
    } catch (ConfigError const& e) {
        return e.what();
    }
    return "accepted";
}

Words const good{"--base-url=https://b.example.org", "--smtp-url=smtp://mail.example.org:587",
                 "--smtp-from=noreply@example.org"};

Words good_with(Words const& more) {
    auto words = good;
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

// Said after the good ones, and so instead of them.
struct Fault {
    Words more;
    char const* message;
};
std::ostream& operator<<(std::ostream& out, Fault const& f) {
    return out << f.message;
}
Fault const faults[] = {
    {{"--smtp-url=http://x"},
     "--smtp-url: it must begin with smtp:// or smtps://; write smtp://mail.example.org:587 or "
     "smtps://mail.example.org:465"},
    {{"--smtp-url=smtp://me:secret@x"},
     "--smtp-url: name and password belong to --smtp-username and --smtp-password-file; write "
     "smtp://mail.example.org:587 or smtps://mail.example.org:465"},
    {{"--smtp-url=smtp://x:y"},
     "--smtp-url: that is no URL; write smtp://mail.example.org:587 or "
     "smtps://mail.example.org:465"},
    {{"--smtp-from=nobody"},
     "--smtp-from: 'nobody' is not accepted; write noreply@example.org, or \"The Blog "
     "<noreply@example.org>\""},
    {{"--smtp-url=smtps://x", "--smtp-tls=off"},
     "--smtp-tls off: smtps:// is TLS from the first byte on; leave --smtp-tls out"},
    {{"--smtp-username=me"}, "--smtp-username and --smtp-password-file belong together"},
    {{"--smtp-username=me", "--smtp-password-file=x", "--smtp-tls=opportunistic"},
     "--smtp-tls opportunistic: a password travels only where TLS is required"},
    {{"--smtp-username=me", "--smtp-password-file=/nonexistent"},
     "--smtp-password-file: cannot read /nonexistent"},
    {{"--smtp-ca-file=/nonexistent"}, "--smtp-ca-file: cannot read /nonexistent"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(settings_of_mail)

BOOST_AUTO_TEST_CASE(no_server_no_settings) {
    BOOST_TEST(!settings_of({}));
}

BOOST_AUTO_TEST_CASE(url_and_sender_are_enough) {
    auto const settings = settings_of(good);
    BOOST_REQUIRE(settings.has_value());
    BOOST_TEST(settings->smtp.url == "smtp://mail.example.org:587");
    BOOST_TEST((settings->smtp.tls == SmtpSettings::Tls::required));
    BOOST_TEST(settings->from.address == "noreply@example.org");
    BOOST_TEST(settings->smtp.username == "");
}

BOOST_DATA_TEST_CASE(a_fault_is_explained, data::make(faults), fault) {
    BOOST_TEST(error_of(good_with(fault.more)) == fault.message);
}

BOOST_AUTO_TEST_CASE(links_need_an_address_and_senders_a_server) {
    BOOST_TEST(error_of({good[1], good[2]}) ==
               "--smtp-url: mails carry links to this site; say --base-url too");
    BOOST_TEST(error_of({good[0], good[2]}) ==
               "--smtp-from: there is no mail server; say --smtp-url too");
}

BOOST_AUTO_TEST_CASE(mails_are_from_the_site_unless_a_name_is_said) {
    Config config;
    config.site_name = "A Blog";
    auto settings = settings_of(good);
    BOOST_TEST(delivery_options(config, settings, "http://127.0.0.1:1").from.name == "A Blog");
    settings->from.name = "Somebody";
    BOOST_TEST(delivery_options(config, settings, "http://127.0.0.1:1").from.name == "Somebody");
}

BOOST_AUTO_TEST_CASE(links_lead_to_the_base_url_or_else_to_where_we_listen) {
    Config config;
    BOOST_TEST(delivery_options(config, {}, "http://127.0.0.1:1").base_url == "http://127.0.0.1:1");
    config.base_url = "https://b.example.org";
    BOOST_TEST(delivery_options(config, {}, "x").base_url == "https://b.example.org");
}

BOOST_AUTO_TEST_CASE(the_password_is_the_one_line_of_its_file) {
    test::TempDir const folder;
    auto const file = folder.file("password");
    auto const words = good_with({"--smtp-username=me", "--smtp-password-file=" + file});
    for (std::string const content : {"p w", "p w\n", "p w\r\n"}) {
        test::write_file(file, content);
        BOOST_TEST(settings_of(words)->smtp.password == "p w");
    }
    for (auto const& content : {std::string(), std::string("\n"), std::string("a\nb"),
                                std::string("a\0b", 3), std::string(2000, 'x')}) {
        test::write_file(file, content);
        BOOST_TEST(error_of(words) == "--smtp-password-file: " + file +
                                          " must hold the password, one line and nothing else");
    }
}

BOOST_AUTO_TEST_SUITE_END()
