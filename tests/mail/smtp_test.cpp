#include "mail/smtp.hpp"

#include "mail/reset_mail.hpp"
#include "smtp_server.hpp"
#include "support/manual_clock.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <thread>

using namespace blog;
using namespace blog::mail;
using namespace std::chrono_literals;
using test::SmtpServer;
using Kind = Outcome::Kind;
using Tls = SmtpSettings::Tls;
namespace data = boost::unit_test::data;

namespace {

std::string const secret = "p4ss:w\"rd\\ü";

Message mail_to(std::string address, std::string name = "Jürgen") {
    ResetMail mail;
    mail.site_name = "Blog für alle";
    mail.from = {"The Blog", "noreply@example.org"};
    mail.to = {std::move(name), std::move(address)};
    mail.link = reset_link("https://blog.example.org", std::string(43, 'x'));
    mail.lifetime = 1h;
    mail.date = test::ManualClock::start;
    return reset_mail(mail);
}

SmtpSettings to(std::string url, Tls tls = Tls::off) {
    SmtpSettings settings;
    settings.url = std::move(url);
    settings.tls = tls;
    settings.connect_timeout = settings.timeout = 5s;
    return settings;
}

SmtpSettings encrypted(SmtpServer const& server, std::string const& scheme = "smtp") {
    auto settings = to(server.url(scheme), Tls::required);
    settings.ca_file = server.ca_file();
    return settings;
}

Outcome send(SmtpSettings settings, std::string address = "alice@example.org") {
    return Smtp(std::move(settings)).send(mail_to(std::move(address)));
}

bool has(std::string const& text, std::string_view part) {
    return text.find(part) != text.npos;
}

// It did not arrive, for a reason that tells no secret and no address.
void check_failure(Outcome const& outcome, Kind kind, std::string_view why) {
    BOOST_TEST(static_cast<int>(outcome.kind) == static_cast<int>(kind));
    BOOST_TEST_CONTEXT(outcome.reason) {
        BOOST_TEST(has(outcome.reason, why));
        BOOST_TEST(!has(outcome.reason, "alice"));
        BOOST_TEST(!has(outcome.reason, "p4ss"));
        BOOST_TEST(!has(outcome.reason, "\n"));
    }
}

#define CHECK_DELIVERED(outcome)                                     \
    do {                                                             \
        auto const result = (outcome);                               \
        BOOST_TEST((result.kind == Kind::delivered), result.reason); \
    } while (false)

}  // namespace

BOOST_AUTO_TEST_SUITE(smtp)

BOOST_AUTO_TEST_CASE(a_mail_arrives_as_text_and_html) {
    SmtpServer const server;
    CHECK_DELIVERED(send(to(server.url())));
    BOOST_REQUIRE(server.mails().size() == 1u);
    auto const mail = server.mails()[0];
    BOOST_TEST_CONTEXT(mail) {
        BOOST_TEST(has(mail, "From: \"The Blog\"\r\n <noreply@example.org>\r\n"));
        BOOST_TEST(has(mail, "To: =?UTF-8?B?SsO8cmdlbg==?=\r\n <alice@example.org>\r\n"));
        BOOST_TEST(has(mail, "Date: Mon, 08 Jun 2026 12:00:00 +0000\r\n"));
        BOOST_TEST(has(mail, "Auto-Submitted: auto-generated\r\n"));
        BOOST_TEST(has(mail, "Content-Type: multipart/alternative; boundary="));
        BOOST_TEST(has(mail, "Content-Type: text/plain; charset=utf-8\r\n"));
        BOOST_TEST(has(mail, "Content-Type: text/html; charset=utf-8\r\n"));
        BOOST_TEST(mail.find("text/plain") < mail.find("text/html"));
        BOOST_TEST(has(mail, "Hi J=C3=BCrgen,\r\n"));
        BOOST_TEST(!has(mail, "Content-Disposition"));
    }
}

BOOST_AUTO_TEST_CASE(starttls_with_a_certificate_that_holds) {
    SmtpServer const server{"--tls", "starttls"};
    CHECK_DELIVERED(send(encrypted(server)));
}

BOOST_AUTO_TEST_CASE(starttls_with_one_that_does_not) {
    SmtpServer const server{"--tls", "starttls"};
    check_failure(send(to(server.url(), Tls::required)), Kind::temporary, "certificate");
    auto settings = encrypted(server);
    settings.url.replace(settings.url.find("127.0.0.1"), 9, "localhost");
    check_failure(send(settings), Kind::temporary, "name");
    BOOST_TEST(server.mails().empty());
}

BOOST_AUTO_TEST_CASE(opportunistic_takes_what_there_is) {
    SmtpServer const server{"--tls", "starttls"}, plain;
    CHECK_DELIVERED(send(to(server.url(), Tls::opportunistic)));
    CHECK_DELIVERED(send(to(plain.url(), Tls::opportunistic)));
}

BOOST_AUTO_TEST_CASE(without_starttls_nothing_is_sent_where_it_is_required) {
    SmtpServer const server;
    check_failure(send(to(server.url(), Tls::required)), Kind::temporary, "TLS");
    BOOST_TEST(server.mails().empty());
}

