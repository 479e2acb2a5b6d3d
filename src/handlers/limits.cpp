#include "handlers/limits.hpp"

#include "auth/token.hpp"

#include <chrono>

namespace blog::handlers {
namespace {

// One instance's limit is the strict one; what all of them count together is a backstop, and counts
// the successes too.
constexpr std::size_t shared_factor = 4;

Rate rate_of(Config const& config, Limit limit) noexcept {
    switch (limit) {
        case Limit::login_account:
            return config.login_rate;
        case Limit::login_address:
            return config.login_rate_address;
        case Limit::registration_address:
            return config.registration_rate;
        case Limit::reset_account:
            return config.reset_rate;
        case Limit::reset_address:
            return config.reset_rate_address;
        case Limit::write_account:
            return config.write_rate;
        case Limit::write_address:
            return config.write_rate_address;
    }
    BLOG_ASSERT(false);
    return {};
}

std::chrono::milliseconds interval_of(Rate rate) noexcept {
    return rate.time / static_cast<std::int64_t>(rate.count);
}

auth::Rate bucket_of(Rate rate) noexcept {
    return {.burst = static_cast<unsigned>(rate.count), .interval = interval_of(rate)};
}

bool is_off(Context const& ctx) noexcept {
    return ctx.app.config.rate_limit == "off";
}

Error too_many(std::chrono::milliseconds wait) {
    Error error(Errc::too_many_attempts);
    error.retry_after = std::chrono::ceil<std::chrono::seconds>(wait);
    return error;
}

}  // namespace

std::string address_key(net::Address const& address) {
    if (address.is_unix()) return "unix";
    auto const& bytes = address.bytes();
    auto const used = address.is_ipv4() ? bytes.size() : bytes.size() / 2;
    return {reinterpret_cast<char const*>(bytes.data()), used};
}

std::optional<Error> take_attempt(Context& ctx, Limit limit, std::string_view key) {
    if (is_off(ctx)) return std::nullopt;
    auto const kind = static_cast<std::uint8_t>(limit);
    auto const bucket = bucket_of(rate_of(ctx.app.config, limit));
    auto const now = std::chrono::steady_clock::now();
    if (auto const wait = ctx.app.throttle.take(kind, key, bucket, now)) return too_many(*wait);
    return std::nullopt;
}

void give_back_attempt(Context& ctx, Limit limit, std::string_view key) {
    if (is_off(ctx)) return;
    auto const kind = static_cast<std::uint8_t>(limit);
    ctx.app.throttle.give_back(kind, key, bucket_of(rate_of(ctx.app.config, limit)));
}

void forgive_attempts(Context& ctx, Limit limit, std::string_view key) {
    for (std::size_t i = 0; i < rate_of(ctx.app.config, limit).count; ++i)
        give_back_attempt(ctx, limit, key);
}

Awaitable<std::optional<Error>> take_shared_login(Context& ctx, std::string_view email) {
    if (is_off(ctx)) co_return std::nullopt;
    auto const bucket = [&](std::string_view kind, std::string_view key, Limit limit) {
        auto const rate = rate_of(ctx.app.config, limit);
        return db::Accounts::Bucket{
            .key = auth::token_hash(std::string(kind).append(key)),
            .burst = static_cast<std::int64_t>(rate.count * shared_factor),
            .interval = interval_of(rate) / static_cast<std::int64_t>(shared_factor)};
    };
    std::vector<db::Accounts::Bucket> buckets;
    buckets.push_back(bucket("account ", email, Limit::login_account));
    buckets.push_back(bucket("address ", address_key(ctx.req.client()), Limit::login_address));
    auto const lease = co_await ctx.db();
    if (!lease) co_return lease.error();
    auto const now = ctx.app.clock.wall();
    auto const wait = co_await (*lease)->take_attempt(std::move(buckets), now);
    if (!wait) co_return wait.error();
    if (wait->count() > 0) co_return too_many(*wait);
    co_return std::nullopt;
}

std::optional<Error> one_write_more(Context& ctx) {
    auto const& client = ctx.req.client();
    if (!ctx.login() && client.is_loopback()) return std::nullopt;
    if (auto error = take_attempt(ctx, Limit::write_address, address_key(client))) return error;
    if (!ctx.login()) return std::nullopt;
    auto const id = std::to_string(static_cast<std::int64_t>(ctx.login()->user.id));
    return take_attempt(ctx, Limit::write_account, id);
}

}  // namespace blog::handlers
