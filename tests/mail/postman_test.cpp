#include "mail/postman.hpp"

#include "db/open_store.hpp"
#include "mail/smtp.hpp"
#include "smtp_server.hpp"
#include "support/manual_clock.hpp"
#include "support/memory_log.hpp"
#include "support/run.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

using namespace blog;
using namespace blog::mail;
using namespace std::chrono_literals;
using test::SmtpServer;

namespace {

// What several senders have sent, by recipient.
class Mailboxes {
public:
    void put(std::string const& address) {
        std::lock_guard const lock(mutex_);
        ++mails_[address];
        ++count_;
        news_.notify_all();
    }
    bool wait_for(int count) {
        std::unique_lock lock(mutex_);
        return news_.wait_for(lock, 10s, [&] { return count_ >= count; });
    }
    // How many mails the one with the most of them got.
    int most() {
        std::lock_guard const lock(mutex_);
        int most = 0;
        for (auto const& [address, count] : mails_)
            most = std::max(most, count);
        return most;
    }

private:
    std::mutex mutex_;
    std::condition_variable news_;
    std::map<std::string, int> mails_;
    int count_ = 0;
};

class FakeSender final : public Sender {
public:
    explicit FakeSender(Mailboxes& boxes) : boxes_(boxes) {}
    Outcome send(Message const& message) override {
        boxes_.put(message.to.address);
        return {Outcome::Kind::delivered};
    }
    void stop() noexcept override {}

private:
    Mailboxes& boxes_;
};

class Site {
public:
    Site() {
        db::StoreOptions options;
        options.path = ":memory:";
        store = db::open_store(options, clock, *log, generations);
        sessions_ = store->open_sessions(loop_.get_executor());
    }
    ~Site() {
        sessions_.reset();
        store->close();
    }
    void forget_password(std::string const& name) {
        auto lease = std::move(*test::run(loop_, sessions_->acquire()));
        db::NewUser user{name, name + "@example.org", "hash"};
        BOOST_REQUIRE(static_cast<bool>(test::run(loop_, lease->create_user(user))));
        BOOST_REQUIRE(
            static_cast<bool>(test::run(loop_, lease->request_reset(user.email, clock.wall()))));
    }
    void log_in(std::string const& name) {
        auto lease = std::move(*test::run(loop_, sessions_->acquire()));
        db::NewUser user{name, name + "@example.org", "hash"};
        auto const created = test::run(loop_, lease->create_user(user));
        BOOST_REQUIRE(static_cast<bool>(created));
        user_ = created->id;
        db::NewLogin login;
        login.user = user_;
        login.token_hash = name;
        login.password_hash = "hash";
        login.created = clock.wall();
        login.expires = clock.wall() + 30 * 24h;
        BOOST_REQUIRE(static_cast<bool>(test::run(loop_, lease->open_login(login))));
    }
    // Swept or not, whether or not it would still be accepted.
    std::size_t logins() {
        auto lease = std::move(*test::run(loop_, sessions_->acquire()));
        return test::run(loop_, lease->list_logins(user_, SysTime{}, SysTime{}))->size();
    }
    bool takes_token(std::string const& hash) {
        auto lease = std::move(*test::run(loop_, sessions_->acquire()));
        return static_cast<bool>(test::run(loop_, lease->find_reset(hash, clock.wall())));
    }
    bool has_mail_due(SysTime now) {
        auto lease = std::move(*test::run(loop_, sessions_->acquire()));
        auto const claimed = test::run(loop_, lease->claim_mail(now, now + 1h));
        return claimed && *claimed;
    }
    std::unique_ptr<Postman> postman(std::unique_ptr<Sender> sender) {
        Postman::Options options{.delivery = {}, .login_idle = 14 * 24h};
        options.delivery.site_name = "A Blog";
        options.delivery.base_url = "https://blog.example.org";
        options.delivery.from = {"", "noreply@example.org"};
        auto const make = [this] {
            auto const n = std::to_string(++tokens);
            return ResetToken{"secret" + n, "hash" + n};
        };
        return std::make_unique<Postman>(options, std::move(sender), make, *store, clock, *log);
    }

