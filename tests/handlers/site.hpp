#pragma once
#include "assets.hpp"
#include "db/open_store.hpp"
#include "handlers/routes.hpp"
#include "handlers/service.hpp"
#include "support/manual_clock.hpp"
#include "support/run.hpp"

#include <boost/asio/io_context.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace blog::test {

// No file is ever found: tests of the handlers touch no disk.
class NoFiles final : public net::FileTree {
public:
    Result<std::optional<net::StoredFile>> find(std::string const&) const override {
        return std::optional<net::StoredFile>();
    }
};

// The whole application on a database in memory and a clock that stands still: everything but HTTP.
class Site {
public:
    struct Answer {
        net::Status status;
        std::string body, headers;
    };

    explicit Site(Config settings = {}) : config(std::move(settings)) {}

    Answer request(net::Method method, std::string_view path, std::string_view body = {},
                   std::vector<net::HeaderView> headers = {}) {
        auto const question = path.find('?');
        net::Request const req(
            net::Request::Parts{.method = method,
                                .path = path.substr(0, question),
                                .query = question == path.npos ? "" : path.substr(question + 1),
                                .body = body,
                                .headers = headers,
                                .client = "127.0.0.1"});
        auto response = run(loop, service.handle(req, {}));
        return {response.status(), whole_body(response),
                std::string(response.fixed_lines()) + std::string(response.extra_lines())};
    }
    Answer get(std::string_view path) { return request(net::Method::get, path); }
    Answer post(std::string_view path, std::string_view body) {
        return request(net::Method::post, path, body);
    }
    Answer patch(std::string_view path, std::string_view body) {
        return request(net::Method::patch, path, body);
    }
    Answer del(std::string_view path) { return request(net::Method::del, path); }

    void add_user(std::string_view name) {
        post("/api/users", R"({"username":")" + std::string(name) + R"(","email":")" +
                               std::string(name) + R"(@example.com"})");
    }
    void add_post(std::string_view title, int user = 1) {
        clock.advance(std::chrono::seconds(1));
        post("/api/posts", R"({"title":")" + std::string(title) + R"(","content":"c","user_id":)" +
                               std::to_string(user) + "}");
    }

    Config config;
    asio::io_context loop;
    ManualClock clock;
    Log log{Log::Options{.events = "/dev/null", .access = "off"}};
    std::unique_ptr<db::Store> store =
        db::open_store(db::StoreOptions{.path = ":memory:"}, clock, log);
    net::StaticFiles files{"/", std::make_unique<NoFiles>(), net::Trust::ours, clock};
    std::string openapi = handlers::openapi_document();
    handlers::App app{config, clock, log, files, files, files, openapi};
    handlers::Routes routes;
    handlers::BlogService service{
        app, routes, store->open_sessions(loop.get_executor()),
        views::Library(
            [](std::string_view name) -> std::optional<std::string> {
                auto const* asset = find_asset("templates/" + std::string(name));
                if (asset == nullptr) return std::nullopt;
                return std::string(asset->bytes);
            },
            [](std::string_view path) { return "/static/" + std::string(path); })};

private:
    std::string whole_body(net::Response& response) {
        if (auto* text = std::get_if<std::string>(&response.body())) return *text;
        if (auto* shared = std::get_if<net::SharedBytes>(&response.body()))
            return std::string(shared->bytes);
        std::string out;
        if (auto* streamed = std::get_if<net::Streamed>(&response.body())) {
            for (std::string piece;; piece.clear()) {
                auto const done = run(loop, streamed->stream->next(piece));
                if (!done || piece.empty()) break;
                out += piece;
            }
        }
        return out;
    }
};

}  // namespace blog::test
