#pragma once
#include "clock.hpp"
#include "db/open_store.hpp"
#include "log.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace blog::db {

struct CopyOptions {
    StoreOptions from, to;
    bool replace = false;  // what the target has is removed, in the transaction that fills it
    bool strict = false;   // no date may change its spelling
};

// Told what happens; it may show it. Called once a row.
class CopyProgress {
public:
    virtual ~CopyProgress() = default;
    // `rows` will follow, or none that could be counted.
    virtual void begin(std::string_view what, std::int64_t rows) = 0;
    virtual void row() = 0;
    virtual void end() = 0;
};

struct CopyReport {
    struct Table {
        std::string_view name;
        std::int64_t rows = 0;
        std::string checksum;  // of the source and, just so, of the target
    };
    struct Pictures {
        std::int64_t moved = 0, bytes = 0;
        std::int64_t missing = 0;      // users whose picture the source has not
        std::int64_t left_behind = 0;  // users whose picture's name is not fit for a file
    };
    std::vector<Table> tables;
    Pictures pictures{};
    std::int64_t dates_respelled = 0;  // the same instants, written as blogd does
    std::chrono::milliseconds copying{0}, finishing{0}, verifying{0};
};

// Moves everything from one database to another: reads one moment of the source, writes the target
// in one transaction, reads all of that again and compares counts and checksums before it commits.
// Pictures move with it. Throws DatabaseError, and then the target is as it was. Blocks. Memory: a
// few rows.
CopyReport copy_database(CopyOptions const& options, Clock const& clock, Log& log,
                         CopyProgress& progress);

}  // namespace blog::db
