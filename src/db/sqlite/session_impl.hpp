#pragma once
#include "db/sqlite/session.hpp"
#include "db/sqlite/sqlite_error.hpp"

#include <sqlite3.h>

#include <type_traits>
#include <utility>

// For session.cpp and session_accounts.cpp alone.
namespace blog::db {

template <class Function>
auto SqliteSession::read(Generations::Topic topic, Function const& function) {
    using Outcome = std::invoke_result_t<Function const&, Connection&>;
    try {
        auto const moment = std::exchange(moment_, Reader::Moment::same);
        auto outcome = reader_.read(moment, function);
        note(topic);
        return outcome;
    } catch (SqliteError const& e) {
        // Another program holds the file; everything else is a broken database.
        if (e.primary_code() != SQLITE_BUSY) throw;
        return Outcome(Error{Errc::busy});
    }
}

template <class T, class Function>
Awaitable<Result<T>> SqliteSession::write(std::size_t bytes, Function function) {
    if (writes_ == nullptr) co_return Error{Errc::unavailable};
    Write<T, Function> op(bytes, std::move(function));
    auto const stored = co_await writes_->run(op);
    see_newest();
    if (!stored) co_return stored.error();
    co_return op.take();
}

}  // namespace blog::db
