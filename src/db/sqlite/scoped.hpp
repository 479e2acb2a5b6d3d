#pragma once
#include "db/models.hpp"
#include "db/sqlite/connection.hpp"

#include <optional>
#include <vector>

namespace blog::db {

// The same question of all posts and of one author's; there the author is the last argument.
struct Scoped {
    Query of_all, of_author;
};

template <class... Args>
Rows rows_of(Connection& db, Scoped const& query, std::optional<UserId> author,
             Args const&... args) {
    return author ? db.rows(query.of_author, args..., *author) : db.rows(query.of_all, args...);
}

using Ids = std::vector<PostId>;

// Adds the ids that the query yields.
template <class... Args>
void append(Ids& ids, Connection& db, Scoped const& query, std::optional<UserId> author,
            Args const&... args) {
    auto rows = rows_of(db, query, author, args...);
    while (rows.next())
        ids.push_back(PostId{rows.integer(0)});
}

}  // namespace blog::db
