#include "mail/postman.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <exception>
#include <string>
#include <thread>
#include <utility>

namespace blog::mail {
namespace {

constexpr std::chrono::seconds look_every{15};
constexpr std::chrono::hours sweep_every{1};
// After stop(), for the database to take what became of the last mail.
constexpr std::chrono::seconds settle_max{3};

// With a shutdown that can be called while what the coroutines use is still there.
class Context : public asio::io_context {
public:
    Context() : asio::io_context(1) {}
    using asio::execution_context::shutdown;
};

}  // namespace

struct Postman::Impl {
    Impl(Options options, std::unique_ptr<Sender> by, MakeToken make_token, db::Store& store,
         Clock const& time, Log& to)
        : login_idle(options.login_idle),
          clock(time),
          log(to),
          sender(std::move(by)),
          delivery(std::move(options.delivery), sender.get(), std::move(make_token), clock, log),
          sessions(store.open_sessions(context.get_executor())) {}
    ~Impl() { context.shutdown(); }

    void run() noexcept;
    Awaitable<void> work();
    Awaitable<bool> round();
    Awaitable<Result<void>> sweep(db::Outbox& outbox);
    void report(std::string const& failure);

    std::chrono::milliseconds const login_idle;
    Clock const& clock;
    Log& log;
    std::unique_ptr<Sender> const sender;
    Delivery delivery;
    Context context;
    std::unique_ptr<db::SessionPool> const sessions;
    asio::steady_timer pause{context}, limit{context};
    std::atomic<bool> stopping{false};
    // The loop's thread only.
    std::chrono::steady_clock::time_point next_sweep{};
    bool nudged = false;
    bool failing = false;  // it is said once
    std::thread thread;
};

void Postman::Impl::run() noexcept {
    for (;;) {
        try {
            asio::co_spawn(context, work(), [this](std::exception_ptr failure) {
                if (failure) std::rethrow_exception(failure);
                context.stop();
            });
            context.run();
            return;
        } catch (std::exception const& e) {
            log.error(std::string("mail: ") + e.what());
        } catch (...) {
            log.error("mail: an unknown exception reached the loop");
        }
    }
}

// Runs until stop().
Awaitable<void> Postman::Impl::work() {
    while (!stopping) {
        nudged = false;
        bool const more = co_await round();
        if (more || nudged || stopping) continue;
        sessions->rest();
        pause.expires_after(look_every);
        co_await pause.async_wait(no_throw);
    }
}

// One mail. True: there may be more.
Awaitable<bool> Postman::Impl::round() {
    bool more = false;
    std::string failure;
    try {
        auto lease = co_await sessions->acquire();
        if (lease) {
            db::Outbox& outbox = **lease;
            auto const swept = co_await sweep(outbox);
            auto const sent = co_await delivery.step(outbox);
            if (sent) more = *sent;
            if (!swept || !sent) failure = "the database did not answer, or was too busy";
        } else {
            failure = "the database is too busy";
        }
    } catch (std::exception const& e) {
        failure = e.what();
    }
    report(failure);
    co_return more;
}

Awaitable<Result<void>> Postman::Impl::sweep(db::Outbox& outbox) {
    auto const steady = std::chrono::steady_clock::now();
    if (steady < next_sweep) co_return Result<void>();
    auto const now = clock.wall();
    auto const swept =
        co_await outbox.sweep_accounts(now, now - login_idle, now - dead_letters_kept);
    if (swept) next_sweep = steady + sweep_every;
    co_return swept;
}

void Postman::Impl::report(std::string const& failure) {
    if (failing == !failure.empty()) return;
    failing = !failing;
    if (failing)
        log.warning("mail: waiting for the database: " + failure);
    else
        log.info("mail: the database answers again");
}

Postman::Postman(Options options, std::unique_ptr<Sender> sender, MakeToken make_token,
                 db::Store& store, Clock const& clock, Log& log)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(sender), std::move(make_token),
                                   store, clock, log)) {
    impl_->thread = std::thread([impl = impl_.get()] { impl->run(); });
}

Postman::~Postman() {
    stop();
}

void Postman::nudge() noexcept {
    try {
        asio::post(impl_->context, [impl = impl_.get()] {
            impl->nudged = true;
            impl->pause.cancel();
        });
    } catch (std::exception const& e) {
        impl_->log.warning(std::string("mail: ") + e.what());  // it looks by itself soon
    }
}

void Postman::stop() noexcept {
    if (!impl_->thread.joinable()) return;
    impl_->stopping = true;
    if (impl_->sender) impl_->sender->stop();
    try {
        asio::post(impl_->context, [impl = impl_.get()] {
            impl->pause.cancel();
            impl->limit.expires_after(settle_max);
            impl->limit.async_wait([impl](boost::system::error_code ec) {
                if (!ec) impl->context.stop();
            });
        });
    } catch (std::exception const&) {
        impl_->context.stop();
    }
    impl_->thread.join();
}

}  // namespace blog::mail
