// What SQLite alone can do with the blog's tables on this machine: no server, no HTTP, one thread,
// prepared statements, WAL and synchronous=FULL. Reads are of one post with its author, in
// autocommit; inserts are one or several a commit.
#include "command_line.hpp"
#include "histogram.hpp"

#include <sqlite3.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <sys/resource.h>

namespace blog::bench {
namespace {

using Clock = std::chrono::steady_clock;

struct Options {
    std::string database;
    double seconds = 5;
    bool reads = false, insert_one = false;
    unsigned insert_batch = 0;
    unsigned sync_delay_us = 0;
};

// Page caches of a reader and of the writer, as large as blogd's.
constexpr char const* reader_cache = "PRAGMA cache_size=-2048";
constexpr char const* writer_cache = "PRAGMA cache_size=-8192";

struct Close {
    void operator()(sqlite3* db) const noexcept { sqlite3_close(db); }
    void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, Close>;
using Statement = std::unique_ptr<sqlite3_stmt, Close>;

void check(sqlite3* db, bool good) {
    if (!good) throw std::runtime_error(std::string("SQLite: ") + sqlite3_errmsg(db));
}

Database open(std::string const& path, int access) {
    sqlite3* raw = nullptr;
    auto const code = sqlite3_open_v2(path.c_str(), &raw, access | SQLITE_OPEN_NOMUTEX, nullptr);
    Database db(raw);
    check(raw, code == SQLITE_OK);
    return db;
}

void script(Database const& db, char const* sql) {
    check(db.get(), sqlite3_exec(db.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK);
}

Statement prepare(Database const& db, char const* sql) {
    sqlite3_stmt* raw = nullptr;
    auto const flags = unsigned{SQLITE_PREPARE_PERSISTENT};
    check(db.get(), sqlite3_prepare_v3(db.get(), sql, -1, flags, &raw, nullptr) == SQLITE_OK);
    return Statement(raw);
}

void run(Database const& db, Statement const& statement) {
    check(db.get(), sqlite3_step(statement.get()) == SQLITE_DONE);
    sqlite3_reset(statement.get());
}

std::int64_t number(Database const& db, char const* sql) {
    auto const statement = prepare(db, sql);
    check(db.get(), sqlite3_step(statement.get()) == SQLITE_ROW);
    return sqlite3_column_int64(statement.get(), 0);
}

// The columns that an answer needs. Returns a number that depends on all of them.
std::size_t read_post(Database const& db, Statement const& find, std::int64_t id) {
    auto* const s = find.get();
    sqlite3_bind_int64(s, 1, id);
    if (sqlite3_step(s) != SQLITE_ROW)
        throw std::runtime_error("post " + std::to_string(id) +
                                 " cannot be read: ids must be 1 to the last, without gaps");
    auto seen = static_cast<std::size_t>(sqlite3_column_int64(s, 0) + sqlite3_column_int64(s, 4));
    for (int const column : {1, 2, 3, 5, 6, 7}) {
        auto const* const text = sqlite3_column_text(s, column);
        if (text != nullptr)
            seen += text[0] + static_cast<std::size_t>(sqlite3_column_bytes(s, column));
    }
    check(db.get(), sqlite3_reset(s) == SQLITE_OK);
    return seen;
}

double cpu_us() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    auto const micros = [](timeval t) {
        return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_usec);
    };
    return micros(usage.ru_utime) + micros(usage.ru_stime);
}

// Repeats `step` and prints how it went. A step is `operations` operations; its time is what the
// percentiles are of, all else is an operation's.
template <class Step>
void measure(double seconds, unsigned operations, Step step) {
    auto const repeat = [&](Clock::duration time, Histogram& latency_ns) {
        auto const start = Clock::now();
        auto last = start;
        while (last - start < time) {
            step();
            auto const now = Clock::now();
            latency_ns.record(static_cast<std::uint64_t>((now - last).count()));
            last = now;
        }
        return std::chrono::duration<double>(last - start).count();
    };
    auto const time =
        std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
    Histogram warm_up, latency_ns;
    repeat(time / 10, warm_up);
    auto const cpu_before = cpu_us();
    auto const took = repeat(time, latency_ns);
    auto const cpu = cpu_us() - cpu_before;
    auto const done = static_cast<double>(latency_ns.count() * operations);
    std::printf(
        "{\"operations\": %.0f, \"seconds\": %.3f, \"cpu_us\": %.3f, \"per_second\": %.1f, "
        "\"p50_us\": %.2f, \"p99_us\": %.2f}\n",
        done, took, cpu / done, done / took, static_cast<double>(latency_ns.percentile(50)) / 1e3,
        static_cast<double>(latency_ns.percentile(99)) / 1e3);
}

void measure_reads(Options const& options) {
    auto const db = open(options.database, SQLITE_OPEN_READONLY);
    script(db, reader_cache);
    auto const find = prepare(
        db,
        "SELECT p.id, p.title, p.content, p.date_posted, u.id, u.username, u.email, u.image_file"
        " FROM posts p JOIN users u ON u.id = p.user_id WHERE p.id = ?1");
    std::mt19937_64 random(1);
    std::uniform_int_distribution<std::int64_t> any_id(1, number(db, "SELECT max(id) FROM posts"));
    std::size_t volatile seen = 0;  // so that no read is left out
    measure(options.seconds, 1, [&] { seen = read_post(db, find, any_id(random)); });
}

void measure_inserts(Options const& options) {
    if (options.sync_delay_us > 0)  // bench/slow_sync.cpp is a part of this program
        ::setenv("SLOW_SYNC_US", std::to_string(options.sync_delay_us).c_str(), 1);
    auto const db = open(options.database, SQLITE_OPEN_READWRITE);
    script(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON");
    script(db, writer_cache);
    auto const begin = prepare(db, "BEGIN IMMEDIATE"), commit = prepare(db, "COMMIT");
    auto const insert =
        prepare(db,
                "INSERT INTO posts (title, content, user_id, date_posted)"
                " VALUES ('A post', ?1, ?2, strftime('%Y-%m-%d %H:%M:%f', 'now') || '000')");
    std::string const content(1000, 'x');
    sqlite3_bind_text(insert.get(), 1, content.data(), static_cast<int>(content.size()),
                      SQLITE_STATIC);
    sqlite3_bind_int64(insert.get(), 2, number(db, "SELECT min(id) FROM users"));
    auto const rows = options.insert_one ? 1 : options.insert_batch;
    measure(options.seconds, rows, [&] {
        run(db, begin);
        for (unsigned i = 0; i < rows; ++i)
            run(db, insert);
        run(db, commit);
    });
}

void measure_all(Options const& options) {
    int const kinds =
        (options.reads ? 1 : 0) + (options.insert_one ? 1 : 0) + (options.insert_batch > 0 ? 1 : 0);
    if (kinds != 1)
        throw std::runtime_error("say one of --reads, --insert-one and --insert-batch N");
    options.reads ? measure_reads(options) : measure_inserts(options);
}

}  // namespace
}  // namespace blog::bench

int main(int argc, char** argv) {
    using namespace blog::bench;
    Options options;
    po::options_description known("bench_raw_sqlite: the blog's reads and writes on SQLite alone");
    auto add = known.add_options();
    add("database", po::value(&options.database)->required(),
        "a blog.db with posts 1 to N; inserts change it");
    add("seconds", po::value(&options.seconds)->default_value(5), "after a tenth as warm-up");
    add("reads", po::bool_switch(&options.reads), "one post with its author, at random");
    add("insert-one", po::bool_switch(&options.insert_one), "one post a commit");
    add("insert-batch", po::value(&options.insert_batch), "so many posts a commit");
    add("sync-delay-us", po::value(&options.sync_delay_us), "makes each sync longer");
    return run_program(argc, argv, known, [&] { measure_all(options); });
}
