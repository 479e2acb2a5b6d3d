#include "demo.hpp"

#include "assets.hpp"
#include "schemas/json.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <charconv>
#include <exception>
#include <stdexcept>

namespace blog {
namespace {

using schemas::JsonValue;

struct DemoPost {
    std::string title, content;
    std::size_t author = 0;  // index into the users
};
struct Demo {
    std::vector<db::NewUser> users;
    std::vector<DemoPost> posts;  // oldest first
};

std::string text_of(JsonValue object, std::string_view name) {
    auto const value = object.member(name);
    if (!value || value->kind() != schemas::JsonKind::string)
        throw std::runtime_error("demo/posts.json: no text " + std::string(name));
    return std::string(value->text());
}

std::vector<JsonValue> list_of(JsonValue object, std::string_view name) {
    auto const value = object.member(name);
    if (!value || value->kind() != schemas::JsonKind::array)
        throw std::runtime_error("demo/posts.json: no list " + std::string(name));
    return value->elements();
}

Demo read_demo() {
    auto const* asset = find_asset("demo/posts.json");
    if (asset == nullptr) throw std::runtime_error("this build carries no demo posts");
    auto const parsed = schemas::parse_json(asset->bytes, 16);
    auto const* document = std::get_if<schemas::JsonDocument>(&parsed);
    if (document == nullptr) throw std::runtime_error("demo/posts.json is no JSON");
    Demo demo;
    for (auto const user : list_of(document->root(), "users"))
        demo.users.push_back({text_of(user, "username"), text_of(user, "email")});
    for (auto const post : list_of(document->root(), "posts")) {
        auto const author = post.member("author");
        std::size_t index = demo.users.size();
        if (author) {
            auto const digits = author->text();
            std::from_chars(digits.data(), digits.data() + digits.size(), index);
        }
        if (index >= demo.users.size())
            throw std::runtime_error("demo/posts.json: an author that is not in the list");
        demo.posts.push_back({text_of(post, "title"), text_of(post, "content"), index});
    }
    return demo;
}

template <class T>
T stored(Result<T> result) {
    if (!result) throw std::runtime_error("the database did not take the demo posts");
    return std::move(*result);
}

// Dates look like people's: a few days apart, at different hours, ending yesterday.
SysTime date_of(std::size_t index, std::size_t count, SysTime now) {
    auto const at = static_cast<std::int64_t>(index);
    auto const steps = static_cast<std::int64_t>(count) - at;
    return now - std::chrono::hours(59 * steps - 35 + (at * 7) % 11) -
           std::chrono::minutes((at * 37) % 60);
}

Awaitable<void> fill(db::SessionPool& sessions, Clock const& clock, DemoReport& report) {
    auto const demo = read_demo();
    auto lease = stored(co_await sessions.acquire());
    auto const page = co_await lease->page_posts(0, 1, std::nullopt);
    db::UserId const first_id{1};
    auto const first_user = co_await lease->find_user(first_id);
    if (!page || page->total != 0 || first_user) co_return;
    std::vector<db::UserId> ids;
    for (auto user : demo.users) {
        auto result = co_await lease->create_user(std::move(user));
        ids.push_back(stored(std::move(result)).id);
        ++report.users;
    }
    auto const now = clock.wall();
    for (std::size_t i = 0; i < demo.posts.size(); ++i) {
        auto const& post = demo.posts[i];
        db::NewPost row{post.title, post.content, ids[post.author],
                        date_of(i, demo.posts.size(), now)};
        auto result = co_await lease->create_post(std::move(row));
        stored(std::move(result));
        ++report.posts;
    }
}

}  // namespace

DemoReport fill_with_demo(db::Store& store, Clock const& clock) {
    asio::io_context loop(1);
    auto const sessions = store.open_sessions(loop.get_executor());
    DemoReport report;
    std::exception_ptr failure;
    asio::co_spawn(loop, fill(*sessions, clock, report),
                   [&](std::exception_ptr e) { failure = e; });
    loop.run();
    if (failure) std::rethrow_exception(failure);
    return report;
}

}  // namespace blog
