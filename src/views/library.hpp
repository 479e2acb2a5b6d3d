#pragma once
#include "views/account_pages.hpp"
#include "views/pages.hpp"
#include "views/source.hpp"
#include "views/template.hpp"

#include <optional>
#include <string>

namespace blog::views {

// All pages, compiled. Rendering appends to `out` and throws std::bad_alloc only. Any number of
// threads may render at once; reload() must be alone with the library, so each loop has its own.
class Library {
public:
    // Throws TemplateError when any page has a fault.
    Library(Source source, AssetUrl asset_url);

    // Reads and compiles everything anew. On a fault the pages stay as they were, and the fault's
    // text is returned.
    std::optional<std::string> reload();

    void render(HomePage const& page, std::string& out) const { pages_.home.render(page, out); }
    void render(PostPage const& page, std::string& out) const { pages_.post.render(page, out); }
    void render(UserPage const& page, std::string& out) const { pages_.user.render(page, out); }
    void render(ErrorPage const& page, std::string& out) const { pages_.error.render(page, out); }
    void render(DocsPage const& page, std::string& out) const { pages_.docs.render(page, out); }
    void render(RegisterPage const& page, std::string& out) const {
        pages_.registration.render(page, out);
    }
    void render(LoginPage const& page, std::string& out) const { pages_.login.render(page, out); }
    void render(ForgotPage const& page, std::string& out) const { pages_.forgot.render(page, out); }
    void render(ResetPage const& page, std::string& out) const { pages_.reset.render(page, out); }
    void render(AccountPage const& page, std::string& out) const {
        pages_.account.render(page, out);
    }
    void render(DeleteAccountPage const& page, std::string& out) const {
        pages_.delete_account.render(page, out);
    }
    void render(WritingPage const& page, std::string& out) const {
        pages_.writing.render(page, out);
    }
    void render(DeletePostPage const& page, std::string& out) const {
        pages_.delete_post.render(page, out);
    }

private:
    struct Pages {
        Template<HomePage> home;
        Template<PostPage> post;
        Template<UserPage> user;
        Template<ErrorPage> error;
        Template<DocsPage> docs;
        Template<RegisterPage> registration;
        Template<LoginPage> login;
        Template<ForgotPage> forgot;
        Template<ResetPage> reset;
        Template<AccountPage> account;
        Template<DeleteAccountPage> delete_account;
        Template<WritingPage> writing;
        Template<DeletePostPage> delete_post;
    };
    static Pages compile(Source const& source, AssetUrl const& asset_url);

    Source source_;
    AssetUrl asset_url_;
    Pages pages_;
};

}  // namespace blog::views
