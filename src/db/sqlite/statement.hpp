#pragma once
#include "assert.hpp"
#include "db/models.hpp"
#include "db/sqlite/date_text.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;
struct sqlite3_value;

namespace blog::db {

// One prepared statement. Belongs to its Connection; run it through Rows. Text goes in and comes
// out with its length, so U+0000 is a character like any other.
class Statement {
public:
    // Throws SqliteError. `sql` is one statement.
    Statement(sqlite3* db, std::string_view sql);
    Statement(Statement const&) = delete;
    Statement& operator=(Statement const&) = delete;
    ~Statement();

private:
    friend class Rows;
    [[noreturn]] void fail(int code) const;
    void check(int code) const;

    sqlite3_stmt* stmt_ = nullptr;
    bool running_ = false;
};

// A value of any type as SQLite has it: to ask for exactly that again.
class AnyValue {
public:
    AnyValue(AnyValue&&) noexcept = default;
    AnyValue& operator=(AnyValue&&) noexcept = default;

private:
    friend class Rows;
    struct Free {
        void operator()(sqlite3_value* value) const noexcept;
    };
    explicit AnyValue(sqlite3_value* own) noexcept : value_(own) {}
    std::unique_ptr<sqlite3_value, Free> value_;
};

// One run of a statement: bind, then next() until it is false. Resets the statement at scope end,
// so that it holds neither a lock nor a pointer to the arguments. One run of a statement at a time.
class Rows {
public:
    explicit Rows(Statement& statement) noexcept;
    Rows(Rows&& other) noexcept;
    Rows& operator=(Rows&&) = delete;
    ~Rows();

    // Places count from 1. A text is bound as a view: it must outlive the run.
    void bind(int place, std::nullptr_t);
    void bind(int place, std::int64_t value);
    void bind(int place, std::string_view text);
    void bind(int place, UserId id) { bind(place, static_cast<std::int64_t>(id)); }
    void bind(int place, PostId id) { bind(place, static_cast<std::int64_t>(id)); }
    // A date is copied: it is mostly a temporary.
    void bind(int place, DateText const& date);
    void bind(int place, AnyValue const& value);
    template <class T>
    void bind(int place, std::optional<T> const& value) {
        value ? bind(place, *value) : bind(place, nullptr);
    }

    // Steps to the next row; throws SqliteError.
    [[nodiscard]] bool next();
    // Steps to the end.
    void finish() {
        while (next()) {
        }
    }

    // Columns count from 0; a value of another type is converted as SQLite does. A view lives until
    // the next step.
    std::int64_t integer(int column) const noexcept;
    std::string_view text(int column) const;
    bool is_null(int column) const noexcept;
    // One of SQLITE_INTEGER, SQLITE_FLOAT, SQLITE_TEXT, SQLITE_BLOB and SQLITE_NULL.
    int type(int column) const noexcept;
    AnyValue value(int column) const;

private:
    Statement* statement_;
};

}  // namespace blog::db
