#pragma once
#include "net/endpoint.hpp"
#include "unique_fd.hpp"

#include <arpa/inet.h>
#include <chrono>
#include <cstring>
#include <netinet/in.h>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/un.h>

namespace blog::net {

// A blocking client with patience of a few seconds.
class Client {
public:
    explicit Client(Endpoint const& to) : Client(to, Unconnected()) { connect(to); }

    // Has its descriptor, but connects later.
    struct Unconnected {};
    Client(Endpoint const& to, Unconnected)
        : socket_(::socket(to.is_unix() ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
    void connect(Endpoint const& to) {
        if (to.is_unix()) {
            sockaddr_un name{};
            name.sun_family = AF_UNIX;
            to.path().copy(name.sun_path, sizeof name.sun_path - 1);
            connect(reinterpret_cast<sockaddr const&>(name), sizeof name);
        } else {
            sockaddr_in name{};
            name.sin_family = AF_INET;
            name.sin_port = htons(to.port());
            std::memcpy(&name.sin_addr, to.address().bytes().data() + 12, 4);
            connect(reinterpret_cast<sockaddr const&>(name), sizeof name);
        }
    }

    bool connected() const { return connected_; }
    bool send(std::string_view text) {
        return ::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL) ==
               static_cast<ssize_t>(text.size());
    }
    void finish() { ::shutdown(socket_.get(), SHUT_WR); }

    // What arrives until the text ends with `end`, the server closes, or five seconds pass.
    std::string receive(std::string_view end = {}) {
        std::string text;
        char buffer[65536];
        while (end.empty() || !text.ends_with(end)) {
            pollfd wait{socket_.get(), POLLIN, 0};
            if (::poll(&wait, 1, 5000) != 1) return text + "<timeout>";
            auto const got = ::recv(socket_.get(), buffer, sizeof buffer, 0);
            if (got < 0) return text + "<reset>";
            if (got == 0) break;
            text.append(buffer, static_cast<std::size_t>(got));
        }
        return text;
    }
    std::string ask(std::string_view path, std::string_view end) {
        send("GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n\r\n");
        return receive(end);
    }

private:
    void connect(sockaddr const& name, socklen_t size) {
        connected_ = ::connect(socket_.get(), &name, size) == 0;
    }

    UniqueFd socket_;
    bool connected_ = false;
};

}  // namespace blog::net
