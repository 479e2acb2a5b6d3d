#pragma once
#include <chrono>

namespace blog::db {

class Connection;

// Copies the write-ahead log into the database. SQLite's own rule is off: it would do this inside
// some unlucky commit, and on any connection, which before SQLite 3.51.3 can lose committed pages.
// The writer's connection and thread only.
class Checkpointer {
public:
    // Pages in the log that make a copy due: while nobody waits, and under load.
    struct Limits {
        int pages_idle, pages_busy;
    };
    Checkpointer(Connection& writer, Limits limits);
    Checkpointer(Checkpointer const&) = delete;
    Checkpointer& operator=(Checkpointer const&) = delete;
    ~Checkpointer();

    // After a group was answered; true: it was due. Never waits for a reader. Throws SqliteError.
    bool run_if_due(bool idle);
    // The next write begins the log anew if all of it was copied and nobody reads from it. Busy
    // loops do so nearly always, so the log may grow too long: then this says how long the writer
    // should leave them to take new snapshots, which read from the database alone. The longer the
    // log, the longer; 0: it is short.
    std::chrono::milliseconds pause_for_readers() const noexcept;
    // What a reader kept from being copied, when there is something. Throws SqliteError.
    void copy_rest();
    // Copies everything and empties the log: at close, when the readers are gone.
    void finish();

    int pages_logged() const noexcept { return pages_logged_; }
    int pages_waiting() const noexcept { return pages_logged_ - pages_copied_; }

private:
    void committed(int pages) noexcept;
    void run(int mode);

    Connection& writer_;
    Limits const limits_;
    int pages_logged_ = 0;  // in the log as of the last commit
    int pages_copied_ = 0;  // of these, already in the database
};

}  // namespace blog::db
