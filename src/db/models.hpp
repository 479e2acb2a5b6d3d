#pragma once
#include "clock.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace blog::db {

// What the data layer knows. No JSON, no HTML, no validation: schemas and view models copy from it.

enum class UserId : std::int64_t {};
enum class PostId : std::int64_t {};

struct User {
    UserId id{};
    std::string username, email;
    std::optional<std::string> image_file;  // a file name below media/profile_pics; "" happens
    bool has_password = false;              // a protected account; without: an open one
};

// A post together with its author: the foreign key posts.user_id, followed.
struct Post {
    PostId id{};
    std::string title, content;
    SysTime date_posted;
    User author;
};

struct NewUser {
    std::string username, email;
    std::string password_hash{};  // "": an open account
};
// Only what is set changes.
struct UserChange {
    std::optional<std::string> username{}, email{}, image_file{};

    bool is_nothing() const noexcept { return !username && !email && !image_file; }
};

// On whose behalf something is written: as oneself, and as an account that has no password where
// that is allowed.
struct Writer {
    std::optional<UserId> user{};  // who has logged in
    bool as_open_accounts = true;

    bool may_write_as(User const& author) const noexcept {
        return user == author.id || (as_open_accounts && !author.has_password);
    }
};

struct NewPost {
    std::string title, content;
    UserId author{};
    SysTime date_posted;
};
// Only what is set changes.
struct PostChange {
    std::optional<std::string> title{}, content{};
    std::optional<UserId> author{};

    bool is_nothing() const noexcept { return !title && !content && !author; }
};

// `skip`/`limit` of the API: newest first (date_posted, then id, both descending).
struct PostPage {
    std::optional<User> author{};  // when the posts of one were asked for
    std::vector<Post> posts;
    std::int64_t total = 0;  // of all posts that match, not of this page
};

// A place in the newest-first order: strictly older, or strictly newer, than this pair.
struct PostCursor {
    SysTime date_posted;
    PostId id{};
};

// A slice of the newest-first order for the HTML pages, found by key and not by counting.
struct PostSlice {
    std::optional<User> author{};  // when the posts of one were asked for
    std::vector<Post> posts;       // newest first
    bool has_newer = false, has_older = false;
    std::int64_t total = 0;
};

}  // namespace blog::db