BOOST_AUTO_TEST_CASE(tls_from_the_first_byte) {
    SmtpServer const server{"--tls", "implicit"};
    CHECK_DELIVERED(send(encrypted(server, "smtps")));
    check_failure(send(to(server.url("smtps"), Tls::required)), Kind::temporary, "certificate");
    BOOST_TEST(server.mails().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_login_that_is_right_and_one_that_is_not) {
    for (std::string const mechanism : {"PLAIN", "LOGIN"}) {
        SmtpServer const server{"--tls",          "starttls",    "--login",
                                "blog:" + secret, "--mechanism", mechanism};
        auto settings = encrypted(server);
        check_failure(send(settings), Kind::temporary, "the sender (530)");
        settings.username = "blog";
        settings.password = secret + "?";
        check_failure(send(settings), Kind::temporary, "user name and password (535)");
        settings.password = secret;
        CHECK_DELIVERED(send(settings));
        BOOST_TEST(server.mails().size() == 1u);
    }
}

namespace {
struct Refusal {
    char const* answer;
    Kind kind;
    char const* why;
};
std::ostream& operator<<(std::ostream& out, Refusal const& r) {
    return out << r.answer;
}
Refusal const refusals[] = {
    {"CONNECT=554 no service", Kind::temporary, "refused us (554)"},
    {"CONNECT=421 too busy", Kind::temporary, "refused us (421)"},
    {"MAIL=550 not you", Kind::temporary, "refused the sender (550)"},
    {"RCPT=550 5.1.1 alice@example.org: unknown", Kind::permanent, "the recipient (550)"},
    {"RCPT=450 4.2.0 greylisted", Kind::temporary, "refused the recipient (450)"},
    {"RCPT=530 log in first", Kind::temporary, "refused the recipient (530)"},
    {"DATA=554 no", Kind::permanent, "refused the mail (554)"},
    {"BODY=554 alice gets no spam", Kind::permanent, "refused the mail (554)"},
    {"BODY=451 disk full", Kind::temporary, "refused the mail (451)"},
};
}  // namespace

BOOST_DATA_TEST_CASE(what_is_refused_where, data::make(refusals), refusal) {
    SmtpServer const server{"--answer", refusal.answer};
    check_failure(send(to(server.url())), refusal.kind, refusal.why);
    BOOST_TEST(server.mails().empty());
}

BOOST_AUTO_TEST_CASE(a_connection_that_breaks_is_tried_again) {
    for (std::string const place : {"CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "BODY"}) {
        SmtpServer const server{"--dies-at", place};
        check_failure(send(to(server.url())), Kind::temporary, "the mail server: ");
        BOOST_TEST(server.mails().empty(), place);
    }
}

BOOST_AUTO_TEST_CASE(nobody_is_there) {
    std::string url;
    {
        SmtpServer const server;
        url = server.url();
    }
    check_failure(send(to(url)), Kind::temporary, "connect");
    check_failure(send(to("smtp://no-such-host.invalid:25")), Kind::temporary, "resolve");
}

BOOST_AUTO_TEST_CASE(a_server_that_is_silent_is_left) {
    for (std::string const place : {"CONNECT", "RCPT", "BODY"}) {
        SmtpServer const server{"--silent-at", place};
        auto settings = to(server.url());
        settings.timeout = settings.connect_timeout = 1s;
        auto const began = std::chrono::steady_clock::now();
        check_failure(send(settings), Kind::temporary, "time");
        BOOST_TEST((std::chrono::steady_clock::now() - began < 4s));
    }
}

BOOST_AUTO_TEST_CASE(a_server_that_is_slow_gets_its_time) {
    SmtpServer const server{"--delay", "0.3"};
    CHECK_DELIVERED(send(to(server.url())));
}

BOOST_AUTO_TEST_CASE(nobody_waits_long_for_a_farewell) {
    SmtpServer const server{"--silent-at", "QUIT"};
    auto settings = to(server.url());
    settings.timeout = 60s;
    auto const began = std::chrono::steady_clock::now();
    CHECK_DELIVERED(send(settings));
    BOOST_TEST((std::chrono::steady_clock::now() - began < 5s));
}

BOOST_AUTO_TEST_CASE(a_stop_ends_what_is_on_its_way) {
    for (std::string const place : {"CONNECT", "RCPT", "BODY"}) {
        SmtpServer const server{"--silent-at", place};
        auto settings = to(server.url());
        settings.timeout = settings.connect_timeout = 60s;
        Smtp smtp(settings);
        auto const began = std::chrono::steady_clock::now();
        std::thread stopper([&] {
            std::this_thread::sleep_for(300ms);
            smtp.stop();
        });
        check_failure(smtp.send(mail_to("alice@example.org")), Kind::stopped, "stopping");
        stopper.join();
        BOOST_TEST((std::chrono::steady_clock::now() - began < 4s));
        check_failure(smtp.send(mail_to("alice@example.org")), Kind::stopped, "stopping");
    }
}

BOOST_AUTO_TEST_CASE(addresses_of_other_alphabets) {
    SmtpServer const server, old{"--no-smtputf8"};
    CHECK_DELIVERED(send(to(old.url()), "alice@bücher.com"));
    BOOST_TEST(has(old.mails()[0], "<alice@xn--bcher-kva.com>"));
    CHECK_DELIVERED(send(to(server.url()), "ålice@bücher.com"));
    BOOST_TEST(has(server.mails()[0], "<ålice@xn--bcher-kva.com>"));
    check_failure(send(to(old.url()), "ålice@bücher.com"), Kind::permanent, "the recipient");
}

BOOST_AUTO_TEST_CASE(what_is_no_address_is_never_sent) {
    SmtpServer const server;
    check_failure(send(to(server.url()), "alice@example.org>\r\nRCPT TO:<bob@example.org"),
                  Kind::permanent, "address");
    BOOST_TEST(server.mails().empty());
}

BOOST_AUTO_TEST_SUITE_END()
