// The HTTP layer: what every request pays before and after its handler.
#include "generations.hpp"
#include "handlers/routes.hpp"
#include "net/http_date.hpp"
#include "net/parser.hpp"

#include <benchmark/benchmark.h>
#include <string_view>

namespace blog::net {
namespace {

constexpr std::string_view curl_like =
    "GET /api/posts/123 HTTP/1.1\r\n"
    "Host: 127.0.0.1:8000\r\n"
    "User-Agent: curl/7.88.1\r\n"
    "Accept: */*\r\n\r\n";

constexpr std::string_view browser_like =
    "GET /posts/123 HTTP/1.1\r\n"
    "Host: blog.example.com\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n"
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
    "\r\n"
    "Accept-Language: en-US,en;q=0.5\r\n"
    "Accept-Encoding: gzip, deflate, br, zstd\r\n"
    "Referer: https://blog.example.com/\r\n"
    "Connection: keep-alive\r\n"
    "Cookie: theme=dark; session=0123456789abcdef0123456789abcdef\r\n"
    "Upgrade-Insecure-Requests: 1\r\n"
    "Sec-Fetch-Dest: document\r\n"
    "Sec-Fetch-Mode: navigate\r\n"
    "Sec-Fetch-Site: same-origin\r\n"
    "Priority: u=0, i\r\n\r\n";

void find_route(benchmark::State& state, Method method, std::string_view path) {
    handlers::Routes const routes;
    PathParams params;
    for (auto _ : state) {
        auto const found = routes.router.find(method, path, params);
        benchmark::DoNotOptimize(found.route);
        benchmark::DoNotOptimize(params);
    }
}
BENCHMARK_CAPTURE(find_route, parameter, Method::get, "/api/posts/123");
BENCHMARK_CAPTURE(find_route, miss, Method::get, "/wp-login.php");
BENCHMARK_CAPTURE(find_route, wrong_method, Method::del, "/api/posts");

void parse_request(benchmark::State& state, std::string_view text) {
    Limits const limits;
    Head head;
    Refusal refusal;
    for (auto _ : state) {
        head.clear();
        auto const progress = parse_head(text, limits, head, refusal);
        if (progress != Progress::done) state.SkipWithError("refused");
        benchmark::DoNotOptimize(head);
    }
}
BENCHMARK_CAPTURE(parse_request, curl, curl_like);
BENCHMARK_CAPTURE(parse_request, browser, browser_like);

void format_date(benchmark::State& state) {
    Seconds second{std::chrono::seconds(1'750'000'000)};
    for (auto _ : state) {
        benchmark::DoNotOptimize(to_http_date(second));
        second += std::chrono::seconds(1);
    }
}
BENCHMARK(format_date);

void date_of_this_second(benchmark::State& state) {
    DateCache cache;
    SysTime now{std::chrono::seconds(1'750'000'000)};
    for (auto _ : state) {
        benchmark::DoNotOptimize(now);
        cache.refresh(now);
        benchmark::DoNotOptimize(cache.text());
    }
}
BENCHMARK(date_of_this_second);

// Whether a kept answer is still current that was made from so many things.
void check_generations(benchmark::State& state) {
    Generations generations;
    Sources sources;
    for (std::int64_t id = 0; id < state.range(0); ++id)
        sources.add(Generations::topic(1, id), generations.now());
    for (auto _ : state) {
        if (!sources.current(generations)) state.SkipWithError("not current");
        benchmark::ClobberMemory();
    }
}
BENCHMARK(check_generations)->Arg(1)->Arg(4);

}  // namespace
}  // namespace blog::net
