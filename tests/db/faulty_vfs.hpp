#pragma once
#include <atomic>

namespace blog::test {

// SQLite's file layer with a fault in it. From its construction to its end every database that is
// opened goes through it; it counts, and fails what it is told to fail. One at a time.
class FaultyVfs {
public:
    FaultyVfs();
    FaultyVfs(FaultyVfs const&) = delete;
    FaultyVfs& operator=(FaultyVfs const&) = delete;
    ~FaultyVfs();

    // Syncs of a log file or a database, which is what a commit in WAL mode waits for.
    int syncs() const noexcept;
    // The SQLite result code of every write (of every sync) from now on; 0: they work.
    void fail_writes(int code) noexcept;
    void fail_syncs(int code) noexcept;
    // The n-th write or sync from now fails with `code`, once.
    void fail_once(int n, int code) noexcept;
};

}  // namespace blog::test
