#include "db/sqlite/pictures.hpp"

#include "db/database_error.hpp"
#include "db/sqlite/new_file.hpp"
#include "db/sqlite/users.hpp"

#include <algorithm>
#include <filesystem>
#include <unistd.h>
#include <vector>

namespace blog::db {

namespace fs = std::filesystem;

namespace {

constexpr Query by_name{"SELECT bytes FROM blogd_pictures WHERE name = ?1 AND bytes IS NOT NULL"};
constexpr Query put{"INSERT OR IGNORE INTO blogd_pictures (name, user_id) VALUES (?1, ?2)"};
constexpr Query put_bytes{"UPDATE blogd_pictures SET bytes = CAST(?2 AS BLOB) WHERE name = ?1"};
// A file that the tutorial's app made is ours from now on, unless another user shows it too.
constexpr Query adopt_old{
    "INSERT OR IGNORE INTO blogd_pictures (name, user_id)"
    " SELECT image_file, id FROM users u WHERE id = ?1 AND image_file <> ''"
    " AND NOT EXISTS (SELECT 1 FROM users o WHERE o.image_file = u.image_file AND o.id <> u.id)"};
constexpr Query show{"UPDATE users SET image_file = ?2 WHERE id = ?1"};
#define UNSEEN                                                       \
    " FROM blogd_pictures AS p WHERE (?1 IS NULL OR p.user_id = ?1)" \
    " AND NOT EXISTS (SELECT 1 FROM users u WHERE u.id = p.user_id AND u.image_file = p.name)"
constexpr Query unseen{"SELECT name" UNSEEN};
#undef UNSEEN
constexpr Query forget{"DELETE FROM blogd_pictures WHERE name = ?1"};

constexpr Query const* reads[] = {&by_name};

bool is_our_name(std::string_view name) noexcept {
    constexpr std::size_t digits = 32;
    if (name.size() != digits + 4 || !name.ends_with(".jpg")) return false;
    return std::ranges::all_of(name.substr(0, digits), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    });
}

}  // namespace

PictureFolder::PictureFolder(std::string const& media) {
    if (media.empty()) return;
    std::error_code ec;
    auto const path = fs::absolute(fs::path(media) / "profile_pics", ec);
    if (!ec) fs::create_directories(path, ec);
    if (ec) throw DatabaseError("cannot make the folder " + path.string() + ": " + ec.message());
    path_ = path.string() + "/";
}

bool PictureFolder::write(std::string const& name, std::string_view bytes) const {
    if (!is_our_name(name)) return false;
    return write_new_file(path_, name, bytes);
}

void PictureFolder::remove(std::string_view name) const noexcept {
    if (!exists() || !is_our_name(name)) return;
    try {
        ::unlink((path_ + std::string(name)).c_str());
    } catch (std::bad_alloc const&) {  // the next start does it
    }
}

std::span<Query const* const> picture_reads() noexcept {
    return reads;
}

std::optional<std::string> find_picture(Connection& db, std::string const& name) {
    auto rows = db.rows(by_name, name);
    if (!rows.next()) return std::nullopt;
    return std::string(rows.text(0));
}

Result<void> register_picture(Connection& writer, UserId user, std::string const& name) {
    writer.run(put, name, user);
    return {};
}

// The file is written inside the transaction, so by the writer's thread, which waits for the disk
// anyway.
Result<User> set_picture(Connection& writer, PictureFolder const& folder, UserId user,
                         NewPicture const& picture, Writer const& who, Touched& touched) {
    auto const before = find_user_to_write(writer, user, who);
    if (!before) return before;
    writer.run(put, picture.name, user);  // a sweep for another picture of the user came between
    if (!folder.exists())
        writer.run(put_bytes, picture.name, picture.bytes);
    else if (!folder.write(picture.name, picture.bytes))
        return Error{Errc::unavailable};
    writer.run(adopt_old, user);
    writer.run(show, user, picture.name);
    touched.user(user);
    return find_user(writer, user);
}

Result<User> remove_picture(Connection& writer, UserId user, Writer const& who, Touched& touched) {
    auto const before = find_user_to_write(writer, user, who);
    if (!before) return before;
    if (before->image_file.value_or("").empty()) return Error{Errc::picture_not_found};
    writer.run(adopt_old, user);
    writer.run(show, user, nullptr);
    touched.user(user);
    return find_user(writer, user);
}

void sweep_pictures(Connection& writer, PictureFolder const& folder, std::optional<UserId> user) {
    std::vector<std::string> names;
    {
        auto rows = writer.rows(unseen, user);
        while (rows.next())
            names.emplace_back(rows.text(0));
    }
    for (auto const& name : names) {
        folder.remove(name);
        writer.run(forget, name);
    }
}

}  // namespace blog::db
