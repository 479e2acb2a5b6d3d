#pragma once
#include "db/copy_ends.hpp"

namespace blog::db::postgres {

// A database. Servers may run on it: their writes wait until the copy ends, and they learn that
// everything changed.
std::unique_ptr<CopyTarget> open_copy_target(std::string const& url, Log& log);

}  // namespace blog::db::postgres
