#pragma once
#include "schemas/accounts.hpp"
#include "schemas/posts.hpp"
#include "schemas/users.hpp"

#include <string>
#include <string_view>
#include <tuple>

// The forms of the pages: the rules are those of the API. The other forms are
// ChangePasswordRequest, ForgotPasswordRequest and ResetPasswordRequest (schemas/accounts.hpp).
namespace blog::schemas {

struct RegisterForm {
    std::string username, email, password;
};
template <>
struct Schema<RegisterForm> {
    static constexpr std::string_view name = "RegisterForm";
    static constexpr auto fields =
        std::tuple{required("username", &RegisterForm::username, username_rule),
                   required("email", &RegisterForm::email, email_rule),
                   required("password", &RegisterForm::password, password_rule)};
};

// Whatever it is: a log in says nothing about what an address or a password must look like.
struct LoginForm {
    std::string email, password;
};
template <>
struct Schema<LoginForm> {
    static constexpr std::string_view name = "LoginForm";
    static constexpr auto fields = std::tuple{required("email", &LoginForm::email, Str{}),
                                              required("password", &LoginForm::password, Str{})};
};

struct DetailsForm {
    std::string username, email;
};
template <>
struct Schema<DetailsForm> {
    static constexpr std::string_view name = "DetailsForm";
    static constexpr auto fields =
        std::tuple{required("username", &DetailsForm::username, username_rule),
                   required("email", &DetailsForm::email, email_rule)};
};

// What cannot be undone asks for the password once more.
struct ConfirmForm {
    std::string password;
};
template <>
struct Schema<ConfirmForm> {
    static constexpr std::string_view name = "ConfirmForm";
    static constexpr auto fields = std::tuple{required("password", &ConfirmForm::password, Str{})};
};

struct PostForm {
    std::string title, content;
};
template <>
struct Schema<PostForm> {
    static constexpr std::string_view name = "PostForm";
    static constexpr auto fields =
        std::tuple{required("title", &PostForm::title, title_rule),
                   required("content", &PostForm::content, content_rule)};
};

}  // namespace blog::schemas
