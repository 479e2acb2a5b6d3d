// An HTTP load at a fixed rate with honest latencies; see generator.hpp. Prints JSON.
#include "command_line.hpp"
#include "generator.hpp"
#include "idle.hpp"

#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

namespace blog::bench {
namespace {

struct Options {
    std::string url, method, body, content_type;
    std::vector<std::string> headers, mix;
    double rate = 0;
    unsigned connections = 1, seconds = 10;
    std::size_t idle = 0;
};

Requests requests_of(Options const& options, Url const& url) {
    Requests requests(url.authority, options.headers, options.content_type);
    for (auto const& line : options.mix)
        requests.add(line);
    if (!requests.empty()) return requests;
    auto const body = options.body.empty() ? std::string() : read_file(options.body);
    for (auto const& path : url.paths)
        requests.add(options.method, path, 1, body);
    return requests;
}

void print(Options const& options, Outcome const& outcome) {
    auto const micros = [&](double percent) {
        return static_cast<double>(outcome.latency_ns.percentile(percent)) / 1e3;
    };
    std::string status;
    for (auto const& [code, count] : outcome.status) {
        status += status.empty() ? "" : ", ";
        status += '"' + std::to_string(code) + "\": " + std::to_string(count);
    }
    std::printf(
        "{\"rate\": %.10g, \"achieved\": %.1f, \"errors\": %llu, \"unanswered\": %llu,"
        " \"status\": {%s}, \"latency_us\": {\"p50\": %.1f, \"p90\": %.1f, \"p99\": %.1f,"
        " \"p99.9\": %.1f, \"max\": %.1f}}\n",
        options.rate, outcome.achieved, static_cast<unsigned long long>(outcome.errors),
        static_cast<unsigned long long>(outcome.unanswered), status.c_str(), micros(50), micros(90),
        micros(99), micros(99.9), static_cast<double>(outcome.latency_ns.max()) / 1e3);
}

void generate(Options const& options) {
    if (options.connections == 0 || options.seconds == 0 || !(options.rate >= 0))
        throw std::runtime_error("--connections and --seconds are above 0, --rate is not below");
    auto const url = parse_url(options.url);
    auto requests = requests_of(options, url);
    std::chrono::seconds const time(options.seconds);
    if (options.idle > 0) return hold_idle(url, requests, options.idle, time);
    Generator generator(url, requests, {options.rate, options.connections, time});
    print(options, generator.run());
}

}  // namespace
}  // namespace blog::bench

int main(int argc, char** argv) {
    using namespace blog::bench;
    Options o;
    po::options_description known("bench_openloop: HTTP load at a fixed rate");
    auto add = known.add_options();
    add("url", po::value(&o.url)->required(),
        "http://HOST:PORT/PATH[,/PATH...]; [1-100] in a path: a number from 1 to 100");
    add("rate", po::value(&o.rate)->default_value(0), "requests a second; 0: as fast as it goes");
    add("connections", po::value(&o.connections)->default_value(64), "kept alive");
    add("seconds", po::value(&o.seconds)->default_value(10), "after one second of warm-up");
    add("header", po::value(&o.headers), "'Name: value'; may be said several times");
    add("method", po::value(&o.method)->default_value("GET"), "of the paths of --url");
    add("body", po::value(&o.body), "file with their body");
    add("content-type", po::value(&o.content_type)->default_value("application/json"),
        "of every body");
    add("mix", po::value(&o.mix),
        "'METHOD PATH WEIGHT [BODYFILE]' instead of the paths of --url; several times");
    add("idle", po::value(&o.idle),
        "no load: open so many connections, one request each, hold them for --seconds");
    return run_program(argc, argv, known, [&] { generate(o); });
}
