#pragma once
#include "db/copy_ends.hpp"

#include <libpq-fe.h>

namespace blog::db::postgres {

// As CopyTarget says; the connection is in its transaction.
PutPicture put_picture(PGconn* connection, std::int64_t user_id, std::string const& name,
                       std::string_view bytes);

}  // namespace blog::db::postgres
