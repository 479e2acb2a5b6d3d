#pragma once
#include "net/stream.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstring>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

namespace blog::net {

// Both ends of a connection in memory: the test is the client.
class Pipe {
public:
    explicit Pipe(asio::io_context& io) : wake_(io, asio::steady_timer::time_point::max()) {}

    // The client's side. A piece is what one read of the server gets at most.
    void send(std::string_view piece) {
        input_.emplace_back(piece);
        wake();
    }
    void finish() {
        ended_ = true;
        wake();
    }
    void vanish() {
        failed_ = true;
        wake();
    }
    // How many more bytes the client takes; unlimited at first.
    void accept(std::size_t bytes) {
        room_ = bytes;
        wake();
    }
    std::string const& output() const { return output_; }
    std::string take_output() { return std::exchange(output_, {}); }
    bool closed() const { return closed_; }         // the server let go of the stream
    bool saw_end() const { return server_ended_; }  // the server has finished sending
    std::size_t unread() const {
        std::size_t sum = 0;
        for (auto const& piece : input_)
            sum += piece.size();
        return sum;
    }
    std::size_t reads = 0;  // attempts of the server

private:
    friend class MemoryStream;

    void wake() { wake_.cancel(); }
    bool readable() const { return ended_ || failed_ || !input_.empty(); }

    asio::steady_timer wake_;
    std::deque<std::string> input_;
    std::string output_;
    std::size_t room_ = static_cast<std::size_t>(-1);
    bool ended_ = false, failed_ = false, closed_ = false, server_ended_ = false;
};

class MemoryStream final : public Stream {
public:
    explicit MemoryStream(std::shared_ptr<Pipe> pipe) : pipe_(std::move(pipe)) {}
    ~MemoryStream() override { pipe_->closed_ = true; }

    Moved read(std::span<char> into) noexcept override {
        ++pipe_->reads;
        if (pipe_->failed_) return {0, State::failed};
        auto& input = pipe_->input_;
        if (input.empty()) return {0, pipe_->ended_ ? State::ended : State::blocked};
        auto const taken = std::min(into.size(), input.front().size());
        std::memcpy(into.data(), input.front().data(), taken);
        input.front().erase(0, taken);
        if (input.front().empty()) input.pop_front();
        return {taken, State::ok};
    }

    Moved write(std::span<std::string_view const> parts) noexcept override {
        if (pipe_->failed_) return {0, State::failed};
        Moved moved;
        for (auto const part : parts) {
            auto const taken = std::min(part.size(), pipe_->room_);
            pipe_->output_.append(part.substr(0, taken));
            pipe_->room_ -= taken;
            moved.bytes += taken;
        }
        if (moved.bytes == 0) moved.state = State::blocked;
        return moved;
    }

    Awaitable<void> wait(Direction direction) override {
        bool const ready = direction == Direction::write ? pipe_->room_ > 0 : pipe_->readable();
        if (!ready && !pipe_->failed_) co_await pipe_->wake_.async_wait(no_throw);
    }

    void watch(Direction direction, Watcher& watcher) override {
        auto const tell = [&watcher](auto...) { watcher.on_ready(); };
        if (direction == Direction::write ? pipe_->room_ > 0 : pipe_->readable())
            asio::post(pipe_->wake_.get_executor(), tell);
        else
            pipe_->wake_.async_wait(tell);
    }

    void cancel() noexcept override { pipe_->wake(); }
    void finish_sending() noexcept override { pipe_->server_ended_ = true; }

private:
    std::shared_ptr<Pipe> pipe_;
};

}  // namespace blog::net
