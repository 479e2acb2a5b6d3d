#pragma once
#include "db/models.hpp"
#include "db/sqlite/connection.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace blog::db {

// Marks make deep pages cheap: the table blogd_marks holds every so many posts of the oldest-first
// order a place, and how many posts lie between it and the next one; of all posts, and of each
// author. So the post of a rank is found by adding up a few hundred numbers and walking less than
// two blocks of the index. Triggers keep the numbers right whoever writes (sqlite/derived.cpp), in
// the same transaction, so the answer is exact in every snapshot. The newest block has no number:
// new posts cost it nothing. A list that is short has no marks.

// Posts from one mark to the next when it is set; twice as many make the next one due.
inline constexpr std::int64_t posts_per_mark = 2048;

// Ids of the posts that have the ranks `first`, `first` + 1, ... from the oldest (rank 0) on, at
// most `size` of them.
std::vector<PostId> ids_by_rank(Connection& db, std::int64_t first, std::int64_t size,
                                std::optional<UserId> author);

// Sets the marks that are due, `cuts_max` at most; true: there may be more. Inside a transaction of
// the writer; about a third of a millisecond each.
bool set_marks(Connection& writer, std::size_t cuts_max = SIZE_MAX);
// All of them anew.
void set_marks_again(Connection& writer);

// Sets marks while the blog grows: after so many writes, and when others wrote. The writer's
// thread.
class MarkKeeper {
public:
    explicit MarkKeeper(Connection& writer) : writer_(writer) {}

    void wrote(std::size_t writes) noexcept { writes_ += writes; }
    void others_wrote() noexcept { due_ = true; }
    // A transaction of a few milliseconds, when it is time. Throws SqliteError.
    void run_if_due();

private:
    static constexpr std::size_t cuts_a_turn = 16;

    Connection& writer_;
    std::size_t writes_ = 0;
    bool due_ = false;
};

// Every read, for preparing at start and for the test that pins the plans.
std::span<Query const* const> mark_reads() noexcept;

}  // namespace blog::db
