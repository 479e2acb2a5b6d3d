#pragma once
#include "db/accounts.hpp"
#include "schemas/users.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace blog::schemas {

// POST /api/users/token: the form of OAuth2's password grant (RFC 6749 4.3.2). The username is the
// e-mail address; what a client says of itself is ignored.
struct TokenRequest {
    std::optional<std::string> grant_type;
    std::string username, password;
    std::optional<std::string> scope, client_id, client_secret;
};
template <>
struct Schema<TokenRequest> {
    static constexpr std::string_view name = "Body_login_for_access_token_api_users_token_post";
    static constexpr auto fields =
        std::tuple{optional("grant_type", &TokenRequest::grant_type, Word{"password"}),
                   required("username", &TokenRequest::username, Str{}),
                   required("password", &TokenRequest::password, Str{}),
                   optional("scope", &TokenRequest::scope, Str{}),
                   optional("client_id", &TokenRequest::client_id, Str{}),
                   optional("client_secret", &TokenRequest::client_secret, Str{})};
};

struct TokenResponse {
    std::string_view access_token, token_type = "bearer";
};
template <>
struct Schema<TokenResponse> {
    static constexpr std::string_view name = "Token";
    static constexpr auto fields = std::tuple{shown("access_token", &TokenResponse::access_token),
                                              shown("token_type", &TokenResponse::token_type)};
};

// PATCH /api/users/me/password
struct ChangePasswordRequest {
    std::string current_password, new_password;
};
template <>
struct Schema<ChangePasswordRequest> {
    static constexpr std::string_view name = "ChangePasswordRequest";
    static constexpr auto fields =
        std::tuple{required("current_password", &ChangePasswordRequest::current_password, Str{}),
                   required("new_password", &ChangePasswordRequest::new_password, password_rule)};
};

// POST /api/users/forgot-password
struct ForgotPasswordRequest {
    std::string email;
};
template <>
struct Schema<ForgotPasswordRequest> {
    static constexpr std::string_view name = "ForgotPasswordRequest";
    static constexpr auto fields =
        std::tuple{required("email", &ForgotPasswordRequest::email, email_rule)};
};

// POST /api/users/reset-password
struct ResetPasswordRequest {
    std::string token, new_password;
};
template <>
struct Schema<ResetPasswordRequest> {
    static constexpr std::string_view name = "ResetPasswordRequest";
    static constexpr auto fields =
        std::tuple{required("token", &ResetPasswordRequest::token, Str{}),
                   required("new_password", &ResetPasswordRequest::new_password, password_rule)};
};

// What was done, in a sentence for people.
struct MessageResponse {
    std::string_view message;
};
template <>
struct Schema<MessageResponse> {
    static constexpr std::string_view name = "Message";
    static constexpr auto fields = std::tuple{shown("message", &MessageResponse::message)};
};

// GET /api/users/me/sessions. A view: the login outlives it.
struct SessionResponse {
    std::int64_t id = 0;
    std::string_view kind, device;
    SysTime created_at, last_used_at, expires_at;
    bool current = false;

    SessionResponse(db::Login const& login, db::LoginId current_id)
        : id(static_cast<std::int64_t>(login.id)),
          kind(login.kind == db::LoginKind::browser ? "browser" : "api"),
          device(login.device),
          created_at(login.created),
          last_used_at(login.last_used),
          expires_at(login.expires),
          current(login.id == current_id) {}
};
template <>
struct Schema<SessionResponse> {
    static constexpr std::string_view name = "Session";
    static constexpr auto fields = std::tuple{shown("id", &SessionResponse::id),
                                              shown("kind", &SessionResponse::kind),
                                              shown("device", &SessionResponse::device),
                                              shown("created_at", &SessionResponse::created_at),
                                              shown("last_used_at", &SessionResponse::last_used_at),
                                              shown("expires_at", &SessionResponse::expires_at),
                                              shown("current", &SessionResponse::current)};
};

}  // namespace blog::schemas
