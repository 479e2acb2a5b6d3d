#pragma once
#include "db/models.hpp"
#include "db/postgres/result.hpp"
#include "db/store.hpp"

#include <span>
#include <vector>

// What is asked of the posts: the statements, and how their rows read.
namespace blog::db::postgres {

// All that is run on the connections for reading, or for writing.
std::span<Statement const* const> post_reads() noexcept;
std::span<Statement const* const> post_writes() noexcept;

namespace sql {
extern Statement const post_by_id;   // id
extern Statement const insert_post;  // title, content, author, date, writer
// Before the next two, in this order: id
extern Statement const lock_author_of_post, lock_post;
extern Statement const update_post;  // id, title, content, author (null: as it was), writer
extern Statement const delete_post;  // id, writer
}  // namespace sql

// A post in the columns from `first` on: nine of them.
Post read_post(Rows const& row, int first);

// What insert_post gives.
Result<Post> read_inserted(ResultPtr const& result, NewPost const& post);
// What update_post gives. `before` becomes the author that it had.
Result<Post> read_updated(ResultPtr const& result, UserId& before);

// What delete_post gives: whose it was.
Result<UserId> read_deleted_post(ResultPtr const& result);

// The statement for a list, and its parameters.
struct ListQuestion {
    Statement const& statement;
    Params params;
};
ListQuestion page_question(std::int64_t skip, std::int64_t limit, std::optional<UserId> author);
ListQuestion slice_question(Session::SliceQuery const& query);
ListQuestion scan_question(Session::ScanQuery const& query);

// user_not_found: the author is not there.
Result<PostPage> read_page(ResultPtr const& result, bool of_author);
Result<PostSlice> read_slice(ResultPtr const& result, Session::SliceQuery const& query);

}  // namespace blog::db::postgres
