#pragma once
#include "db/copy_tables.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

// Rows in the binary format of PostgreSQL's COPY: exact, and nothing has to be escaped.
namespace blog::db::postgres {

// A column of the table that is filled.
struct ColumnType {
    int integer_bytes = 8;  // 2, 4 or 8
    int chars_max = 0;      // of a text; 0: any number
    bool may_be_null = false;
};

// Makes what the server reads. A row that the server would not take, or would change, is refused
// with its id (refuse_row()).
class CopyEncoder {
public:
    // Takes the next bytes, which are gone when it returns.
    using Put = std::function<void(std::string_view)>;

    // The table outlives this; `types` are of its columns.
    CopyEncoder(CopyTable const& table, std::vector<ColumnType> types, Put put);
    void begin();
    void add(CopyRow row);
    void end();

private:
    void add_value(std::size_t column, CopyRow row);
    void add_text(std::size_t column, CopyRow row);
    void put_integer(std::int64_t number, int bytes);
    [[noreturn]] void refuse(std::size_t column, CopyRow row, std::string const& reason) const;

    CopyTable const& table_;
    std::vector<ColumnType> const types_;
    Put const put_;
    std::string storage_;
};

// Reads what the server makes of a query whose columns are int8, text and timestamptz.
class CopyDecoder {
public:
    explicit CopyDecoder(CopyTable const& table);
    // Gives the rows of one message to `sink`. The server sends whole rows. Throws DatabaseError.
    void read(std::string_view message, CopySink const& sink);
    bool at_end() const noexcept { return ended_; }

private:
    CopyValue value(std::size_t column, std::string_view bytes);

    CopyTable const& table_;
    std::vector<CopyValue> row_;
    std::vector<std::string> storage_;  // of each text that is not its own stored form
    bool begun_ = false, ended_ = false;
};

}  // namespace blog::db::postgres
