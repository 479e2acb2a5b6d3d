#pragma once
#include "db/sqlite/connection.hpp"
#include "db/store.hpp"
#include "db/topics.hpp"
#include "error.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace blog::db {

// The questions about posts, as plain functions on a connection. Those that change something run on
// the writer, inside its transaction, and say what they touched; an error means that nothing was
// changed. Those that ask several statements see one moment. db/store.hpp says what each promises.

Result<Post> find_post(Connection& db, PostId id);
Result<Post> create_post(Connection& writer, NewPost const& post, Writer const& who,
                         Touched& touched);
Result<Post> update_post(Connection& writer, PostId id, PostChange const& change, Writer const& who,
                         Touched& touched);
Result<void> delete_post(Connection& writer, PostId id, Writer const& who, Touched& touched);

Result<PostPage> page_posts(Connection& db, std::int64_t skip, std::int64_t limit,
                            std::optional<UserId> author);
Result<PostSlice> slice_posts(Connection& db, Session::SliceQuery const& query);
Result<std::vector<Post>> scan_posts(Connection& db, Session::ScanQuery const& query);

// Every read, for preparing at start and for the test that pins the plans.
std::span<Query const* const> post_reads() noexcept;

}  // namespace blog::db
