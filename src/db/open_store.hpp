#pragma once
#include "clock.hpp"
#include "db/store.hpp"
#include "generations.hpp"
#include "log.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace blog::db {

// Of a store on PostgreSQL; each number of connections is one loop's.
struct PostgresOptions {
    // A libpq URL, with several hosts if there are; "": the store is a SQLite file.
    std::string url;
    // Standbys that reads may go to.
    std::vector<std::string> replicas;
    // What waits for a reader goes out in one piece, so a few are enough; a writer has one
    // transaction at a time, and the server syncs those of several together.
    std::size_t readers = 2, writers = 8;
    // Reads, and writes, of one loop that may wait for a connection; the next one is told `busy`.
    std::size_t queue_max = 1024;
    // For each host of the URL, and for each question with its wait.
    std::chrono::milliseconds connect_timeout{3000}, query_timeout{5000};
    // After which a connection whose commit is not answered is given up: longer than a failover.
    std::chrono::milliseconds commit_timeout{60'000};
    // How long a start waits for a server that is not there yet.
    std::chrono::milliseconds start_timeout{30'000};
    // An answer that was kept is given out for at most this long after another instance's write.
    std::chrono::milliseconds cache_lag{100};
    // A standby that is further behind than this is not asked.
    std::chrono::milliseconds replica_lag{1000};
};

// Every limit of the data layer, with its reason. Sizes are bytes unless the name says otherwise.
struct StoreOptions {
    PostgresOptions postgres{};

    // The file, absolute or relative to the working directory; made when it is not there, its
    // folder is not. ":memory:" is a private database that ends with the store (tests, trying
    // things out).
    std::string path = "blog.db";
    // Of a SQLite store: the folder whose profile_pics/ has the pictures; "": they are in the
    // database.
    std::string media{};

    // Requests of one loop that may use the database at once. Sessions are cheap (a loop's sessions
    // share its one read connection, since a read never suspends); the number bounds the writes
    // that wait for the disk: 64 in the group being synced and 64 that form the next one.
    std::size_t sessions_per_loop = 128;
    // Requests of one loop that may wait for a session; the next one is told `busy` at once.
    std::size_t session_waiters_max = 1024;
    // How long such a request waits. Longer than any healthy commit, shorter than a client's
    // patience.
    std::chrono::milliseconds session_wait_max{5000};

    // Writes of all loops that wait for the writer, beyond which `busy` is told at once: by count,
    // and by what they hold in memory.
    std::size_t write_queue_max = 4096;
    std::size_t write_queue_bytes_max = 64u << 20;
    // One commit takes at most this many writes: past 64 a sync is shared well enough, and a bigger
    // group only makes its first member wait for its last.
    std::size_t group_rows_max = 64;
    // Or this many bytes: a group of huge posts must not hold up everyone else.
    std::size_t group_bytes_max = 4u << 20;

    // Pages in the write-ahead log after which the writer copies them into the database: early
    // while nobody waits, later under load. Writes wait meanwhile, so the steps are small: 500
    // pages take about as long as two commits of a full group, 4000 pages eight times as long as
    // one, and the sum of the work is the same.
    int checkpoint_pages_idle = 500;
    int checkpoint_pages_busy = 1000;
    // The log file is cut back to this size once it was copied. It is not cut to nothing: writing
    // over old space syncs twice as fast as growing a file.
    std::int64_t log_bytes_kept = 64 << 20;

    // How long the writer waits for another program that holds the file.
    std::chrono::milliseconds writer_busy_max{5000};
    // The same for readers, which run on the loops: everybody else waits meanwhile.
    std::chrono::milliseconds reader_busy_max{100};

    // Page cache: SQLite's default serves readers as well as a bigger one (the system caches the
    // file), the writer holds a whole group of dirty pages.
    std::size_t reader_cache_bytes = 2u << 20;
    std::size_t writer_cache_bytes = 8u << 20;
};

// Opens, locks, checks and migrates the database. Throws DatabaseError with a sentence for the
// operator: the folder is missing, no permission, not a database, not a blog, newer than this
// program, in use by another blogd (names its process), disk full. The others outlive the store;
// it alone publishes: each write before its reply, another program's within half a second, or on
// PostgreSQL within `cache_lag`.
std::unique_ptr<Store> open_store(StoreOptions const& options, Clock const& clock, Log& log,
                                  Generations& generations);

}  // namespace blog::db
