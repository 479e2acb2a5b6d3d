#pragma once
#include "db/copy.hpp"
#include "db/copy_ends.hpp"

namespace blog::db {

// Moves the pictures that users have, in the order of the users' ids: of several who have the same
// one it becomes the first's. All of these throw DatabaseError. Memory: one picture and a page of
// names.

// Before the target begins.
void expect_pictures(CopyReader& source, CopyTarget& target);
// Once the target has all rows. Every picture is read back at once.
CopyReport::Pictures copy_pictures(CopyReader& source, CopyTarget& target, CopyProgress& progress);
// Before the commit: all are there, once each.
void verify_pictures(CopyReport::Pictures const& moved, CopyTarget& target);

// Throws for a picture of more than picture_bytes_max.
void check_picture_size(std::string_view name, std::uint64_t bytes);

}  // namespace blog::db
