#include "net/worker.hpp"

#include "net/connection.hpp"
#include "net/listener.hpp"
#include "net/loop.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <exception>
#include <string>

namespace blog::net {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::chrono::milliseconds tick_time{1000};
constexpr std::chrono::milliseconds drain_tick_time{50};
// After connections were cut, for their coroutines to end by themselves.
constexpr std::chrono::milliseconds cut_time{500};

// With a shutdown that can be called while the objects that live on the loop still exist.
class Context : public asio::io_context {
public:
    Context() : asio::io_context(1) {}  // one thread
    using asio::execution_context::shutdown;
};

}  // namespace

struct Worker::Impl {
    Impl(Shared const&, std::vector<UniqueFd>, MakeService const&);
    // Destroys all coroutines while what they use is still there.
    ~Impl() {
        loop.abandon_waits();
        context.shutdown();
    }

    void tick_later();
    void tick();
    void start_drain();
    void check_drain();

    Clock const& clock;
    Context context;
    std::unique_ptr<Service> service;
    Loop loop;
    std::vector<std::unique_ptr<Listener>> listeners;
    asio::steady_timer timer;
    Steady::time_point drain_end;
    bool was_cut = false;
};

Worker::Impl::Impl(Shared const& shared, std::vector<UniqueFd> sockets, MakeService const& make)
    : clock(shared.clock),
      service(make(context)),
      loop(context, shared.limits, shared.proxies, shared.log, *service),
      timer(context) {
    for (auto& socket : sockets)
        listeners.push_back(std::make_unique<Listener>(std::move(socket), loop));
}

void Worker::Impl::tick_later() {
    timer.expires_after(loop.draining ? drain_tick_time : tick_time);
    timer.async_wait([this](boost::system::error_code ec) {
        if (!ec) tick();
    });
}

void Worker::Impl::tick() {
    loop.date.refresh(clock.wall());
    auto const now = Steady::now().time_since_epoch();
    loop.deadlines.tick(std::chrono::floor<std::chrono::seconds>(now));
    for (auto& listener : listeners)
        listener->resume();
    if (loop.draining) check_drain();
    tick_later();
}

void Worker::Impl::start_drain() {
    if (loop.draining) return;
    loop.draining = true;
    drain_end = Steady::now() + loop.limits.drain_time;
    for (auto& listener : listeners)
        listener->close();
    close_idle(loop);
    tick_later();
}

void Worker::Impl::check_drain() {
    if (loop.channels.empty()) return context.stop();
    auto const now = Steady::now();
    if (now < drain_end) return;
    was_cut = cut_all(loop) || was_cut;
    if (now > drain_end + cut_time) context.stop();  // those are inside the service
}

Worker::Worker(Shared const& shared, std::vector<UniqueFd> listening, MakeService const& make)
    : impl_(std::make_unique<Impl>(shared, std::move(listening), make)) {}

Worker::~Worker() = default;

void Worker::run() noexcept {
    auto const complain = [&](std::string_view what) { impl_->loop.log.error(what); };
    for (;;) {
        try {
            impl_->tick();
            impl_->context.run();
            return;
        } catch (std::exception const& e) {
            complain(e.what());
        } catch (...) {
            complain("an unknown exception reached the loop");
        }
    }
}

void Worker::begin_drain() noexcept {
    try {
        asio::post(impl_->context, [impl = impl_.get()] { impl->start_drain(); });
    } catch (std::exception const& e) {
        impl_->loop.log.error(e.what());
    }
}

bool Worker::was_cut() const noexcept {
    return impl_->was_cut;
}

std::size_t Worker::connections() const noexcept {
    return impl_->loop.open.load(std::memory_order_relaxed);
}

Service& Worker::service() noexcept {
    return *impl_->service;
}

asio::io_context& Worker::loop() noexcept {
    return impl_->context;
}

}  // namespace blog::net
