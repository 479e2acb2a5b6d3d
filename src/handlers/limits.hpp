#pragma once
#include "error.hpp"
#include "handlers/context.hpp"

#include <optional>
#include <string>
#include <string_view>

// How often something may be tried: by an account, by an address (IPv4, or a /64 of IPv6).
namespace blog::handlers {

enum class Limit : std::uint8_t {
    login_account,
    login_address,
    registration_address,
    reset_account,
    reset_address,
    write_account,
    write_address,
};

// Whose attempt it is; the proxies that are trusted are resolved.
std::string address_key(net::Address const& address);

// too_many_attempts when there are none left; else one fewer. Always nullopt with rate-limit = off.
std::optional<Error> take_attempt(Context& ctx, Limit limit, std::string_view key);
// Undoes one that was not refused.
void give_back_attempt(Context& ctx, Limit limit, std::string_view key);

// Undoes all of them.
void forgive_attempts(Context& ctx, Limit limit, std::string_view key);

// The attempts that all instances count together, of an account and of an address.
Awaitable<std::optional<Error>> take_shared_login(Context& ctx, std::string_view email);

// A write through the API or a form. What an open blog's own machine writes is not limited.
std::optional<Error> one_write_more(Context& ctx);

}  // namespace blog::handlers
