#include "admin/control_socket.hpp"

#include "admin/control_place.hpp"
#include "admin/conversation.hpp"
#include "admin/run_user_command.hpp"
#include "auth/secret.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <exception>
#include <sys/socket.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace blog::admin {
namespace {

using Local = asio::local::stream_protocol;

constexpr std::size_t conversations_max = 8;
constexpr std::chrono::seconds silence_max{30};
constexpr std::chrono::seconds accept_pause{1};  // when there are no descriptors left
constexpr mode_t socket_mode = 0600;

// Room for one conversation at a time.
struct Seat {
    explicit Seat(asio::io_context& loop) : socket(loop), limit(loop) {}

    // The other side has so long from now on.
    void begin_to_wait() {
        limit.expires_after(silence_max);
        limit.async_wait([this](boost::system::error_code ec) {
            if (!ec && limit.expiry() <= asio::steady_timer::clock_type::now()) leave();
        });
    }
    void leave() noexcept {
        limit.cancel();
        boost::system::error_code ignored;
        socket.close(ignored);
    }

    Local::socket socket;
    asio::steady_timer limit;
    std::array<char, 4096> bytes{};
};

Awaitable<void> send(Seat& seat, RecordKind kind, std::string_view text) {
    std::string record;
    while (text.size() > record_bytes_max) {
        append_record(record, kind, text.substr(0, record_bytes_max));
        text.remove_prefix(record_bytes_max);
    }
    append_record(record, kind, text);
    seat.begin_to_wait();
    auto const buffer = asio::buffer(record);
    auto const [failed, size] = co_await asio::async_write(seat.socket, buffer, no_throw);
    if (failed) throw std::runtime_error("whoever gave the command has gone");
}

class SocketOutput final : public Output {
public:
    explicit SocketOutput(Seat& seat) noexcept : seat_(seat) {}
    Awaitable<void> print(std::string text) override {
        co_await send(seat_, RecordKind::output, text);
    }

private:
    Seat& seat_;
};

// Nothing: the other side has gone, or was silent for too long.
Awaitable<std::optional<Request>> receive(Seat& seat) {
    std::string bytes;
    bytes.reserve(request_bytes_max + seat.bytes.size());  // so that a secret stays in one place
    std::optional<Request> request;
    seat.begin_to_wait();
    while (!request) {
        auto const buffer = asio::buffer(seat.bytes);
        auto const [failed, size] = co_await seat.socket.async_read_some(buffer, no_throw);
        if (failed) break;
        bytes.append(seat.bytes.data(), size);
        seat.bytes.fill(0);
        request = parse_request(bytes);
    }
    auth::wipe(bytes);
    co_return request;
}

bool is_allowed(Local::socket& socket) noexcept {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
        return false;
    return peer.uid == ::geteuid() || peer.uid == 0;
}

}  // namespace

struct ControlSocket::Impl {
    Impl(std::string const& database_path, db::Store& store, Config const& settings,
         Clock const& time, Log& to)
        : config(settings),
          clock(time),
          log(to),
          place(database_path),
          sessions(store.open_sessions(loop.get_executor())) {}

    bool listen();
    Awaitable<void> serve(Seat& seat);
    Awaitable<void> converse(Seat& seat);
    Awaitable<void> answer(Seat& seat);
    void run() noexcept;

    Config const& config;
    Clock const& clock;
    Log& log;
    ControlPlace const place;
    asio::io_context loop{1};
    std::unique_ptr<db::SessionPool> const sessions;
    Local::acceptor acceptor{loop};
    std::vector<std::unique_ptr<Seat>> seats;
    bool stopping = false;  // the loop's thread only
    std::thread thread;
};

bool ControlSocket::Impl::listen() {
    boost::system::error_code ec;
    if (!place.remove()) {
        ec.assign(EEXIST, boost::system::system_category());
    } else {
        acceptor.open(Local(), ec);
        // Before there is a name, so that there is no moment at which others might connect.
        if (!ec) ::fchmod(acceptor.native_handle(), socket_mode);
        if (!ec) acceptor.bind(place.endpoint(), ec);
        if (!ec) acceptor.listen(static_cast<int>(conversations_max), ec);
    }
    if (ec)
        log.warning("cannot listen on " + place.path() + " (" + ec.message() +
                    "): blogd user works only while this server is stopped");
    return !ec;
}

Awaitable<void> ControlSocket::Impl::serve(Seat& seat) {
    while (!stopping) {
        auto const [failed] = co_await acceptor.async_accept(seat.socket, no_throw);
        if (!failed) {
            co_await converse(seat);
            seat.leave();
        } else if (!stopping) {
            seat.limit.expires_after(accept_pause);
            co_await seat.limit.async_wait(no_throw);
        }
    }
}

Awaitable<void> ControlSocket::Impl::converse(Seat& seat) {
    try {
        co_await answer(seat);
    } catch (std::exception const& e) {
        log.warning(std::string("control socket: ") + e.what());
    }
}

Awaitable<void> ControlSocket::Impl::answer(Seat& seat) {
    if (!is_allowed(seat.socket)) {
        log.warning("control socket: another user of this machine was refused");
        std::string_view const text = "only the server's own user and root may say that";
        co_await send(seat, RecordKind::refused, text);
        co_return;
    }
    auto request = co_await receive(seat);
    if (!request) co_return;
    auto outcome = RecordKind::done;
    std::string text;
    try {
        auto command = parse_user_command(request->words);
        SocketOutput out(seat);
        Workplace const workplace{*sessions, config, clock, out};
        co_await run_user_command(workplace, std::move(command), std::move(request->secret));
        log.info("control socket: user " + request->words.front() + ", done");
    } catch (ConfigError const& e) {
        outcome = RecordKind::misused;
        text = e.what();
    } catch (std::exception const& e) {
        outcome = RecordKind::refused;
        text = e.what();
    }
    text.resize(std::min(text.size(), record_bytes_max));
    co_await send(seat, outcome, text);
}

void ControlSocket::Impl::run() noexcept {
    for (auto const& seat : seats)
        asio::co_spawn(loop, serve(*seat), asio::detached);
    try {
        loop.run();
    } catch (std::exception const& e) {
        log.error(std::string("control socket: ") + e.what());
    }
}

ControlSocket::ControlSocket(std::string const& database_path, db::Store& store,
                             Config const& config, Clock const& clock, Log& log)
    : impl_(std::make_unique<Impl>(database_path, store, config, clock, log)) {
    if (!impl_->listen()) return;
    for (std::size_t i = 0; i < conversations_max; ++i)
        impl_->seats.push_back(std::make_unique<Seat>(impl_->loop));
    impl_->thread = std::thread([impl = impl_.get()] { impl->run(); });
}

ControlSocket::~ControlSocket() {
    if (!impl_->thread.joinable()) return;
    impl_->place.remove();
    asio::post(impl_->loop, [impl = impl_.get()] {
        impl->stopping = true;
        boost::system::error_code ignored;
        impl->acceptor.close(ignored);
        for (auto const& seat : impl->seats)
            seat->leave();
    });
    impl_->thread.join();  // the loop ends when nobody is left on it
}

}  // namespace blog::admin
