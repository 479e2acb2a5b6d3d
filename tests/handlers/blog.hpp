#pragma once
#include "handlers/site.hpp"

#include <chrono>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

namespace blog::test {

// A site with something to read: ada wrote posts 1 and 2, bob post 3, carol nothing.
struct Blog : Site {
    Blog() : Blog(Config()) {}
    explicit Blog(Config settings) : Site(std::move(settings)) {
        for (auto const* name : {"ada", "bob", "carol"})
            add_user(name);
        add_post("First of ada");
        add_post("Second of ada");
        add_post("First of bob", 2);
    }
    static Config with_cache(std::size_t bytes) {
        Config config;
        config.cache_size.value = bytes;
        return config;
    }

    // A request with one field.
    Answer with(std::string_view path, std::string_view name, std::string_view value,
                net::Method method = net::Method::get) {
        return request(method, path, {}, {{name, value}});
    }
    // Whether the answer to `path` needs no handler.
    bool ready(std::string_view path) {
        get(path);
        return was_ready;
    }
    // As GET /metrics tells it.
    std::size_t metric(std::string const& name) const {
        auto const text = "\n" + metrics.text();
        auto const at = text.find("\n" + name + " ");
        if (at == text.npos) throw std::logic_error("no metric " + name);
        return std::stoul(text.substr(at + name.size() + 2));
    }
    std::size_t stored() const { return metric("blogd_cache_stored_total"); }
    // Lets the compressor's answers arrive.
    void turn() {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        loop.restart();
        loop.poll();
    }
};

// What makes a request; the views outlive it.
inline net::Request::Parts asking(std::string_view path, net::Method method = net::Method::get,
                                  std::span<net::HeaderView const> headers = {}) {
    net::Request::Parts parts;
    parts.method = method;
    parts.path = path;
    parts.headers = headers;
    parts.client = *net::Address::parse("127.0.0.1");
    return parts;
}

// Of field lines as they go out; "" when there is none.
inline std::string line(std::string const& headers, std::string const& name) {
    auto const at = ("\r\n" + headers).find("\r\n" + name + ": ");
    if (at == headers.npos) return {};
    auto const from = at + name.size() + 2;
    return headers.substr(from, headers.find("\r\n", from) - from);
}
inline std::string etag(Site::Answer const& answer) {
    return line(answer.headers, "ETag");
}

}  // namespace blog::test
