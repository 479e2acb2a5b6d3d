#include "db/sqlite/marks.hpp"

#include "db/sqlite/scoped.hpp"

#include <utility>

namespace blog::db {

namespace {

// In the column `scope`: an author, or all posts. Ids begin at 1; the list of an author who was
// numbered otherwise by hand is walked.
constexpr std::int64_t all_posts = 0;

constexpr Query marks_of{
    "SELECT date_posted, id, posts FROM blogd_marks WHERE scope = ?1 ORDER BY date_posted, id"};

// From a mark on, in two steps, as in posts.cpp.
constexpr Scoped same_instant{
    {"SELECT id FROM posts WHERE date_posted = ?1 AND id >= ?2 ORDER BY id LIMIT ?3 OFFSET ?4"},
    {"SELECT id FROM posts WHERE user_id = ?5 AND date_posted = ?1 AND id >= ?2"
     " ORDER BY id LIMIT ?3 OFFSET ?4"}};
constexpr Scoped count_same_instant{
    {"SELECT count(*) FROM posts WHERE date_posted = ?1 AND id >= ?2"},
    {"SELECT count(*) FROM posts WHERE user_id = ?3 AND date_posted = ?1 AND id >= ?2"}};
constexpr Scoped newer{
    {"SELECT id FROM posts WHERE date_posted > ?1 ORDER BY date_posted, id LIMIT ?2 OFFSET ?3"},
    {"SELECT id FROM posts WHERE user_id = ?4 AND date_posted > ?1"
     " ORDER BY date_posted, id LIMIT ?2 OFFSET ?3"}};
constexpr Scoped from_oldest{
    {"SELECT id FROM posts ORDER BY date_posted, id LIMIT ?1 OFFSET ?2"},
    {"SELECT id FROM posts WHERE user_id = ?3 ORDER BY date_posted, id LIMIT ?1 OFFSET ?2"}};

// Long lists, with their lengths.
constexpr Query long_lists{
    "SELECT 0, row_count FROM blogd_totals WHERE name = 'posts' AND row_count > ?1"
    " UNION ALL SELECT user_id, posts FROM blogd_authors WHERE posts > ?1 AND user_id > 0"};
// Below every date: -9e999 is how SQLite writes minus infinity.
constexpr Query set_first{
    "INSERT INTO blogd_marks SELECT ?1, -9e999, 0, NULL"
    " WHERE NOT EXISTS (SELECT 1 FROM blogd_marks WHERE scope = ?1)"};
constexpr Query set_mark{
    "INSERT INTO blogd_marks SELECT ?1, date_posted, id, ?3 FROM posts WHERE id = ?2"};
constexpr Query date_of{"SELECT date_posted FROM posts WHERE id = ?1"};
constexpr Query set_number{
    "UPDATE blogd_marks SET posts = ?4 WHERE scope = ?1 AND date_posted = ?2 AND id = ?3"};
constexpr Query remove_empty{"DELETE FROM blogd_marks WHERE posts = 0 AND date_posted <> -9e999"};
constexpr Query remove_all{"DELETE FROM blogd_marks"};

constexpr Query const* reads[] = {
    &marks_of,
    &same_instant.of_all,
    &same_instant.of_author,
    &count_same_instant.of_all,
    &count_same_instant.of_author,
    &newer.of_all,
    &newer.of_author,
    &from_oldest.of_all,
    &from_oldest.of_author,
};

using Author = std::optional<UserId>;
struct Mark {
    AnyValue date;
    std::int64_t id;
    std::int64_t before;                // posts older than it
    std::optional<std::int64_t> posts;  // up to the next one; none: it is the newest
};

Author author_of(std::int64_t scope) {
    return scope == all_posts ? Author() : Author(UserId{scope});
}

// The post `offset` places after the mark, and those that follow.
Ids ids_after(Connection& db, Mark const& mark, std::int64_t offset, std::int64_t size,
              Author author) {
    Ids ids;
    append(ids, db, same_instant, author, mark.date, mark.id, size, offset);
    std::int64_t const found = std::ssize(ids);
    if (found == size) return ids;
    if (found > 0) {
        offset = 0;
    } else {
        auto count = rows_of(db, count_same_instant, author, mark.date, mark.id);
        if (count.next()) offset -= count.integer(0);
    }
    append(ids, db, newer, author, mark.date, size - found, offset);
    return ids;
}

// The last mark that is not behind the post of this rank.
std::optional<Mark> mark_before(Connection& db, std::int64_t scope, std::int64_t rank) {
    std::int64_t before = 0;
    auto rows = db.rows(marks_of, scope);
    while (rows.next()) {
        bool const newest = rows.is_null(2);
        std::int64_t const posts = rows.integer(2);
        if (newest || before + posts > rank)
            return Mark{rows.value(0), rows.integer(1), before,
                        newest ? std::nullopt : std::optional(posts)};
        before += posts;
    }
    return std::nullopt;
}

// The marks of a list behind which there are too many posts.
std::vector<Mark> overfull(Connection& db, std::int64_t scope, std::int64_t length) {
    std::vector<Mark> found;
    std::int64_t before = 0;
    auto rows = db.rows(marks_of, scope);
    while (rows.next()) {
        bool const newest = rows.is_null(2);
        std::int64_t const posts = newest ? length - before : rows.integer(2);
        if (posts > 2 * posts_per_mark)
            found.push_back({rows.value(0), rows.integer(1), before,
                             newest ? std::nullopt : std::optional(posts)});
        before += posts;
    }
    return found;
}

// Sets the next mark behind `mark` and makes it that one.
void cut(Connection& db, std::int64_t scope, Mark& mark) {
    auto const next = ids_after(db, mark, posts_per_mark, 1, author_of(scope));
    BLOG_ASSERT(!next.empty());
    std::optional<std::int64_t> rest;
    if (mark.posts) rest = *mark.posts - posts_per_mark;
    db.run(set_number, scope, mark.date, mark.id, posts_per_mark);
    db.run(set_mark, scope, next.front(), rest);
    auto place = db.rows(date_of, next.front());
    bool const there = place.next();
    BLOG_ASSERT(there);
    mark = {place.value(0), static_cast<std::int64_t>(next.front()), mark.before + posts_per_mark,
            rest};
}

}  // namespace

std::span<Query const* const> mark_reads() noexcept {
    return reads;
}

std::vector<PostId> ids_by_rank(Connection& db, std::int64_t first, std::int64_t size,
                                std::optional<UserId> author) {
    auto const scope = author ? static_cast<std::int64_t>(*author) : all_posts;
    if (auto const mark = mark_before(db, scope, first))
        return ids_after(db, *mark, first - mark->before, size, author);
    Ids ids;
    append(ids, db, from_oldest, author, size, first);
    return ids;
}

bool set_marks(Connection& writer, std::size_t cuts_max) {
    struct List {
        std::int64_t scope, length;
    };
    std::vector<List> lists;
    {
        auto rows = writer.rows(long_lists, 2 * posts_per_mark);
        while (rows.next())
            lists.push_back({rows.integer(0), rows.integer(1)});
    }
    writer.run(remove_empty);
    for (auto const& [scope, length] : lists) {
        writer.run(set_first, scope);
        for (Mark& mark : overfull(writer, scope, length)) {
            auto left = mark.posts.value_or(length - mark.before);
            for (; left > 2 * posts_per_mark; left -= posts_per_mark) {
                if (cuts_max-- == 0) return true;
                cut(writer, scope, mark);
            }
        }
    }
    return false;
}

void MarkKeeper::run_if_due() {
    if (!due_ && writes_ < static_cast<std::size_t>(posts_per_mark)) return;
    writes_ = 0;
    due_ = false;  // also when it fails: there will be another time
    std::lock_guard const lock(writer_.mutex());
    Transaction transaction(writer_);
    bool const more = set_marks(writer_, cuts_a_turn);
    transaction.commit();
    due_ = more;
}

void set_marks_again(Connection& writer) {
    writer.run(remove_all);
    set_marks(writer);
}

}  // namespace blog::db
