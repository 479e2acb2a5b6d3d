#include "db/postgres/link.hpp"

#include <cstring>
#include <string>

namespace blog::db::postgres {

Link::Link(ConnectionPtr connection, asio::any_io_executor loop)
    : connection_(std::move(connection)), socket_(std::move(loop), PQsocket(connection_.get())) {
    PQsetNoticeReceiver(connection_.get(), &Link::on_notice, this);
}

Link::~Link() {
    if (connection_) socket_.release();  // libpq closes it
}

ConnectionPtr Link::take() {
    socket_.release();
    PQsetNoticeReceiver(
        connection_.get(), [](void*, PGresult const*) {}, nullptr);
    if (PQexitPipelineMode(connection_.get()) != 1 || PQsetnonblocking(connection_.get(), 0) != 0)
        lost();
    return std::move(connection_);
}

void Link::on_notice(void* self, PGresult const* notice) {
    auto const* const severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
    if (severity == nullptr) return;
    auto& link = *static_cast<Link*>(self);
    if (std::strcmp(severity, "WARNING") == 0) link.warned_ = true;
    if (std::strcmp(severity, "FATAL") == 0 || std::strcmp(severity, "PANIC") == 0)
        link.ended_ = true;
}

bool Link::take_warning() noexcept {
    return std::exchange(warned_, false);
}

void Link::lost() const {
    std::string text = aborted_ ? "no answer in time" : PQerrorMessage(connection_.get());
    while (!text.empty() && text.back() == '\n')
        text.pop_back();
    throw LinkLost(text.empty() ? "the connection was closed" : text);
}

bool Link::usable() noexcept {
    // Twice: the first reads the server's last words, the second that nothing follows them.
    for (int i = 0; i < 2; ++i)
        if (aborted_ || PQconsumeInput(connection_.get()) == 0) return false;
    (void)PQisBusy(connection_.get());  // looks at what was read
    return !ended_ && PQstatus(connection_.get()) == CONNECTION_OK;
}

void Link::send(Statement const& statement, Params const& params) {
    if (PQsendQueryPrepared(connection_.get(), statement.name, params.count(), params.values(),
                            params.lengths(), Params::formats(), 1) != 1)
        lost();
}

void Link::sync() {
    if (PQpipelineSync(connection_.get()) != 1) lost();
}

Awaitable<void> Link::flush() {
    for (;;) {
        int const left = PQflush(connection_.get());
        if (left < 0) lost();
        if (left == 0) co_return;
        co_await wait(asio::posix::stream_descriptor::wait_write);
        // The server may have to get rid of answers before it reads on.
        if (PQconsumeInput(connection_.get()) == 0) lost();
    }
}

Awaitable<void> Link::wait(asio::posix::stream_descriptor::wait_type what) {
    if (aborted_) lost();
    auto const [ec] = co_await socket_.async_wait(what, no_throw);
    if (ec || aborted_) lost();
}

// PQgetResult() gives null after the results of each statement: of binary, single results there is
// one, so one null is skipped.
Awaitable<ResultPtr> Link::next() {
    for (;;) {
        while (PQisBusy(connection_.get()) != 0) {
            co_await wait(asio::posix::stream_descriptor::wait_read);
            if (PQconsumeInput(connection_.get()) == 0) lost();
        }
        ResultPtr result(PQgetResult(connection_.get()));
        if (result) {
            if (PQstatus(connection_.get()) != CONNECTION_OK) lost();
            co_return result;
        }
        if (PQstatus(connection_.get()) != CONNECTION_OK) lost();
    }
}

void Link::abort() noexcept {
    aborted_ = true;
    boost::system::error_code ignored;
    socket_.cancel(ignored);
}

}  // namespace blog::db::postgres
