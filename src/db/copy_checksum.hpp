#pragma once
#include "db/copy_tables.hpp"

#include <cstdint>
#include <memory>
#include <string>

struct XXH3_state_s;

namespace blog::db {

// The number of a table's rows, and a checksum of everything in them: two tables with the same rows
// in the same order have the same one, whatever store they are in.
class CopyChecksum {
public:
    CopyChecksum();
    void add(CopyRow row);

    std::int64_t rows() const noexcept { return rows_; }
    // 32 hexadecimal digits.
    std::string text() const;

private:
    struct Free {
        void operator()(XXH3_state_s* state) const noexcept;
    };
    std::unique_ptr<XXH3_state_s, Free> state_;
    std::int64_t rows_ = 0;
};

}  // namespace blog::db
