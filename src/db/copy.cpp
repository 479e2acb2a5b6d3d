#include "db/copy.hpp"

#include "db/copy_checksum.hpp"
#include "db/copy_ends.hpp"
#include "db/copy_pictures.hpp"
#include "db/database_error.hpp"

#include <utility>

namespace blog::db {

namespace {

// The time since the last lap.
class Laps {
public:
    std::chrono::milliseconds lap() noexcept {
        auto const now = std::chrono::steady_clock::now();
        auto const last = std::exchange(last_, now);
        return std::chrono::duration_cast<std::chrono::milliseconds>(now - last);
    }

private:
    std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

std::string name_of(CopyTable const& table) {
    return std::string(table.name);
}

CopyChecksum copy_table(CopyTable const& table, CopySource& source, CopyTarget& target,
                        CopyProgress& progress) {
    CopyChecksum checksum;
    progress.begin("copy " + name_of(table), source.reader().count(table));
    target.begin_table(table);
    source.reader().read(table, [&](CopyRow row) {
        checksum.add(row);
        target.write(row);
        progress.row();
    });
    target.end_table();
    progress.end();
    return checksum;
}

void verify_table(CopyTable const& table, CopyReport::Table const& expected, CopyTarget& target,
                  CopyProgress& progress) {
    CopyChecksum checksum;
    progress.begin("verify " + name_of(table), expected.rows);
    target.reader().read(table, [&](CopyRow row) {
        checksum.add(row);
        progress.row();
    });
    progress.end();
    auto const failed = [&](std::string const& what) {
        throw DatabaseError(target.place() + " does not give back what was written, so all of it " +
                            "was undone: " + what + " in " + name_of(table) +
                            "; look for a trigger or a rule there that changes rows");
    };
    if (checksum.rows() != expected.rows)
        failed(std::to_string(checksum.rows()) + " instead of " + std::to_string(expected.rows) +
               " rows");
    if (checksum.text() != expected.checksum) failed("other values");
}

// Ids of the later parts' own table stand in no address, so nobody would miss them.
void verify_last_id(CopyTable const& table, std::int64_t last_id, CopyTarget& target) {
    if (table.of_later_parts) return;
    auto const known = target.reader().last_id(table);
    if (known < last_id)
        throw DatabaseError(target.place() + " would give out ids of " + name_of(table) +
                            " again, from " + std::to_string(known + 1) + " on instead of " +
                            std::to_string(last_id + 1) + ", so all of it was undone");
}

}  // namespace

CopyReport copy_database(CopyOptions const& options, Clock const& clock, Log& log,
                         CopyProgress& progress) {
    Laps time;
    auto const source = open_copy_source(options.from, options.strict);
    auto const tables = tables_to_copy(source->find_tables(), source->place());
    for (auto const& table : tables)
        source->check_authors(table);
    progress.begin("prepare the target", 0);
    auto const target = open_copy_target(options.to, clock, log);
    expect_pictures(source->reader(), *target);
    target->begin(tables, options.replace);
    progress.end();

    CopyReport report;
    std::vector<std::int64_t> last_ids;
    for (auto const& table : tables) {
        auto const checksum = copy_table(table, *source, *target, progress);
        report.tables.push_back({table.name, checksum.rows(), checksum.text()});
        last_ids.push_back(source->reader().last_id(table));
    }
    report.pictures = copy_pictures(source->reader(), *target, progress);
    report.dates_respelled = source->dates_respelled();
    report.copying = time.lap();

    progress.begin("indexes and totals", 0);
    target->finish(tables, last_ids);
    progress.end();
    report.finishing = time.lap();

    for (std::size_t i = 0; i < tables.size(); ++i) {
        verify_table(tables[i], report.tables[i], *target, progress);
        verify_last_id(tables[i], last_ids[i], *target);
    }
    verify_pictures(report.pictures, *target);
    report.verifying = time.lap();
    target->commit();
    report.finishing += time.lap();
    return report;
}

}  // namespace blog::db
