#pragma once
#include "assert.hpp"
#include "clock.hpp"
#include "db/postgres/statement.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <libpq-fe.h>
#include <memory>
#include <string>
#include <string_view>

namespace blog::db::postgres {

struct ClearResult {
    void operator()(PGresult* result) const noexcept { PQclear(result); }
};
using ResultPtr = std::unique_ptr<PGresult, ClearResult>;

// Reads the rows of one result, which outlives this. Columns are binary and of the type that is
// asked for: anything else is a fault of the SQL text, and asserts.
class Rows {
public:
    explicit Rows(ResultPtr const& result) noexcept : result_(result.get()) {}

    // To the next row; false: there is none.
    bool next() noexcept { return ++row_ < PQntuples(result_); }
    int size() const noexcept { return PQntuples(result_); }
    int columns() const noexcept { return PQnfields(result_); }

    bool is_null(int column) const noexcept { return PQgetisnull(result_, row_, column) != 0; }
    std::int64_t integer(int column) const {
        auto const bytes = raw(column);
        BLOG_ASSERT(bytes.size() == sizeof(std::int64_t));
        std::uint64_t number = 0;
        std::memcpy(&number, bytes.data(), sizeof number);
        if constexpr (std::endian::native == std::endian::little)
            number = __builtin_bswap64(number);
        return static_cast<std::int64_t>(number);
    }
    bool boolean(int column) const {
        auto const bytes = raw(column);
        return !bytes.empty() && bytes[0] != 0;
    }
    // PostgreSQL knows instants, and infinity, that no answer can show: those become the first or
    // the last one that it can.
    SysTime time(int column) const {
        using namespace std::chrono;
        constexpr SysTime first = sys_days(year(0) / 1 / 1);
        constexpr SysTime last = sys_days(year(10'000) / 1 / 1) - microseconds(1);
        std::int64_t micros = 0;
        if (__builtin_add_overflow(integer(column), epoch_shift_us, &micros)) return last;
        return std::clamp(SysTime(microseconds(micros)), first, last);
    }
    // As it was given to be stored.
    std::string text(int column) const { return from_stored(raw(column)); }
    std::string_view raw(int column) const noexcept {
        return {PQgetvalue(result_, row_, column),
                static_cast<std::size_t>(PQgetlength(result_, row_, column))};
    }

private:
    PGresult const* result_;
    int row_ = -1;
};

}  // namespace blog::db::postgres
