#pragma once
#include "views/pages.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace blog::views {

// The pages with forms: accounts, log in, writing. As in pages.hpp, text is plain text, and what
// views point to outlives the rendering.

// One field of a form, and what is wrong with what was typed there.
struct Field {
    std::string_view name{}, label{}, type = "text";  // "textarea": several lines
    std::string_view autocomplete{}, hint{};
    std::int64_t min = 0, max = 0;  // characters; 0: no such limit
    std::string value{}, fault{};
    bool starts = false;  // has the focus when the page opens
};

struct Form {
    std::vector<Field> fields{};
    std::string trouble{};  // what is wrong with the form as a whole
    bool faulty = false;    // there is trouble, or a field has a fault
};

// register.html
struct RegisterPage {
    Site site{};
    Form form{};
    std::string_view next{};  // where one goes from here: a path of this site
};

// login.html
struct LoginPage {
    Site site{};
    Form form{};
    std::string_view next{};
};

// forgot_password.html
struct ForgotPage {
    Site site{};
    Form form{};
};

// reset_password.html
struct ResetPage {
    Site site{};
    Form form{};
    std::string_view token{};
};

struct SessionRow {
    std::int64_t id = 0;
    std::string device{}, last_used{};
    SysTime last_used_at{}, created_at{};
    bool current = false;
};

// account.html
struct AccountPage {
    Site site{};
    std::int64_t user_id = 0;
    std::string_view email{};
    Form details{}, password{}, picture{};
    std::string image_path{};
    bool has_picture = false;
    std::vector<SessionRow> sessions{};
    bool elsewhere = false;  // there are sessions besides this one
};

// delete_account.html
struct DeleteAccountPage {
    Site site{};
    Form form{};
    std::string_view email{};
};

// writing.html: a new post, or one that is there already.
struct WritingPage {
    Site site{};
    Form form{};
    std::int64_t post_id = 0;  // 0: a new one
    bool logged_out = false;   // since the page was opened
};

// delete_post.html
struct DeletePostPage {
    Site site{};
    std::int64_t post_id = 0;
    std::string_view title{};
};

template <>
struct ViewOf<Field> {
    static constexpr std::array vars{
        var<&Field::name>("name"),   var<&Field::label>("label"),
        var<&Field::type>("type"),   var<&Field::autocomplete>("autocomplete"),
        var<&Field::hint>("hint"),   var<&Field::min>("min"),
        var<&Field::max>("max"),     var<&Field::value>("value"),
        var<&Field::fault>("fault"), var<&Field::starts>("starts")};
};

template <>
struct ViewOf<Form> {
    static constexpr std::array vars{var<&Form::fields>("fields"), var<&Form::trouble>("trouble"),
                                     var<&Form::faulty>("faulty")};
};

template <>
struct ViewOf<RegisterPage> {
    static constexpr std::array vars{var<&RegisterPage::site>("site"),
                                     var<&RegisterPage::form>("form"),
                                     var<&RegisterPage::next>("next")};
};

template <>
struct ViewOf<LoginPage> {
    static constexpr std::array vars{var<&LoginPage::site>("site"), var<&LoginPage::form>("form"),
                                     var<&LoginPage::next>("next")};
};

template <>
struct ViewOf<ForgotPage> {
    static constexpr std::array vars{var<&ForgotPage::site>("site"),
                                     var<&ForgotPage::form>("form")};
};

template <>
struct ViewOf<ResetPage> {
    static constexpr std::array vars{var<&ResetPage::site>("site"), var<&ResetPage::form>("form"),
                                     var<&ResetPage::token>("token")};
};

template <>
struct ViewOf<SessionRow> {
    static constexpr std::array vars{var<&SessionRow::id>("id"),
                                     var<&SessionRow::device>("device"),
                                     var<&SessionRow::last_used>("last_used"),
                                     var<&SessionRow::last_used_at>("last_used_at"),
                                     var<&SessionRow::created_at>("created_at"),
                                     var<&SessionRow::current>("current")};
};

template <>
struct ViewOf<AccountPage> {
    static constexpr std::array vars{var<&AccountPage::site>("site"),
                                     var<&AccountPage::user_id>("user_id"),
                                     var<&AccountPage::email>("email"),
                                     var<&AccountPage::details>("details"),
                                     var<&AccountPage::password>("password"),
                                     var<&AccountPage::picture>("picture"),
                                     var<&AccountPage::image_path>("image_path"),
                                     var<&AccountPage::has_picture>("has_picture"),
                                     var<&AccountPage::sessions>("sessions"),
                                     var<&AccountPage::elsewhere>("elsewhere")};
};

template <>
struct ViewOf<DeleteAccountPage> {
    static constexpr std::array vars{var<&DeleteAccountPage::site>("site"),
                                     var<&DeleteAccountPage::form>("form"),
                                     var<&DeleteAccountPage::email>("email")};
};

template <>
struct ViewOf<WritingPage> {
    static constexpr std::array vars{
        var<&WritingPage::site>("site"), var<&WritingPage::form>("form"),
        var<&WritingPage::post_id>("post_id"), var<&WritingPage::logged_out>("logged_out")};
};

template <>
struct ViewOf<DeletePostPage> {
    static constexpr std::array vars{var<&DeletePostPage::site>("site"),
                                     var<&DeletePostPage::post_id>("post_id"),
                                     var<&DeletePostPage::title>("title")};
};

}  // namespace blog::views
