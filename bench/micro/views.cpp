// HTML: the home page with ten posts, and escaping.
#include "assets.hpp"
#include "views/escape.hpp"
#include "views/library.hpp"

#include <benchmark/benchmark.h>
#include <optional>
#include <string>

namespace blog::views {
namespace {

std::optional<std::string> embedded_template(std::string_view name) {
    auto const* const asset = find_asset("templates/" + std::string(name));
    if (asset == nullptr) return std::nullopt;
    return std::string(asset->bytes);
}

std::string asset_url(std::string_view path) {
    return "/static/" + std::string(path) + "?v=0123456789ab";
}

void render_home(benchmark::State& state) {
    Library const library(embedded_template, asset_url);
    std::string const content(1000, 'x');
    PostCard const card{.id = 123,
                        .title = "A title of the usual length",
                        .content = content,
                        .date_posted = SysTime(std::chrono::seconds(1'750'000'000)),
                        .author_id = 7,
                        .author = "ada",
                        .image_path = "/media/profile_pics/ada.png"};
    HomePage const page{.site = {"Blog"},
                        .posts = std::vector(10, card),
                        .newer_href = "",
                        .older_href = "/?before=1750000000000000_123",
                        .first_page = true};
    std::string out;
    for (auto _ : state) {
        out.clear();
        library.render(page, out);
        benchmark::DoNotOptimize(out.data());
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(out.size()));
}
BENCHMARK(render_home);

void escape(benchmark::State& state, std::string_view piece) {
    std::string text;
    while (text.size() < 4096)
        text += piece;
    std::string out;
    for (auto _ : state) {
        out.clear();
        append_html(out, text);
        benchmark::DoNotOptimize(out.data());
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK_CAPTURE(escape, plain, "Some words of a post, with nothing to escape. ");
BENCHMARK_CAPTURE(escape, dense, "He said \"a < b & c > d\", didn't he? ");

}  // namespace
}  // namespace blog::views
