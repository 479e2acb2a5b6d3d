// What a client gets for a kept answer: 304, 412, a packed one; and who makes it.
#include "handlers/blog.hpp"
#include "handlers/reply.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace blog;
using namespace blog::test;
using blog::handlers::KeptAnswers;
using blog::net::Method;
using blog::net::Status;

BOOST_TEST_DONT_PRINT_LOG_VALUE(blog::net::Status)

namespace {

// Sessions that are handed out when the test says so.
class GatedPool final : public db::SessionPool {
public:
    GatedPool(std::unique_ptr<db::SessionPool> pool, asio::io_context& loop)
        : pool_(std::move(pool)), gate_(loop, asio::steady_timer::time_point::max()) {}
    Awaitable<Result<db::Lease>> acquire(db::Borrower borrower) override {
        ++asked;
        if (!open) co_await gate_.async_wait(no_throw);
        co_return co_await pool_->acquire(borrower);
    }
    void open_gate() {
        open = true;
        gate_.cancel();
    }
    unsigned asked = 0;
    bool open = false;

private:
    void release(db::Session&) noexcept override {}  // a lease knows the pool that it is from

    std::unique_ptr<db::SessionPool> pool_;
    asio::steady_timer gate_;
};

// A second service of the same blog, whose handlers wait at a gate.
struct Gated : Blog {
    GatedPool* pool = nullptr;
    handlers::BlogService waiting{app,
                                  routes,
                                  gated(),
                                  views::Library(
                                      [](std::string_view name) -> std::optional<std::string> {
                                          auto const* asset =
                                              find_asset("templates/" + std::string(name));
                                          return std::string(asset->bytes);
                                      },
                                      [](std::string_view path) { return std::string(path); }),
                                  loop.get_executor(),
                                  config.cache_size.value};
    std::vector<net::Response> answers;

