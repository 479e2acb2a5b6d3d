#pragma once
#include "db/copy_ends.hpp"

namespace blog::db::postgres {

// A database, read in one snapshot while others go on writing; a standby will do.
std::unique_ptr<CopySource> open_copy_source(std::string const& url);

}  // namespace blog::db::postgres
