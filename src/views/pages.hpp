#pragma once
#include "views/view_model.hpp"

#include <array>
#include <string>
#include <vector>

namespace blog::views {

// What each page shows; templates use the members by these names. Text is plain text: the engine
// escapes. Views must outlive the rendering, nothing is copied. A path is plain too (`/media/a
// b.png`): templates write it with |path, while a `_href` is a ready URL and is written as it
// stands.

// Every page has one, as `site`.
struct Site {
    std::string_view name{};
    std::string_view user{};  // who has logged in; "": nobody, or it is not known
    bool may_register = false;
    std::string_view notice{};  // what was just done; "": nothing
};

struct PostCard {
    std::int64_t id = 0;
    std::string_view title{}, content{};
    SysTime date_posted{};
    std::int64_t author_id = 0;
    std::string_view author{}, image_path{};
};

// home.html. An empty href: there is no such page.
struct HomePage {
    Site site{};
    std::vector<PostCard> posts{};
    std::string newer_href{}, older_href{};
    bool first_page = true;
    bool protected_accounts = false;  // one writes with an account, not with curl
};

// post.html
struct PostPage {
    Site site{};
    std::string page_title{};  // the first 50 characters of the title
    PostCard post{};
    bool own = false;  // whoever looks at it wrote it
};

// user.html
struct UserPage {
    Site site{};
    std::int64_t user_id = 0;
    std::string_view username{}, image_path{};
    std::int64_t total = 0;  // posts of this author, not only those of this page
    std::vector<PostCard> posts{};
    std::string newer_href{}, older_href{};
    bool first_page = true;
};

// error.html
struct ErrorPage {
    Site site{};
    int status = 500;
    std::string_view reason{}, message{};
};

// docs.html: the reader of /openapi.json. Not available: this build has no assets for it.
struct DocsPage {
    Site site{};
    std::string_view kind{};  // "swagger" or "redoc"
    bool available = false;
};

template <>
struct ViewOf<Site> {
    static constexpr std::array vars{var<&Site::name>("name"), var<&Site::user>("user"),
                                     var<&Site::may_register>("may_register"),
                                     var<&Site::notice>("notice")};
};

template <>
struct ViewOf<PostCard> {
    static constexpr std::array vars{var<&PostCard::id>("id"),
                                     var<&PostCard::title>("title"),
                                     var<&PostCard::content>("content"),
                                     var<&PostCard::date_posted>("date_posted"),
                                     var<&PostCard::author>("author"),
                                     var<&PostCard::author_id>("author_id"),
                                     var<&PostCard::image_path>("image_path")};
};

template <>
struct ViewOf<HomePage> {
    static constexpr std::array vars{var<&HomePage::site>("site"),
                                     var<&HomePage::posts>("posts"),
                                     var<&HomePage::newer_href>("newer_href"),
                                     var<&HomePage::older_href>("older_href"),
                                     var<&HomePage::first_page>("first_page"),
                                     var<&HomePage::protected_accounts>("protected_accounts")};
};

template <>
struct ViewOf<PostPage> {
    static constexpr std::array vars{var<&PostPage::site>("site"),
                                     var<&PostPage::page_title>("page_title"),
                                     var<&PostPage::post>("post"), var<&PostPage::own>("own")};
};

template <>
struct ViewOf<UserPage> {
    static constexpr std::array vars{var<&UserPage::site>("site"),
                                     var<&UserPage::user_id>("user_id"),
                                     var<&UserPage::username>("username"),
                                     var<&UserPage::image_path>("image_path"),
                                     var<&UserPage::total>("total"),
                                     var<&UserPage::posts>("posts"),
                                     var<&UserPage::newer_href>("newer_href"),
                                     var<&UserPage::older_href>("older_href"),
                                     var<&UserPage::first_page>("first_page")};
};

template <>
struct ViewOf<ErrorPage> {
    static constexpr std::array vars{
        var<&ErrorPage::site>("site"), var<&ErrorPage::status>("status"),
        var<&ErrorPage::reason>("reason"), var<&ErrorPage::message>("message")};
};

template <>
struct ViewOf<DocsPage> {
    static constexpr std::array vars{var<&DocsPage::site>("site"), var<&DocsPage::kind>("kind"),
                                     var<&DocsPage::available>("available")};
};

}  // namespace blog::views
