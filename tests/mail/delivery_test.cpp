#include "mail/delivery.hpp"

#include "support/manual_clock.hpp"
#include "support/memory_log.hpp"
#include "support/run.hpp"

#include <boost/test/unit_test.hpp>

#include <deque>
#include <stdexcept>
#include <vector>

using namespace blog;
using namespace blog::mail;
using namespace std::chrono_literals;
using Kind = Outcome::Kind;

namespace {

// Remembers what it was told, in words; `broken` makes the next calls fail.
class FakeOutbox final : public db::Outbox {
public:
    Awaitable<Result<void>> request_reset(std::string, SysTime) override { co_return fail(); }
    Awaitable<Result<db::UserId>> find_reset(std::string, SysTime) override { co_return fail(); }
    Awaitable<Result<db::UserId>> use_reset(std::string, std::string, SysTime) override {
        co_return fail();
    }
    Awaitable<Result<void>> sweep_accounts(SysTime, SysTime, SysTime) override { co_return fail(); }

    Awaitable<Result<std::optional<db::DueMail>>> claim_mail(SysTime, SysTime until) override {
        claimed_until = until;
        std::optional<db::DueMail> mail;
        if (!due.empty()) {
            mail = due.front();
            due.pop_front();
        }
        co_return mail;
    }
    Awaitable<Result<void>> put_reset_token(db::NewResetToken token) override {
        if (token_error) co_return Error{*token_error};
        tokens.push_back(token);
        co_return Result<void>();
    }
    Awaitable<Result<void>> finish_mail(db::MailId) override { co_return note("finish"); }
    Awaitable<Result<void>> postpone_mail(db::MailId, SysTime at, std::string why) override {
        postponed_to = at;
        co_return note("postpone: " + why);
    }
    Awaitable<Result<void>> bury_mail(db::MailId, std::string why) override {
        co_return note("bury: " + why);
    }

    std::deque<db::DueMail> due;
    std::vector<db::NewResetToken> tokens;
    std::vector<std::string> notes;
    std::optional<Errc> token_error;
    bool broken = false;
    SysTime claimed_until, postponed_to;

private:
    static Error fail() { return Error{Errc::unavailable}; }
    Result<void> note(std::string what) {
        if (broken) return fail();
        notes.push_back(std::move(what));
        return {};
    }
};

struct FakeSender final : Sender {
    Outcome send(Message const& message) override {
        sent.push_back(message);
        if (throws) throw std::runtime_error("out of order");
        return outcome;
    }
    void stop() noexcept override {}

    Outcome outcome{Kind::delivered};
    bool throws = false;
    std::vector<Message> sent;
};

struct Office {
    bool step() {
        auto const stepped = test::run(delivery.step(outbox));
        return stepped && *stepped;
    }
    void put(int attempts) {
        outbox.due.push_back(
            {db::MailId{7}, db::UserId{17}, "alice", "alice@example.org", attempts});
    }

