#include "db/postgres/copy_format.hpp"

#include "db/database_error.hpp"
#include "db/postgres/statement.hpp"
#include "db/postgres/utf8_length.hpp"

#include <array>

namespace blog::db::postgres {

namespace {

// Signature, no flags, no extension.
constexpr std::string_view header("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
constexpr int null_length = -1, trailer = -1;

bool fits(std::int64_t number, int bytes) noexcept {
    if (bytes == 8) return true;
    std::int64_t const limit = std::int64_t{1} << (8 * bytes - 1);
    return number >= -limit && number < limit;
}

// Takes pieces off the front of a message.
class Input {
public:
    explicit Input(std::string_view bytes) noexcept : rest_(bytes) {}

    bool empty() const noexcept { return rest_.empty(); }
    std::string_view take(std::size_t size) {
        if (size > rest_.size())
            throw DatabaseError("the database sent a part of a row only: copy again");
        auto const piece = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return piece;
    }
    std::int64_t integer(int bytes) {
        auto const piece = take(static_cast<std::size_t>(bytes));
        std::uint64_t number = (piece[0] & 0x80) != 0 ? ~std::uint64_t{0} : 0;
        for (char const c : piece)
            number = number << 8 | static_cast<unsigned char>(c);
        return static_cast<std::int64_t>(number);
    }

private:
    std::string_view rest_;
};

}  // namespace

CopyEncoder::CopyEncoder(CopyTable const& table, std::vector<ColumnType> types, Put put)
    : table_(table), types_(std::move(types)), put_(std::move(put)) {}

void CopyEncoder::begin() {
    put_(header);
}

void CopyEncoder::end() {
    put_integer(trailer, 2);
}

void CopyEncoder::put_integer(std::int64_t number, int bytes) {
    std::array<char, 8> out{};
    for (int i = 0; i < bytes; ++i)
        out[static_cast<std::size_t>(i)] =
            static_cast<char>(static_cast<std::uint64_t>(number) >> (8 * (bytes - 1 - i)));
    put_({out.data(), static_cast<std::size_t>(bytes)});
}

void CopyEncoder::refuse(std::size_t column, CopyRow row, std::string const& reason) const {
    refuse_row(table_, row[0].number, table_.columns[column].name, reason);
}

void CopyEncoder::add(CopyRow row) {
    put_integer(static_cast<std::int64_t>(row.size()), 2);
    for (std::size_t i = 0; i < row.size(); ++i)
        add_value(i, row);
}

void CopyEncoder::add_value(std::size_t column, CopyRow row) {
    auto const& value = row[column];
    auto const& type = types_[column];
    switch (value.is) {
        case CopyValue::Is::null:
            if (!type.may_be_null) refuse(column, row, "is NULL, which the target does not take");
            put_integer(null_length, 4);
            return;
        case CopyValue::Is::integer:
            if (!fits(value.number, type.integer_bytes))
                refuse(column, row,
                       "is " + std::to_string(value.number) + ", more than the target's " +
                           std::to_string(type.integer_bytes) + " bytes hold");
            put_integer(type.integer_bytes, 4);
            put_integer(value.number, type.integer_bytes);
            return;
        case CopyValue::Is::date:
            put_integer(8, 4);
            put_integer(value.number - epoch_shift_us, 8);
            return;
        case CopyValue::Is::text:
            add_text(column, row);
    }
}

// The server would check all this itself, but name no id; and it would cut spaces off a text that
// is too long.
void CopyEncoder::add_text(std::size_t column, CopyRow row) {
    auto const text = to_stored(row[column].text, storage_);
    auto const length = utf8_length(text);
    if (!length) refuse(column, row, "is no valid UTF-8, which PostgreSQL does not take");
    auto const chars_max = static_cast<std::size_t>(types_[column].chars_max);
    if (chars_max != 0 && *length > chars_max)
        refuse(column, row,
               "has " + std::to_string(*length) + " characters, the target takes " +
                   std::to_string(chars_max));
    if (text.size() > INT32_MAX) refuse(column, row, "is larger than PostgreSQL takes");
    put_integer(static_cast<std::int64_t>(text.size()), 4);
    put_(text);
}

CopyDecoder::CopyDecoder(CopyTable const& table)
    : table_(table), row_(table.columns.size()), storage_(table.columns.size()) {}

void CopyDecoder::read(std::string_view message, CopySink const& sink) {
    Input in(message);
    if (!begun_) {
        if (in.take(header.size()) != header)
            throw DatabaseError("the database sent rows in a format that this program cannot read");
        begun_ = true;
    }
    while (!in.empty()) {
        auto const columns = in.integer(2);
        if (columns == trailer) {
            ended_ = true;
            return;
        }
        if (columns != static_cast<std::int64_t>(row_.size()))
            throw DatabaseError("the database sent rows with other columns than were asked for");
        for (std::size_t i = 0; i < row_.size(); ++i) {
            auto const length = in.integer(4);
            row_[i] = length == null_length ? CopyValue()
                                            : value(i, in.take(static_cast<std::size_t>(length)));
        }
        sink(row_);
    }
}

CopyValue CopyDecoder::value(std::size_t column, std::string_view bytes) {
    auto const kind = table_.columns[column].kind;
    if (kind == CopyKind::text)
        return {CopyValue::Is::text, 0, from_stored(bytes, storage_[column])};
    auto number = Input(bytes).integer(8);
    if (kind == CopyKind::integer) return {CopyValue::Is::integer, number};
    // Infinity is the largest and the smallest number.
    if (number == INT64_MIN || __builtin_add_overflow(number, epoch_shift_us, &number))
        refuse_row(table_, row_[0].number, table_.columns[column].name,
                   "is infinite or too far away, not a date");
    return {CopyValue::Is::date, number};
}

}  // namespace blog::db::postgres
