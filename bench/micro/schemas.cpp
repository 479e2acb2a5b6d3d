// JSON in and out: a body that is sent, and answers of one and of ten posts.
#include "schemas/body.hpp"
#include "schemas/page.hpp"
#include "schemas/posts.hpp"

#include <benchmark/benchmark.h>
#include <string>
#include <variant>

namespace blog::schemas {
namespace {

// About 1 KB, with some line ends and quotes, as posts have them.
std::string content() {
    std::string out;
    while (out.size() < 1000)
        out += "Some words of a post, and \"some more\" of them in a second sentence.\n";
    return out;
}

db::Post post(std::int64_t id) {
    return {.id = db::PostId{id},
            .title = "A title of the usual length",
            .content = content(),
            .date_posted = SysTime(std::chrono::microseconds(1'750'000'000'123'456)),
            .author = {.id = db::UserId{7},
                       .username = "ada",
                       .email = "ada@example.com",
                       .image_file = "ada.png"}};
}

void parse_post(benchmark::State& state) {
    std::string body = R"({"title": "A title of the usual length", "content": )";
    append_json(body, std::string_view(content()));
    body += R"(, "user_id": 7})";
    for (auto _ : state) {
        auto const parsed = parse_body<PostCreate>("application/json", body, {});
        if (!std::holds_alternative<PostCreate>(parsed)) state.SkipWithError("refused");
        benchmark::DoNotOptimize(parsed);
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(body.size()));
}
BENCHMARK(parse_post);

// Three faults, each told.
void refuse_post(benchmark::State& state) {
    constexpr std::string_view body = R"({"title": "", "content": 5, "other": [1, 2, 3]})";
    for (auto _ : state) {
        auto const parsed = parse_body<PostCreate>("application/json", body, {});
        if (!std::holds_alternative<Issues>(parsed)) state.SkipWithError("accepted");
        benchmark::DoNotOptimize(parsed);
    }
}
BENCHMARK(refuse_post);

template <class Answer>
void write(benchmark::State& state, Answer const& answer) {
    std::string out;
    for (auto _ : state) {
        out.clear();
        append_json(out, answer);
        benchmark::DoNotOptimize(out.data());
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(out.size()));
}

void write_one_post(benchmark::State& state) {
    auto const model = post(123);
    write(state, PostResponse(model));
}
BENCHMARK(write_one_post);

void write_ten_posts(benchmark::State& state) {
    db::PostPage page{.posts = {}, .total = 1000};
    for (std::int64_t id = 1; id <= 10; ++id)
        page.posts.push_back(post(id));
    write(state, PaginatedPostsResponse(page, PageQuery{}));
}
BENCHMARK(write_ten_posts);

}  // namespace
}  // namespace blog::schemas
