#include "db/sqlite/copy_pictures.hpp"

#include "db/sqlite/connection.hpp"
#include "db/sqlite/copy_folder.hpp"
#include "db/sqlite/copy_rows.hpp"
#include "db/sqlite/pictures.hpp"

#include <limits>

namespace blog::db {

namespace {

constexpr auto nobody = std::numeric_limits<std::int64_t>::min();

constexpr Query owners_above{
    "SELECT id, image_file FROM users WHERE id > ?1 AND image_file <> '' ORDER BY id LIMIT ?2"};
constexpr Query expect{"INSERT OR IGNORE INTO blogd_pictures (name, user_id) VALUES (?1, ?2)"};
constexpr Query disown{"UPDATE blogd_pictures SET user_id = ?1"};
constexpr Query put{
    "INSERT INTO blogd_pictures (name, user_id) VALUES (?1, ?2)"
    " ON CONFLICT (name) DO UPDATE SET user_id = excluded.user_id, bytes = NULL"
    " WHERE user_id = ?3"};
constexpr Query put_bytes{"UPDATE blogd_pictures SET bytes = CAST(?2 AS BLOB) WHERE name = ?1"};
constexpr Query count{"SELECT count(*) FROM blogd_pictures WHERE user_id <> ?1"};
constexpr Query of_nobody{"SELECT name FROM blogd_pictures WHERE user_id = ?1"};
constexpr Query spare{
    "DELETE FROM blogd_pictures WHERE user_id = ?1 AND name IN (SELECT image_file FROM users)"};
constexpr Query forget{"DELETE FROM blogd_pictures WHERE user_id = ?1"};

}  // namespace

std::vector<PictureOwner> SqliteCopyReader::picture_owners(std::int64_t after, std::size_t max) {
    return explained("cannot read " + place_, [&] {
        std::vector<PictureOwner> owners;
        auto rows = db_.rows(owners_above, after, static_cast<std::int64_t>(max));
        while (rows.next())
            owners.push_back({rows.integer(0), std::string(rows.text(1))});
        return owners;
    });
}

std::optional<std::string> SqliteCopyReader::picture(std::string const& name) {
    if (folder_.is_used())
        if (auto file = folder_.read(name)) return file;
    return explained("cannot read " + place_, [&]() -> std::optional<std::string> {
        if (!has_table(db_, "blogd_pictures")) return std::nullopt;
        return find_picture(db_, name);
    });
}

// Only names whose file is not there: what is there is another's, and stays.
void expect_pictures(Connection& db, CopyFolder const& folder,
                     std::span<PictureOwner const> owners) {
    if (!folder.is_used()) return;
    Transaction transaction(db);
    for (auto const& owner : owners)
        if (CopyFolder::takes(owner.name) && !folder.has(owner.name))
            db.run(expect, owner.name, nobody);
    transaction.commit();
}

void disown_pictures(Connection& db) {
    db.run(disown, nobody);
}

PutPicture put_picture(Connection& db, CopyFolder const& folder, std::int64_t user_id,
                       std::string const& name, std::string_view bytes) {
    if (folder.is_used() && !CopyFolder::takes(name)) return PutPicture::bad_name;
    if (db.run(put, name, user_id, nobody) == 0) return PutPicture::known;
    if (folder.is_used())
        folder.put(name, bytes);
    else
        db.run(put_bytes, name, bytes);
    return PutPicture::done;
}

void spare_missing(Connection& db) {
    db.run(spare, nobody);
}

std::int64_t count_pictures(Connection& db) {
    return db.number_or(0, count, nobody);
}

void forget_expected(Connection& db, CopyFolder const& folder) noexcept {
    try {
        if (folder.is_used()) {
            auto rows = db.rows(of_nobody, nobody);
            while (rows.next())
                if (std::string const name(rows.text(0)); CopyFolder::takes(name))
                    folder.remove(name);
        }
        db.run(forget, nobody);
    } catch (std::exception const&) {  // the next start does it
    }
}

}  // namespace blog::db
