#pragma once
#include "assets.hpp"
#include "db/open_store.hpp"
#include "handlers/routes.hpp"
#include "handlers/service.hpp"
#include "support/manual_clock.hpp"
#include "support/run.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
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
                                .client = *net::Address::parse("127.0.0.1")});
        auto ready = service.ready(req);
        was_ready = ready.has_value();
        auto response = ready ? std::move(*ready) : run(loop, service.handle(req, {}));
        return {response.status(), whole_body(response), lines_of(response)};
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

    bool was_ready = false;  // the last answer came without the handler
    Config config;
    asio::io_context loop;
    ManualClock clock;
    Log log{Log::Options{.events = "/dev/null", .access = "off"}};
    Generations generations;
    std::unique_ptr<db::Store> store =
        db::open_store(db::StoreOptions{.path = ":memory:", .media = ""}, clock, log, generations);
    net::StaticFiles files{"/", std::make_unique<NoFiles>(), net::Trust::ours, clock};
    std::string openapi = handlers::openapi_document();
    net::Compressor compressor{16};
    auth::Hasher hasher{{.cost = {.memory_bytes = 64u << 10, .passes = 1}}};
    handlers::Metrics metrics{*store, hasher};
    auth::Throttle throttle{512};
    pictures::Workshop workshop{{}, log};
    unsigned mails = 0;  // how often it was said that one waits
    std::function<void()> const mail_waits = [this] { ++mails; };
    handlers::App app{config,      clock,      log,     files,  files,    files,    openapi,
                      generations, compressor, metrics, hasher, throttle, workshop, mail_waits};
    handlers::Routes routes;
    handlers::BlogService service{
        app,
        routes,
        store->open_sessions(loop.get_executor()),
        views::Library(
            [](std::string_view name) -> std::optional<std::string> {
                auto const* asset = find_asset("templates/" + std::string(name));
                if (asset == nullptr) return std::nullopt;
                return std::string(asset->bytes);
            },
            [](std::string_view path) { return "/static/" + std::string(path); }),
        loop.get_executor(),
        config.cache_size.value};

private:
    static std::string lines_of(net::Response& response) {
        std::string lines(response.fixed_lines());
        lines.append(response.extra_lines());
        if (auto* finished = std::get_if<net::FinishedPtr>(&response.body()))
            lines.append(response.status() == net::Status::ok ? (*finished)->head()
                                                              : (*finished)->not_modified());
        return lines;
    }
    std::string whole_body(net::Response& response) {
        if (auto* text = std::get_if<std::string>(&response.body())) return *text;
        if (auto* shared = std::get_if<net::SharedBytes>(&response.body()))
            return std::string(shared->bytes);
        if (auto* finished = std::get_if<net::FinishedPtr>(&response.body()))
            return std::string(response.status() == net::Status::ok ? (*finished)->body() : "");
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
