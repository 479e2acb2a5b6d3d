#include "db/sqlite/checkpointer.hpp"

#include "db/sqlite/connection.hpp"
#include "db/sqlite/sqlite_error.hpp"

#include <sqlite3.h>

#include <algorithm>

namespace blog::db {

Checkpointer::Checkpointer(Connection& writer, Limits limits) : writer_(writer), limits_(limits) {
    // Takes the place of the automatic checkpoint.
    sqlite3_wal_hook(
        writer_.handle(),
        [](void* self, sqlite3*, char const*, int pages) {
            static_cast<Checkpointer*>(self)->committed(pages);
            return SQLITE_OK;
        },
        this);
}

Checkpointer::~Checkpointer() {
    sqlite3_wal_hook(writer_.handle(), nullptr, nullptr);
}

void Checkpointer::committed(int pages) noexcept {
    // Fewer than before: the log was copied in full and began anew.
    if (pages < pages_logged_) pages_copied_ = 0;
    pages_logged_ = pages;
}

bool Checkpointer::run_if_due(bool idle) {
    if (pages_waiting() < (idle ? limits_.pages_idle : limits_.pages_busy)) return false;
    run(SQLITE_CHECKPOINT_PASSIVE);
    return true;
}

std::chrono::milliseconds Checkpointer::pause_for_readers() const noexcept {
    int const times_too_long = pages_logged_ / std::max(limits_.pages_busy, 1);
    return std::chrono::milliseconds(times_too_long < 2 ? 0 : std::min(times_too_long, 10));
}

void Checkpointer::copy_rest() {
    if (pages_waiting() > 0) run(SQLITE_CHECKPOINT_PASSIVE);
}

void Checkpointer::finish() {
    run(SQLITE_CHECKPOINT_TRUNCATE);
}

void Checkpointer::run(int mode) {
    int logged = 0, copied = 0;
    int const code = sqlite3_wal_checkpoint_v2(writer_.handle(), "main", mode, &logged, &copied);
    if (code != SQLITE_OK && code != SQLITE_BUSY)
        throw SqliteError(code, sqlite3_errmsg(writer_.handle()));
    pages_logged_ = std::max(logged, 0);  // -1: no log, as in memory
    pages_copied_ = std::max(copied, 0);
}

}  // namespace blog::db
