#include "db/sqlite/statement.hpp"

#include "db/sqlite/sqlite_error.hpp"

#include <sqlite3.h>

#include <new>
#include <utility>

namespace blog::db {

Statement::Statement(sqlite3* db, std::string_view sql) {
    int const code = sqlite3_prepare_v3(db, sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &stmt_, nullptr);
    if (code != SQLITE_OK)
        throw SqliteError(code, std::string(sqlite3_errmsg(db)) + " in: " + std::string(sql));
    BLOG_ASSERT(stmt_ != nullptr);
}

Statement::~Statement() {
    BLOG_ASSERT(!running_);
    sqlite3_finalize(stmt_);
}

void Statement::fail(int code) const {
    sqlite3* const db = sqlite3_db_handle(stmt_);
    throw SqliteError(
        code, std::string(sqlite3_errmsg(db)) + " (SQLite error " + std::to_string(code) + ")");
}

void Statement::check(int code) const {
    if (code != SQLITE_OK) fail(code);
}

void AnyValue::Free::operator()(sqlite3_value* value) const noexcept {
    sqlite3_value_free(value);
}

Rows::Rows(Statement& statement) noexcept : statement_(&statement) {
    BLOG_ASSERT(!statement.running_);
    statement.running_ = true;
}

Rows::Rows(Rows&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)) {}

Rows::~Rows() {
    if (statement_ == nullptr) return;
    sqlite3_reset(statement_->stmt_);  // repeats the error of the last step, which next() has told
    sqlite3_clear_bindings(statement_->stmt_);
    statement_->running_ = false;
}

void Rows::bind(int place, std::nullptr_t) {
    statement_->check(sqlite3_bind_null(statement_->stmt_, place));
}

void Rows::bind(int place, std::int64_t value) {
    statement_->check(sqlite3_bind_int64(statement_->stmt_, place, value));
}

void Rows::bind(int place, std::string_view text) {
    // A null pointer would bind NULL, and an empty view may have one.
    char const* const data = text.empty() ? "" : text.data();
    statement_->check(
        sqlite3_bind_text64(statement_->stmt_, place, data, text.size(), nullptr, SQLITE_UTF8));
}

void Rows::bind(int place, DateText const& date) {
    // SQLITE_TRANSIENT, without the macro's C cast.
    auto const copy = reinterpret_cast<sqlite3_destructor_type>(std::intptr_t{-1});
    statement_->check(sqlite3_bind_text64(statement_->stmt_, place, date.view().data(),
                                          date.view().size(), copy, SQLITE_UTF8));
}

void Rows::bind(int place, AnyValue const& value) {
    statement_->check(sqlite3_bind_value(statement_->stmt_, place, value.value_.get()));
}

bool Rows::next() {
    int const code = sqlite3_step(statement_->stmt_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    statement_->fail(code);
}

std::int64_t Rows::integer(int column) const noexcept {
    return sqlite3_column_int64(statement_->stmt_, column);
}

std::string_view Rows::text(int column) const {
    auto const* const data =
        reinterpret_cast<char const*>(sqlite3_column_text(statement_->stmt_, column));
    if (data == nullptr) {
        if (is_null(column)) return {};
        throw std::bad_alloc();
    }
    return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_->stmt_, column))};
}

AnyValue Rows::value(int column) const {
    auto* const copy = sqlite3_value_dup(sqlite3_column_value(statement_->stmt_, column));
    if (copy == nullptr) throw std::bad_alloc();
    return AnyValue(copy);
}

bool Rows::is_null(int column) const noexcept {
    return type(column) == SQLITE_NULL;
}

int Rows::type(int column) const noexcept {
    return sqlite3_column_type(statement_->stmt_, column);
}

}  // namespace blog::db
