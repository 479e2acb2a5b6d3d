#include "db/postgres/copy_pictures.hpp"

#include "db/copy_pictures.hpp"
#include "db/database_error.hpp"
#include "db/postgres/blocking.hpp"
#include "db/postgres/copy_rows.hpp"

#include <array>

namespace blog::db::postgres {

namespace {

// Text as it is: no name of a picture that moves has U+0000, the one that is stored otherwise.
constexpr char const* read_sql = "SELECT bytes FROM blogd_pictures WHERE name = $1::text";
constexpr char const* put_sql =
    "INSERT INTO blogd_pictures (name, user_id, bytes) VALUES ($1::text, $2::text::int8, $3::bytea)"
    " ON CONFLICT (name) DO NOTHING";

[[noreturn]] void failed(PGconn* connection, std::string const& name) {
    std::string fault = PQerrorMessage(connection);
    fault = fault.substr(0, fault.find('\n'));
    throw DatabaseError("the picture " + name + ": " + fault);
}

}  // namespace

std::vector<PictureOwner> PostgresCopyReader::picture_owners(std::int64_t after, std::size_t max) {
    auto const found =
        rows(connection_, "SELECT id, image_file FROM users WHERE id > " + std::to_string(after) +
                              " AND image_file <> '' ORDER BY id LIMIT " + std::to_string(max));
    std::vector<PictureOwner> owners;
    for (auto const& row : found)
        owners.push_back({std::stoll(row[0]), row[1]});
    return owners;
}

std::optional<std::string> PostgresCopyReader::picture(std::string const& name) {
    // A database that blogd has never served has none.
    if (value(connection_, "SELECT to_regclass('blogd_pictures') IS NULL") == "t")
        return std::nullopt;
    char const* const values[] = {name.c_str()};
    ResultPtr const result(
        PQexecParams(connection_, read_sql, 1, nullptr, values, nullptr, nullptr, 1));
    if (PQresultStatus(result.get()) != PGRES_TUPLES_OK) failed(connection_, name);
    if (PQntuples(result.get()) == 0) return std::nullopt;
    auto const size = static_cast<std::size_t>(PQgetlength(result.get(), 0, 0));
    check_picture_size(name, size);
    return std::string(PQgetvalue(result.get(), 0, 0), size);
}

PutPicture put_picture(PGconn* connection, std::int64_t user_id, std::string const& name,
                       std::string_view bytes) {
    auto const user = std::to_string(user_id);
    std::array<char const*, 3> const values{name.c_str(), user.c_str(), bytes.data()};
    std::array<int, 3> const sizes{0, 0, static_cast<int>(bytes.size())};  // of binary ones
    std::array<int, 3> const formats{0, 0, 1};
    ResultPtr const result(PQexecParams(connection, put_sql, 3, nullptr, values.data(),
                                        sizes.data(), formats.data(), 0));
    if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) failed(connection, name);
    return std::string_view(PQcmdTuples(result.get())) == "1" ? PutPicture::done
                                                              : PutPicture::known;
}

}  // namespace blog::db::postgres
