#include "db/postgres/copy_source.hpp"

#include "db/postgres/blocking.hpp"
#include "db/postgres/copy_rows.hpp"
#include "db/postgres/copy_schema.hpp"

namespace blog::db::postgres {

namespace {

class PostgresCopySource final : public CopySource {
public:
    explicit PostgresCopySource(std::string const& url) : to_(url, "any") {
        run(connection(), "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    }

    std::string const& place() const noexcept override { return to_.place; }
    std::vector<FoundTable> find_tables() override;
    void check_authors(CopyTable const& table) override;
    CopyReader& reader() override { return reader_; }
    std::int64_t dates_respelled() const noexcept override { return 0; }

private:
    PGconn* connection() const noexcept { return to_.connection.get(); }

    CopyConnection const to_;
    PostgresCopyReader reader_{to_.connection.get()};
};

std::vector<FoundTable> PostgresCopySource::find_tables() {
    auto const columns = stored_columns(connection());
    auto found = found_tables(columns);
    for (auto const& table : tables_to_copy(found, place()))
        types_of(table, columns, place());
    return found;
}

void PostgresCopySource::check_authors(CopyTable const& table) {
    if (table.find("user_id") == nullptr) return;
    auto const lost = rows(connection(), "SELECT t.id, t.user_id FROM " + std::string(table.name) +
                                             " t LEFT JOIN users u ON u.id = t.user_id"
                                             " WHERE u.id IS NULL ORDER BY t.id LIMIT 1");
    if (!lost.empty())
        refuse_row(table, std::stoll(lost[0][0]), "user_id",
                   "is " + lost[0][1] + ", and there is no such user");
}

}  // namespace

std::unique_ptr<CopySource> open_copy_source(std::string const& url) {
    return std::make_unique<PostgresCopySource>(url);
}

}  // namespace blog::db::postgres
