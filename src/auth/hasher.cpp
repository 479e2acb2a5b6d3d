#include "auth/hasher.hpp"

#include "assert.hpp"
#include "auth/loop_gate.hpp"
#include "auth/token.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <memory>
#include <new>
#include <optional>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>
#include <utility>

namespace blog::auth {

// One piece of work. Shared by the coroutine that waits for it, which may die with its loop, and
// the thread that does it.
struct Hasher::Job {
    Job(asio::any_io_executor const& executor, Work w) : loop(executor), work(std::move(w)) {}

    LoopGate const loop;
    // The thread's until it has posted the answer.
    Work work;
    std::optional<Result<Outcome>> outcome;
    // The loop's.
    asio::steady_timer* wake = nullptr;  // null: nobody waits
    bool answered = false;
};

namespace {

// Readers come first: 10,000 log ins at once must not slow a page down.
void give_way() noexcept {
    pthread_setname_np(pthread_self(), "blogd-hash");
    // Linux counts niceness by thread. At most 19 is meant by more.
    auto const self = static_cast<id_t>(gettid());
    setpriority(PRIO_PROCESS, self, getpriority(PRIO_PROCESS, self) + 10);
}

}  // namespace

// Says for as long as it lives that the frame with the timer does.
class Hasher::Waiting {
public:
    Waiting(Job& job, asio::steady_timer& wake) noexcept : job_(job) { job_.wake = &wake; }
    Waiting(Waiting const&) = delete;
    Waiting& operator=(Waiting const&) = delete;
    ~Waiting() { job_.wake = nullptr; }

private:
    Job& job_;
};

Hasher::Hasher(Options options)
    : options_(options), nobody_(hash_password(random_name(), options.cost)) {
    BLOG_ASSERT(options.threads >= 1);
    threads_.reserve(options.threads);
    try {
        for (unsigned i = 0; i < options.threads; ++i)
            threads_.emplace_back([this] { work_until_stopped(); });
    } catch (...) {
        stop();
        throw;
    }
}

Awaitable<Result<std::string>> Hasher::hash(std::string password) {
    return make(Work{Kind::hash, Secret(password), {}});
}

Awaitable<Result<Hasher::Verified>> Hasher::verify(std::string password, std::string phc) {
    return check(Work{Kind::verify, Secret(password), std::move(phc)});
}

Awaitable<Result<std::string>> Hasher::make(Work work) {
    auto outcome = co_await run(std::move(work));
    if (!outcome) co_return outcome.error();
    co_return std::move(outcome->phc);
}

Awaitable<Result<Hasher::Verified>> Hasher::check(Work work) {
    auto const outcome = co_await run(std::move(work));
    if (!outcome) co_return outcome.error();
    co_return outcome->verified;
}

Awaitable<Result<Hasher::Outcome>> Hasher::run(Work work) {
    auto const loop = co_await asio::this_coro::executor;
    auto const job = std::make_shared<Job>(loop, std::move(work));
    asio::steady_timer wake(loop, asio::steady_timer::time_point::max());
    Waiting const waiting(*job, wake);
    if (auto accepted = push(job); !accepted) co_return accepted.error();
    bool const throws = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);
    while (!job->answered)
        co_await wake.async_wait(no_throw);
    co_await asio::this_coro::throw_if_cancelled(throws);
    co_return std::move(*job->outcome);
}

Result<void> Hasher::push(JobPtr job) {
    std::lock_guard const lock(mutex_);
    if (stopping_) return Error{Errc::unavailable};
    if (queue_.size() + working_ >= options_.queue_max + options_.threads) {
        ++refused_;
        return Error{Errc::busy};
    }
    queue_.push_back(std::move(job));
    wake_.notify_one();
    return {};
}

void Hasher::stop() noexcept {
    std::deque<JobPtr> left;
    {
        std::lock_guard const lock(mutex_);
        stopping_ = true;
        left.swap(queue_);
    }
    wake_.notify_all();
    for (auto const& job : left)
        answer(job, Error{Errc::unavailable});
    for (auto& thread : threads_)
        if (thread.joinable()) thread.join();
}

std::size_t Hasher::waiting() const {
    std::lock_guard const lock(mutex_);
    return queue_.size();
}

void Hasher::work_until_stopped() noexcept {
    give_way();
    std::unique_lock lock(mutex_);
    for (;;) {
        wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
        if (stopping_) return;
        JobPtr const job = std::move(queue_.front());
        queue_.pop_front();
        ++working_;
        lock.unlock();
        if (job->loop.open()) {
            Work const work = std::move(job->work);  // dies, wiped, before the answer is used
            auto outcome = carry_out(work);
            ++done_;
            answer(job, std::move(outcome));
        }
        lock.lock();
        --working_;
    }
}

Result<Hasher::Outcome> Hasher::carry_out(Work const& work) const noexcept {
    try {
        auto const password = work.password.view();
        Outcome outcome;
        if (work.kind == Kind::hash) {
            outcome.phc = hash_password(password, options_.cost);
            return outcome;
        }
        bool const known = is_password_hash(work.phc);
        bool const matches = verify_password(password, known ? work.phc : nobody_);
        outcome.verified.matches = known && matches;
        outcome.verified.needs_rehash =
            outcome.verified.matches && auth::needs_rehash(work.phc, options_.cost);
        return outcome;
    } catch (std::bad_alloc const&) {
        return Error{Errc::busy};
    }
}

void Hasher::answer(JobPtr const& job, Result<Outcome> outcome) noexcept {
    job->outcome = std::move(outcome);
    for (;;) {
        try {
            job->loop.post([job] {
                job->answered = true;
                if (job->wake != nullptr) job->wake->cancel();
            });
            return;
        } catch (std::bad_alloc const&) {
            // Whoever waits must hear of it: try again when memory is back.
            std::this_thread::yield();
        }
    }
}

}  // namespace blog::auth
