#pragma once
#include "db/sqlite/statement.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>

namespace blog::db {

// A statement as the code names it: a constant whose address is the key of the prepared one.
struct Query {
    std::string_view sql;
};

// One connection to the database and its prepared statements. One thread at a time: whoever runs
// statements holds `mutex()`, which is contended only in memory, where one connection serves all.
class Connection {
public:
    enum class Access { read_write, read_only };
    struct Options {
        Access access = Access::read_only;
        std::chrono::milliseconds busy_max{0};
        std::size_t cache_bytes = 2u << 20;
    };

    // `path` is absolute, or ":memory:". Throws SqliteError. Changes nothing in the file: what the
    // writer needs beyond this (write-ahead log) is set once the file is known to be ours.
    Connection(std::string const& path, Options options);
    Connection(Connection const&) = delete;
    Connection& operator=(Connection const&) = delete;
    // A read-only connection never copies the log into the database when it closes; a writer does,
    // unless it was told to leave everything as it is.
    ~Connection();

    // Binds `args` to ?1, ?2 and so on. A text must outlive the rows.
    template <class... Args>
    Rows rows(Query const& query, Args&&... args) {
        static_assert((!std::is_same_v<Args, std::string> && ...),
                      "a temporary string would be gone before the rows are read: name it first");
        Rows run(statement(query));
        int place = 0;
        (run.bind(++place, args), ...);
        return run;
    }
    // Runs a statement whose rows do not matter; returns how many rows it changed itself (what its
    // triggers changed is not counted).
    template <class... Args>
    std::int64_t run(Query const& query, Args const&... args) {
        rows(query, args...).finish();
        return changes();
    }
    // The first column of the first row, or `otherwise`.
    template <class... Args>
    std::int64_t number_or(std::int64_t otherwise, Query const& query, Args const&... args) {
        auto found = rows(query, args...);
        return found.next() ? found.integer(0) : otherwise;
    }

    // Any number of statements, prepared for this one time: for opening and migrating.
    void script(std::string_view sql);
    // Prepares them now, so that a statement that does not fit the tables fails at start.
    void prepare(std::span<Query const* const> queries);

    bool in_transaction() const noexcept;
    bool writable() const noexcept;
    // Leave log and database as they are when closing, or not.
    void keep_log_at_close(bool keep = true) noexcept;
    std::mutex& mutex() noexcept { return mutex_; }
    sqlite3* handle() noexcept { return db_; }

private:
    Statement& statement(Query const& query);
    std::int64_t changes() const noexcept;

    std::mutex mutex_;
    sqlite3* db_ = nullptr;
    std::unordered_map<Query const*, std::unique_ptr<Statement>> statements_;
};

// Several reads that see the same moment; joins the transaction that it finds.
class Snapshot {
public:
    explicit Snapshot(Connection& db);
    Snapshot(Snapshot const&) = delete;
    Snapshot& operator=(Snapshot const&) = delete;
    ~Snapshot();

private:
    Connection& db_;
    bool const joined_;
};

// A write transaction that is undone unless it is committed.
class Transaction {
public:
    explicit Transaction(Connection& db);
    Transaction(Transaction const&) = delete;
    Transaction& operator=(Transaction const&) = delete;
    ~Transaction();
    void commit();

private:
    Connection& db_;
};

}  // namespace blog::db
