#include "assert.hpp"
#include "net/connection_impl.hpp"
#include "net/request_reader.hpp"
#include "net/response_writer.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

// What a connection does without a coroutine: it answers requests whose answers are finished, and
// waits for requests and for slow clients.
namespace blog::net {
namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

void Connection::on_ready() noexcept {
    try {
        carry_out(go_on());
    } catch (...) {
        log_failure(loop_, "a connection failed");
        end();
    }
}

Connection::Next Connection::go_on() {
    if (parked_ && parked_->unsent) return send_parked();
    if (!parked_) {
        if (!usable()) return Next::end;  // too long idle, or cut
        no_limit();
    } else if (!usable()) {
        return is_cut() ? Next::end : Next::work;  // a head that took too long is told so
    }
    return serve_finished();
}

void Connection::carry_out(Next next) {
    switch (next) {
        case Next::rest:
            return rest(loop_.limits.idle_time);
        case Next::end:
            return end();
        case Next::work:
            return asio::co_spawn(loop_.context, work(), asio::detached);
        case Next::slow_head:
            if (!armed()) limit(loop_.limits.header_time);  // once: for the whole head
            return stream_->watch(Stream::Direction::read, *this);
        case Next::slow_answer:
            limit(loop_.limits.write_time);
            return stream_->watch(Stream::Direction::write, *this);
    }
}

// Answers what has arrived as long as the answers are finished: the whole way of a kept page,
// without a coroutine, an allocation or a wait.
Connection::Next Connection::serve_finished() {
    become_busy();
    for (unsigned served = 0; served < loop_.limits.pipeline_burst; ++served) {
        auto const got = receive_now(*this, loop_.limits, *ws_);
        if (got == Received::nothing) break;
        if (got == Received::closed) return Next::end;
        if (got == Received::partly && ws_->head.bytes == 0) {
            park(ws_->in.view());
            return Next::slow_head;
        }
        no_limit();
        if (got != Received::request || !ws_->head.keep_alive || loop_.draining) return Next::work;
        Request const request(parts());
        auto const response = loop_.service.ready(request);
        if (!response) return Next::work;
        if (!answer_now(*response)) return Next::slow_answer;
        finish_request(*ws_);
        if (ws_->in.empty()) break;  // the next request comes with the next readiness
    }
    if (!ws_->in.empty()) return Next::work;  // others have a turn
    become_idle();
    return usable() && !loop_.draining ? Next::rest : Next::end;
}

// False: the client did not take all of it, and the rest is parked.
bool Connection::answer_now(Response const& response) {
    auto const& head = ws_->head;
    SendOptions const options{head.method == Method::head, head.http_1_0, true};
    auto ready = make_ready(loop_, *ws_, response, options);
    BLOG_ASSERT(ready);
    auto const owed = ready->parts.bytes();
    if (try_write(ready->parts) == Stream::State::ok) {
        log_answer(response, ready->body_bytes);
        return true;
    }
    auto const sent = owed - ready->parts.bytes();
    auto const of_head = std::min(sent, ws_->text.size());
    Parked::Unsent unsent{.owner = std::get<FinishedPtr>(response.body()),
                          .head = ws_->text.substr(of_head),
                          .tail = ready->tail.substr(sent - of_head),
                          .record = {.method = to_string(head.method),
                                     .route = response.route(),
                                     .status = response.status(),
                                     .body_bytes = ready->body_bytes,
                                     .started = ws_->started}};
    park(ws_->in.view().substr(ws_->in_used));
    parked_->unsent = std::move(unsent);
    return false;
}

// Gives the workspace back and keeps what has arrived.
void Connection::park(std::string_view input) {
    parked_ = std::make_unique<Parked>();
    parked_->input = input;
    parked_->head_seen = ws_->head_seen;
    loop_.workspaces.give_back(std::move(ws_));
}

// Sends more of a parked answer; after its end, what was asked for meanwhile has its turn.
Connection::Next Connection::send_parked() {
    auto& unsent = *parked_->unsent;
    Parts parts{unsent.head, unsent.tail};
    auto const owed = parts.bytes();
    auto const state = usable() ? try_write(parts) : Stream::State::failed;
    if (state != Stream::State::blocked) loop_.service.log(unsent.record);
    if (state == Stream::State::failed) return Next::end;
    auto const sent = owed - parts.bytes();
    auto const of_head = std::min(sent, unsent.head.size());
    unsent.head.erase(0, of_head);
    unsent.tail.remove_prefix(sent - of_head);
    if (state == Stream::State::blocked) return Next::slow_answer;
    no_limit();
    parked_->unsent.reset();
    return serve_finished();
}

}  // namespace blog::net
