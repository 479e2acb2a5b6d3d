#include "idle.hpp"

#include "answer_reader.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <sys/resource.h>
#include <thread>
#include <vector>

namespace blog::bench {
namespace {

void allow_descriptors(std::size_t wanted) {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = std::max<rlim_t>(limit.rlim_cur, std::min<rlim_t>(limit.rlim_max, wanted));
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

void ask_once(UniqueFd const& socket, Requests& requests) {
    std::string request;
    AnswerReader reader;
    reader.expect(requests.next(request));
    for (std::string_view rest = request; !rest.empty();) {
        auto const size = ::send(socket.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
        if (size < 0) throw std::runtime_error("a connection took no request");
        rest.remove_prefix(static_cast<std::size_t>(size));
    }
    std::array<char, 16384> input;
    while (!reader.done() && !reader.broken()) {
        auto const size = ::recv(socket.get(), input.data(), input.size(), 0);
        if (size <= 0) break;
        reader.take({input.data(), static_cast<std::size_t>(size)});
    }
    if (!reader.done() || !reader.keep_alive())
        throw std::runtime_error("a connection was closed instead of kept alive");
}

bool is_open(UniqueFd const& socket) {
    char byte = 0;
    return ::recv(socket.get(), &byte, 1, MSG_DONTWAIT | MSG_PEEK) < 0 && errno == EAGAIN;
}

}  // namespace

void hold_idle(Url const& url, Requests& requests, std::size_t count, std::chrono::seconds time) {
    constexpr std::size_t others = 32;  // descriptors for everything else
    allow_descriptors(count + others);
    std::vector<UniqueFd> sockets;
    sockets.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        sockets.push_back(connect_to(url));
        ask_once(sockets.back(), requests);
    }
    std::printf("{\"connections\": %zu}\n", count);
    std::fflush(stdout);
    std::this_thread::sleep_for(time);
    auto const closed = count - static_cast<std::size_t>(std::ranges::count_if(sockets, is_open));
    if (closed > 0)
        throw std::runtime_error(std::to_string(closed) + " of the connections were closed");
}

}  // namespace blog::bench