    test::ManualClock clock;
    test::MemoryLog log;
    Generations generations;
    std::unique_ptr<db::Store> store;
    std::atomic<int> tokens{0};

private:
    db::UserId user_{};
    asio::io_context loop_{1};
    std::unique_ptr<db::SessionPool> sessions_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(postmen)

BOOST_AUTO_TEST_CASE(a_mail_that_waits_is_sent_at_the_start) {
    Site site;
    Mailboxes boxes;
    site.forget_password("alice");
    auto const postman = site.postman(std::make_unique<FakeSender>(boxes));
    BOOST_TEST(boxes.wait_for(1));
    postman->stop();
    BOOST_TEST(site.takes_token("hash1"));
    BOOST_TEST(!site.has_mail_due(site.clock.wall() + 24h));
}

BOOST_AUTO_TEST_CASE(a_nudge_sends_a_new_one_at_once) {
    Site site;
    Mailboxes boxes;
    auto const postman = site.postman(std::make_unique<FakeSender>(boxes));
    std::this_thread::sleep_for(200ms);
    site.forget_password("alice");
    postman->nudge();
    BOOST_TEST(boxes.wait_for(1));
}

BOOST_AUTO_TEST_CASE(several_postmen_send_each_mail_once) {
    constexpr int mails = 40;
    Site site;
    Mailboxes boxes;
    for (int i = 0; i < mails; ++i)
        site.forget_password("user" + std::to_string(i));
    std::vector<std::unique_ptr<Postman>> postmen;
    for (int i = 0; i < 3; ++i)
        postmen.push_back(site.postman(std::make_unique<FakeSender>(boxes)));
    BOOST_TEST(boxes.wait_for(mails));
    for (auto const& postman : postmen)
        postman->stop();
    BOOST_TEST(boxes.most() == 1);
}

BOOST_AUTO_TEST_CASE(a_start_sweeps_the_logins_that_nobody_uses) {
    Site site;
    Mailboxes boxes;
    site.log_in("alice");
    site.clock.advance(14 * 24h - 1min);
    auto postman = site.postman(std::make_unique<FakeSender>(boxes));
    std::this_thread::sleep_for(100ms);
    postman->stop();
    BOOST_TEST(site.logins() == 1);
    site.clock.advance(2min);
    postman = site.postman(std::make_unique<FakeSender>(boxes));
    for (int tries = 0; tries < 500 && site.logins() != 0; ++tries)
        std::this_thread::sleep_for(10ms);
    BOOST_TEST(site.logins() == 0);
}

BOOST_AUTO_TEST_CASE(a_stop_is_quick_and_leaves_the_mail_to_others) {
    Site site;
    SmtpServer const server{"--silent-at", "RCPT"};
    site.forget_password("alice");
    SmtpSettings settings;
    settings.url = server.url();
    settings.tls = SmtpSettings::Tls::off;
    auto const postman = site.postman(std::make_unique<Smtp>(settings));
    std::this_thread::sleep_for(500ms);
    BOOST_TEST(!site.has_mail_due(site.clock.wall()));
    auto const began = std::chrono::steady_clock::now();
    postman->stop();
    BOOST_TEST((std::chrono::steady_clock::now() - began < 4s));
    BOOST_TEST(site.has_mail_due(site.clock.wall()));
}

BOOST_AUTO_TEST_CASE(without_a_mail_server_the_link_is_in_the_log) {
    Site site;
    site.forget_password("alice");
    auto postman = site.postman(nullptr);
    while (site.tokens == 0)
        std::this_thread::sleep_for(10ms);
    std::this_thread::sleep_for(100ms);
    postman.reset();
    BOOST_TEST(site.takes_token("hash1"));
    BOOST_TEST(!site.has_mail_due(site.clock.wall() + 24h));
}

BOOST_AUTO_TEST_SUITE_END()