    std::unique_ptr<db::SessionPool> gated() {
        auto out = std::make_unique<GatedPool>(store->open_sessions(loop.get_executor()), loop);
        pool = out.get();
        return out;
    }
    Awaitable<void> serve(std::string path, Method method) {
        net::Request const req(asking(path, method));
        auto ready = waiting.ready(req);
        if (!ready) ready.emplace(co_await waiting.handle(req, {}));
        answers.push_back(std::move(*ready));
    }
    void ask(std::string path, Method method = Method::get) {
        asio::co_spawn(loop, serve(std::move(path), method), asio::detached);
        poll();
    }
    void poll() {
        loop.restart();
        loop.poll();
    }
};

net::Response page(std::string_view content) {
    return {Status::ok, std::string(content), handlers::html_type};
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(conditions_of_kept_answers, Blog)

BOOST_AUTO_TEST_CASE(who_has_the_current_answer_gets_a_304) {
    for (bool const kept : {false, true}) {
        Blog site;
        auto const tag = etag(site.get("/posts/1"));
        if (!kept) site.service.reload_templates();  // which empties the cache
        for (auto const& names : {tag, "W/" + tag, "\"x\", " + tag, std::string("*")}) {
            auto const answer = site.with("/posts/1", "If-None-Match", names);
            BOOST_TEST(answer.status == Status::not_modified);
            BOOST_TEST(answer.body == "");
            BOOST_TEST(etag(answer) == tag);
            BOOST_TEST(line(answer.headers, "Vary") == "Accept-Encoding, Cookie");
            BOOST_TEST(line(answer.headers, "Cache-Control") == "no-cache");
            BOOST_TEST(answer.headers.find("Content-") == answer.headers.find("Content-Security"));
        }
        auto const head = site.with("/posts/1", "If-None-Match", tag, Method::head);
        BOOST_TEST(head.status == Status::not_modified);
        BOOST_TEST(site.with("/posts/1", "If-None-Match", "\"x\"").status == Status::ok);
        site.patch("/api/posts/1", R"({"title":"New words"})");
        auto const changed = site.with("/posts/1", "If-None-Match", tag);
        BOOST_TEST(changed.status == Status::ok);
        BOOST_TEST(etag(changed) != tag);
        BOOST_TEST(changed.body.find("New words") != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(a_condition_that_fails_is_a_412) {
    auto const tag = etag(get("/api/posts/1"));
    for (auto const* path : {"/api/posts/1", "/posts/1"}) {
        get(path);
        for (auto const& wrong : {std::string("\"x\""), "W/" + tag}) {
            auto const answer = with(path, "If-Match", wrong);
            BOOST_TEST(answer.status == Status::precondition_failed);
            BOOST_TEST(etag(answer) == "");
            BOOST_TEST(line(answer.headers, "X-Content-Type-Options") == "nosniff");
        }
        BOOST_TEST(ready(path), "the entry stays");
    }
    BOOST_TEST(with("/api/posts/1", "If-Match", "\"x\"").body.starts_with(R"({"detail":)"));
    BOOST_TEST(with("/posts/1", "If-Match", "\"x\"").body.starts_with("<!DOCTYPE html>"));
    BOOST_TEST(with("/api/posts/1", "If-Match", tag).status == Status::ok);
    BOOST_TEST(with("/api/posts/1", "If-Match", "*").status == Status::ok);
    BOOST_TEST(with("/api/posts/99", "If-Match", "\"x\"").status == Status::not_found);
}

BOOST_AUTO_TEST_CASE(head_is_answered_from_what_get_has_left_and_the_other_way_round) {
    auto const head = request(Method::head, "/posts/1");
    BOOST_TEST(!was_ready);
    auto const got = get("/posts/1");
    BOOST_TEST(was_ready);
    BOOST_TEST(head.headers == got.headers);
    request(Method::head, "/posts/1");
    BOOST_TEST(was_ready);
}

BOOST_AUTO_TEST_CASE(who_came_by_https_is_told_to_stay_each_time) {
    auto const ask = [&](bool secure) {
        auto parts = asking("/posts/1");
        parts.secure = secure;
        net::Request const req(parts);
        auto ready = service.ready(req);
        auto response = ready ? std::move(*ready) : test::run(loop, service.handle(req, {}));
        return std::string(response.fixed_lines());
    };
    constexpr auto told = "Strict-Transport-Security: max-age=63072000; includeSubDomains\r\n";
    BOOST_TEST(ask(true) == told);  // made now
    BOOST_TEST(ask(true) == told);  // kept
    BOOST_TEST(ask(false) == "");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(codings_of_kept_answers, Blog)

BOOST_AUTO_TEST_CASE(a_page_that_is_asked_for_often_is_packed) {
    std::string content(5000, 'x');
    post("/api/posts", R"({"title":"long","content":")" + content + R"(","user_id":1})");
    auto const plain = get("/posts/4");
    for (std::string const coding : {"gzip", "br"}) {
        auto const packed = [&] {
            auto const answer = with("/posts/4", "Accept-Encoding", coding);
            BOOST_TEST(answer.status == Status::ok);
            if (line(answer.headers, "Content-Encoding").empty()) {
                BOOST_TEST(answer.body == plain.body);
                BOOST_TEST(etag(answer) == etag(plain));
                return false;
            }
            return true;
        };
        for (int i = 0; i < 2; ++i)
            BOOST_TEST(!packed(), "the first and the second come too soon");
        for (int i = 0; i < 2000 && !packed(); ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
            loop.restart();
            loop.poll();
        }
        auto const answer = with("/posts/4", "Accept-Encoding", coding);
        BOOST_TEST(line(answer.headers, "Content-Encoding") == coding);
        BOOST_TEST(line(answer.headers, "Content-Length") == std::to_string(answer.body.size()));
        BOOST_TEST(line(answer.headers, "Vary") == "Accept-Encoding, Cookie");
        BOOST_TEST(answer.body.size() < 2500u);
        auto const tag = etag(plain).substr(0, 33) + "-" + coding + "\"";
        BOOST_TEST(etag(answer) == tag);
        BOOST_TEST(get("/posts/4").body == plain.body);
        auto const again = request(Method::get, "/posts/4", {},
                                   {{"Accept-Encoding", coding}, {"If-None-Match", tag}});
        BOOST_TEST(again.status == Status::not_modified);
        BOOST_TEST(etag(again) == tag);
        BOOST_TEST(with("/posts/4", "If-None-Match", tag).status == Status::ok);
    }
    patch("/api/posts/4", R"({"title":"New words"})");
    auto const changed = with("/posts/4", "Accept-Encoding", "gzip");
    BOOST_TEST(line(changed.headers, "Content-Encoding") == "");
    BOOST_TEST(changed.body.find("New words") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_too_short_is_not_packed) {
    for (int i = 0; i < 20; ++i) {
        with("/api/posts/1", "Accept-Encoding", "gzip, br");
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        loop.restart();
        loop.poll();
    }
    BOOST_TEST(line(with("/api/posts/1", "Accept-Encoding", "gzip, br").headers,
                    "Content-Encoding") == "");
}

// A packed answer that comes too late is of an answer that is not kept any more.
BOOST_AUTO_TEST_CASE(what_was_packed_never_joins_a_newer_answer) {
    KeptAnswers kept(generations, compressor, loop.get_executor(), std::size_t{1} << 20);
    net::HeaderView const fields[] = {{"Accept-Encoding", "gzip"}};
    net::Request const req(asking("/p", Method::get, fields));
    net::CacheKey const key{"/p", ""};
    for (int round = 0; round < 50; ++round) {
        auto const text = [&](int version) {
            return std::string(3000, static_cast<char>('a' + (2 * round + version) % 26));
        };
        Sources sources;
        sources.add(Generations::topic(1, 1), generations.now());
        static_cast<void>(kept.keep(req, key, "/p", sources, page(text(0))));
        for (int hits = 0; hits < 2; ++hits)
            BOOST_TEST(kept.find(req, key, KeptAnswers::Look::last).has_value());
        std::this_thread::sleep_for(std::chrono::milliseconds(2));  // packed, and on its way
        kept.clear();
        static_cast<void>(kept.keep(req, key, "/p", sources, page(text(1))));
        turn();
        auto const found = kept.find(req, key, KeptAnswers::Look::last);
        BOOST_REQUIRE(found.has_value());
        auto const& body = std::get<net::FinishedPtr>(found->body());
        BOOST_TEST((body->body() == text(1)), "the old answer, packed");
    }
}

BOOST_AUTO_TEST_CASE(what_the_compressor_had_no_time_for_is_asked_again) {
    net::Compressor busy(1);
    KeptAnswers kept(generations, busy, loop.get_executor(), std::size_t{1} << 20);
    net::HeaderView const fields[] = {{"Accept-Encoding", "gzip"}};
    net::Request const req(asking("/p", Method::get, fields));
    Sources sources;
    sources.add(Generations::topic(1, 1), generations.now());
    static_cast<void>(kept.keep(req, {"/p", ""}, "/p", sources, page(std::string(3000, 'x'))));
    auto const packed = [&] {
        auto const found = kept.find(req, {"/p", ""}, KeptAnswers::Look::last);
        return std::get<net::FinishedPtr>(found->body())->body().size() < 3000;
    };
    std::string digits;
    for (int i = 0; digits.size() < (1u << 20); ++i)
        digits += std::to_string(i * 7919);
    auto const slow =
        std::make_shared<net::Finished const>("t", net::Coding::identity, "\"1\"", "", digits);
    while (busy.submit(slow, net::Coding::brotli, loop.get_executor(), [](auto) {})) {
    }
    for (int i = 0; i < 5; ++i)
        BOOST_TEST(!packed());
    for (int i = 0; i < 5000 && !packed(); ++i)
        turn();
    BOOST_TEST(packed());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(making_of_kept_answers, Gated)

BOOST_AUTO_TEST_CASE(many_who_ask_at_once_make_the_handler_run_once) {
    for (int i = 0; i < 10; ++i)
        ask("/posts/1", i % 3 == 0 ? Method::head : Method::get);
    ask("/posts/01");  // another spelling of it
    ask("/posts/2");
    BOOST_TEST(pool->asked == 2u);
    BOOST_TEST(answers.empty());
    pool->open_gate();
    poll();
    BOOST_TEST(pool->asked == 2u);
    BOOST_REQUIRE(answers.size() == 12u);
    for (auto const& answer : answers) {
        BOOST_TEST(answer.status() == Status::ok);
        BOOST_TEST(std::get<net::FinishedPtr>(answer.body())->body().find("of ada") !=
                   std::string_view::npos);
        BOOST_TEST(answer.route() == "/posts/{post_id}");
    }
}

BOOST_AUTO_TEST_CASE(who_waited_for_an_error_asks_for_itself) {
    for (int i = 0; i < 3; ++i)
        ask("/posts/99");
    BOOST_TEST(pool->asked == 1u);
    pool->open_gate();
    poll();
    BOOST_TEST(pool->asked == 3u);
    BOOST_REQUIRE(answers.size() == 3u);
    for (auto const& answer : answers)
        BOOST_TEST(answer.status() == Status::not_found);
}

BOOST_AUTO_TEST_CASE(whoever_comes_after_a_write_sees_it) {
    ask("/posts/1");
    patch("/api/posts/1", R"({"title":"New words"})");
    ask("/posts/1");
    pool->open_gate();
    poll();
    BOOST_REQUIRE(answers.size() == 2u);
    for (auto const& answer : answers)
        BOOST_TEST(std::get<net::FinishedPtr>(answer.body())->body().find("New words") !=
                   std::string_view::npos);
}

BOOST_AUTO_TEST_CASE(an_answer_that_was_overtaken_by_a_write_is_not_given_to_others) {
    KeptAnswers kept(generations, compressor, loop.get_executor(), std::size_t{1} << 20);
    net::Request const req(asking("/p"));
    Sources read;
    read.add(Generations::topic(2, 1), generations.now());
    patch("/api/users/1", R"({"username":"countess"})");  // topic(2, 1), between read and keep
    auto const sent = kept.keep(req, {"/p", ""}, "/p", read, page("old"));
    BOOST_TEST(std::get<net::FinishedPtr>(sent.body())->body() == "old");
    BOOST_TEST(!kept.find(req, {"/p", ""}, KeptAnswers::Look::last));
}

BOOST_AUTO_TEST_SUITE_END()
