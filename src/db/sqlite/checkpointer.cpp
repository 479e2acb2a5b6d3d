#include "db/sqlite/checkpointer.hpp"

#include "db/sqlite/connection.hpp"
#include "db/sqlite/sqlite_error.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <thread>

namespace blog::db {

Checkpointer::Checkpointer(Connection& writer, Generations& generations, Limits limits)
    : writer_(writer), generations_(generations), limits_(limits) {
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

void Checkpointer::run_if_due(bool idle) {
    if (pages_waiting() < (idle ? limits_.pages_idle : limits_.pages_busy)) return;
    run(SQLITE_CHECKPOINT_PASSIVE);
    if (pages_logged_ < 2 * limits_.pages_busy) return;
    if (pages_waiting() > 0) {
        let_readers_go();
        run(SQLITE_CHECKPOINT_PASSIVE);
    }
    let_readers_go();
}

// The next write begins the log anew when all of it was copied and nobody reads from it. Busy loops
// do so nearly always: give them a stamp to take new snapshots for, which read from the database
// where all was copied, and the time to get there; the more, the longer the log.
void Checkpointer::let_readers_go() {
    generations_.publish({});
    std::this_thread::sleep_for(
        std::chrono::milliseconds(std::min(pages_logged_ / limits_.pages_busy, 10)));
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
