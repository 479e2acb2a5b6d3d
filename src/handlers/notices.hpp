#pragma once
#include "handlers/context.hpp"
#include "net/response.hpp"

#include <cstdint>
#include <string_view>

// What a page says once, after the form before it did what it was for. It travels in a cookie from
// the answer that redirects to the page that is shown next, as the name of a sentence of ours.
namespace blog::handlers {

enum class Notice : std::uint8_t {
    registered,
    logged_out,
    reset_requested,
    password_reset,
    details_saved,
    password_changed,
    picture_saved,
    picture_removed,
    session_ended,
    sessions_ended,
    account_deleted,
    published,
    post_saved,
    post_deleted,
};

// 303 to `path`, which is one of ours and has somebody to tell it to.
net::Response redirect_with(Context& ctx, std::string_view path, Notice notice);

// The sentence that this request brings along; "" for none, or one that is not ours.
std::string_view notice_of(Context const& ctx) noexcept;
// So that it is not said twice.
void forget_notice(Context const& ctx, net::Response& response);

}  // namespace blog::handlers
