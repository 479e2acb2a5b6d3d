#pragma once
#include "generations.hpp"

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
    Checkpointer(Connection& writer, Generations& generations, Limits limits);
    Checkpointer(Checkpointer const&) = delete;
    Checkpointer& operator=(Checkpointer const&) = delete;
    ~Checkpointer();

    // After a group was answered. Waits a few milliseconds at most, for readers that keep a log
    // that grew too long from beginning anew. Throws SqliteError.
    void run_if_due(bool idle);
    // Copies everything and empties the log: at close, when the readers are gone.
    void finish();

    int pages_waiting() const noexcept { return pages_logged_ - pages_copied_; }

private:
    void committed(int pages) noexcept;
    void run(int mode);
    void let_readers_go();

    Connection& writer_;
    Generations& generations_;
    Limits const limits_;
    int pages_logged_ = 0;  // in the log as of the last commit
    int pages_copied_ = 0;  // of these, already in the database
};

}  // namespace blog::db