    FakeOutbox outbox;
    FakeSender sender;
    test::ManualClock clock;
    test::MemoryLog log;
    int made = 0;
    MakeToken make = [this] {
        auto const n = std::to_string(++made);
        return ResetToken{"secret" + n, "hash" + n};
    };
    Delivery::Options options{
        "A Blog", "https://blog.example.org", {"", "noreply@example.org"}, 2h, 8};
    Delivery delivery{options, &sender, make, clock, *log};
};

bool has(std::string const& text, std::string_view part) {
    return text.find(part) != text.npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(deliveries)

BOOST_AUTO_TEST_CASE(nothing_due_nothing_done) {
    Office office;
    BOOST_TEST(!office.step());
    BOOST_TEST(office.sender.sent.empty());
}

BOOST_AUTO_TEST_CASE(a_mail_carries_a_fresh_token_whose_hash_is_stored) {
    Office office;
    office.put(1);
    BOOST_TEST(office.step());
    BOOST_TEST(office.outbox.notes == std::vector<std::string>{"finish"},
               boost::test_tools::per_element());
    BOOST_REQUIRE(office.outbox.tokens.size() == 1u);
    BOOST_TEST(office.outbox.tokens[0].hash == "hash1");
    BOOST_TEST((office.outbox.tokens[0].user == db::UserId{17}));
    BOOST_TEST((office.outbox.tokens[0].expires == office.clock.wall() + 2h));
    BOOST_TEST((office.outbox.claimed_until == office.clock.wall() + 5min));
    BOOST_REQUIRE(office.sender.sent.size() == 1u);
    auto const& mail = office.sender.sent[0];
    BOOST_TEST(mail.to.address == "alice@example.org");
    BOOST_TEST(mail.subject == "Reset Your Password - A Blog");
    BOOST_TEST(has(mail.text, "https://blog.example.org/reset-password?token=secret1\n"));
    BOOST_TEST(has(mail.text, "for 2 hours"));
    BOOST_TEST(!has(office.log.text(), "secret"));
    BOOST_TEST(!has(office.log.text(), "alice"));
}

BOOST_AUTO_TEST_CASE(a_temporary_failure_is_tried_again_later) {
    Office office;
    office.put(2);
    office.sender.outcome = {Kind::temporary, "no route"};
    BOOST_TEST(office.step());
    BOOST_TEST(office.outbox.notes[0] == "postpone: no route");
    auto const wait = office.outbox.postponed_to - office.clock.wall();
    BOOST_TEST((wait >= 96s && wait <= 144s));
    BOOST_TEST(has(office.log.text(), "attempt 2 of 8 failed: no route"));
    BOOST_TEST(!has(office.log.text(), "alice"));
}

BOOST_AUTO_TEST_CASE(the_last_temporary_failure_makes_a_dead_letter) {
    Office office;
    office.put(8);
    office.sender.outcome = {Kind::temporary, "no route"};
    BOOST_TEST(office.step());
    BOOST_TEST(office.outbox.notes[0] == "bury: no route");
}

BOOST_AUTO_TEST_CASE(a_permanent_failure_makes_one_at_once) {
    Office office;
    office.put(1);
    office.sender.outcome = {Kind::permanent, "refused (550)"};
    BOOST_TEST(office.step());
    BOOST_TEST(office.outbox.notes[0] == "bury: refused (550)");
    BOOST_TEST(has(office.log.text(), "given up"));
}

BOOST_AUTO_TEST_CASE(a_mail_that_ended_its_process_every_time_is_not_tried_for_ever) {
    Office office;
    office.put(9);
    BOOST_TEST(office.step());
    BOOST_TEST(office.sender.sent.empty());
    BOOST_TEST(office.outbox.notes[0] == "bury: its sending never came to an end");
}

BOOST_AUTO_TEST_CASE(a_stop_is_no_failure) {
    Office office;
    office.put(8);
    office.sender.outcome = {Kind::stopped, "stopping"};
    BOOST_TEST(office.step());
    BOOST_TEST(office.outbox.notes[0] == "postpone: stopping");
    BOOST_TEST((office.outbox.postponed_to == office.clock.wall()));
}

BOOST_AUTO_TEST_CASE(a_sender_that_throws_is_a_temporary_failure) {
    Office office;
    office.put(1);
    office.sender.throws = true;
    BOOST_TEST(office.step());
    BOOST_TEST(office.outbox.notes[0] == "postpone: out of order");
}

BOOST_AUTO_TEST_CASE(whoever_is_gone_gets_no_mail) {
    Office office;
    office.put(1);
    office.outbox.token_error = Errc::user_not_found;
    BOOST_TEST(office.step());
    BOOST_TEST(office.sender.sent.empty());
    BOOST_TEST(office.outbox.notes[0] == "finish");
}

BOOST_AUTO_TEST_CASE(without_a_stored_token_no_mail_leaves) {
    Office office;
    office.put(1);
    office.outbox.token_error = Errc::unavailable;
    BOOST_TEST(!office.step());
    BOOST_TEST(office.sender.sent.empty());
    BOOST_TEST(office.outbox.notes.empty());
    office.outbox.token_error.reset();
    BOOST_TEST(!office.step());
    BOOST_TEST(office.outbox.notes[0] == "postpone: the database did not take the token");
}

// The database goes away while a mail is sent: it is not sent a second time when it is back.
BOOST_AUTO_TEST_CASE(what_could_not_be_stored_is_stored_later) {
    Office office;
    office.put(1);
    office.outbox.broken = true;
    BOOST_TEST(!office.step());
    BOOST_TEST(!office.step());
    BOOST_TEST(office.outbox.notes.empty());
    office.outbox.broken = false;
    BOOST_TEST(!office.step());
    BOOST_TEST(office.outbox.notes[0] == "finish");
    BOOST_TEST(office.sender.sent.size() == 1u);
}

BOOST_AUTO_TEST_CASE(without_a_mail_server_the_link_goes_to_the_log) {
    Office office;
    Delivery delivery(office.options, nullptr, office.make, office.clock, *office.log);
    office.put(1);
    auto const stepped = test::run(delivery.step(office.outbox));
    BOOST_TEST((stepped && *stepped));
    BOOST_TEST(office.outbox.notes[0] == "finish");
    BOOST_TEST(has(office.log.text(),
                   "password reset link for user 17: "
                   "https://blog.example.org/reset-password?token=secret1"));
    BOOST_TEST(!has(office.log.text(), "alice"));
}

BOOST_AUTO_TEST_CASE(the_waits_grow_to_an_hour) {
    BOOST_TEST((back_off(1, 0.5) == 30s));
    BOOST_TEST((back_off(2, 0.5) == 2min));
    BOOST_TEST((back_off(3, 0.5) == 10min));
    BOOST_TEST((back_off(4, 0.5) == 30min));
    BOOST_TEST((back_off(5, 0.5) == 1h));
    BOOST_TEST((back_off(100, 0.5) == 1h));
    BOOST_TEST((back_off(0, 0.5) == 30s));
    BOOST_TEST((back_off(1, 0) == 24s));
    BOOST_TEST((back_off(5, 1) == 72min));
}

BOOST_AUTO_TEST_SUITE_END()
