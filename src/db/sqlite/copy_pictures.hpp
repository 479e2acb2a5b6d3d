#pragma once
#include "db/copy_ends.hpp"

namespace blog::db {

class Connection;
class CopyFolder;

// Pictures at a target that is a file: what CopyTarget says, as plain functions.
//
// A row of blogd_pictures is nobody's while its picture is not in use: that of a file that a copy
// may make, from before it begins until it ends, and those of users that were replaced. The next
// start sweeps what is nobody's.
void expect_pictures(Connection& db, CopyFolder const& folder, std::span<PictureOwner const>);
// Makes every row nobody's.
void disown_pictures(Connection& db);
PutPicture put_picture(Connection& db, CopyFolder const& folder, std::int64_t user_id,
                       std::string const& name, std::string_view bytes);
// After all were put: a name that a user has although the source lacked the picture is not swept,
// for the file may come later.
void spare_missing(Connection& db);
std::int64_t count_pictures(Connection& db);
// After a copy that failed: removes what it put.
void forget_expected(Connection& db, CopyFolder const& folder) noexcept;

}  // namespace blog::db
