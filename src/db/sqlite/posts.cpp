#include "db/sqlite/posts.hpp"

#include "db/sqlite/marks.hpp"
#include "db/sqlite/scoped.hpp"
#include "db/sqlite/users.hpp"

#include <algorithm>

namespace blog::db {

namespace {

// What read_post() reads, in its order.
#define POST_FIELDS                            \
    "p.id, p.title, p.content, p.date_posted," \
    " " BLOG_USER_COLUMNS " "
#define POST_COLUMNS POST_FIELDS "FROM posts p JOIN users u ON u.id = p.user_id "

constexpr Query by_id{"SELECT " POST_COLUMNS "WHERE p.id = ?1"};

// A page of the blog in one run, in the order of the ids: CROSS JOIN keeps SQLite to it. Fewer ids:
// the rest is NULL. (IN would sort them into a table made for it, which costs more than it saves.)
constexpr std::size_t ids_at_once = 10;
constexpr Query by_ids{"SELECT " POST_FIELDS
                       "FROM (VALUES (?1), (?2), (?3), (?4), (?5), (?6), (?7), (?8), (?9), (?10))"
                       " CROSS JOIN posts p ON p.id = column1"
                       " CROSS JOIN users u ON u.id = p.user_id"};

constexpr Scoped after_id{
    {"SELECT " POST_COLUMNS "WHERE p.id > ?1 ORDER BY p.id LIMIT ?2"},
    {"SELECT " POST_COLUMNS "WHERE p.id > ?1 AND p.user_id = ?3 ORDER BY p.id LIMIT ?2"}};

#undef POST_COLUMNS
#undef POST_FIELDS

constexpr Scoped total{{"SELECT row_count FROM blogd_totals WHERE name = 'posts'"},
                       {"SELECT posts FROM blogd_authors WHERE user_id = ?1"}};

// The newest-first order yields ids, from an index that covers them; the posts follow by id. So
// what is skipped is never read.
constexpr Scoped from_newest{
    {"SELECT id FROM posts ORDER BY date_posted DESC, id DESC LIMIT ?1 OFFSET ?2"},
    {"SELECT id FROM posts WHERE user_id = ?3"
     " ORDER BY date_posted DESC, id DESC LIMIT ?1 OFFSET ?2"}};

// What follows a place in that order, in two steps: the posts of the same instant, then the others.
// One step with (date_posted, id) < (?, ?) would find the instant by the index and then walk
// through all of it: SQLite does not use a rowid as the second column of such a comparison.
constexpr Scoped older_same_instant{
    {"SELECT id FROM posts WHERE date_posted = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3"},
    {"SELECT id FROM posts WHERE user_id = ?4 AND date_posted = ?1 AND id < ?2"
     " ORDER BY id DESC LIMIT ?3"}};
constexpr Scoped older{
    {"SELECT id FROM posts WHERE date_posted < ?1 ORDER BY date_posted DESC, id DESC LIMIT ?2"},
    {"SELECT id FROM posts WHERE user_id = ?3 AND date_posted < ?1"
     " ORDER BY date_posted DESC, id DESC LIMIT ?2"}};
constexpr Scoped newer_same_instant{
    {"SELECT id FROM posts WHERE date_posted = ?1 AND id > ?2 ORDER BY id LIMIT ?3"},
    {"SELECT id FROM posts WHERE user_id = ?4 AND date_posted = ?1 AND id > ?2"
     " ORDER BY id LIMIT ?3"}};
constexpr Scoped newer{
    {"SELECT id FROM posts WHERE date_posted > ?1 ORDER BY date_posted, id LIMIT ?2"},
    {"SELECT id FROM posts WHERE user_id = ?3 AND date_posted > ?1"
     " ORDER BY date_posted, id LIMIT ?2"}};

constexpr Query place_of{"SELECT date_posted, user_id FROM posts WHERE id = ?1"};

// An id above every one that was ever given out, also where the table has no AUTOINCREMENT.
constexpr Query next_id{
    "SELECT max(last_id, (SELECT coalesce(max(id), 0) FROM posts)) + 1"
    " FROM blogd_totals WHERE name = 'posts'"};
// Two statements, since INSERT ... SELECT and RETURNING each go through a table of their own.
constexpr Query insert{
    "INSERT INTO posts (id, title, content, user_id, date_posted) VALUES (?1, ?2, ?3, ?4, ?5)"};
constexpr Query update{
    "UPDATE posts SET title = coalesce(?2, title), content = coalesce(?3, content),"
    " user_id = coalesce(?4, user_id) WHERE id = ?1"};
constexpr Query delete_one{"DELETE FROM posts WHERE id = ?1"};

constexpr Query const* reads[] = {
    &by_id,
    &by_ids,
    &after_id.of_all,
    &after_id.of_author,
    &total.of_all,
    &total.of_author,
    &from_newest.of_all,
    &from_newest.of_author,
    &older_same_instant.of_all,
    &older_same_instant.of_author,
    &older.of_all,
    &older.of_author,
    &newer_same_instant.of_all,
    &newer_same_instant.of_author,
    &newer.of_all,
    &newer.of_author,
    &place_of,
};

Post read_post(Rows const& row) {
    return {.id = PostId{row.integer(0)},
            .title = std::string(row.text(1)),
            .content = std::string(row.text(2)),
            .date_posted = read_date(row.text(3)),
            .author = read_user(row, 4)};
}

// Appends the posts with these ids, in their order.
void load(Connection& db, std::span<PostId const> ids, std::vector<Post>& posts) {
    auto rows = db.rows(by_ids);
    for (int place = 1; PostId const id : ids)
        rows.bind(place++, id);
    while (rows.next())
        posts.push_back(read_post(rows));
}

// A post whose author is gone, in a file that someone edited, is left out.
std::vector<Post> load(Connection& db, Ids const& ids) {
    std::vector<Post> posts;
    posts.reserve(ids.size());
    for (std::span<PostId const> rest = ids; !rest.empty();) {
        auto const some = rest.first(std::min(rest.size(), ids_at_once));
        load(db, some, posts);
        rest = rest.subspan(some.size());
    }
    return posts;
}

std::int64_t count(Connection& db, std::optional<UserId> author) {
    auto rows = rows_of(db, total, author);
    return rows.next() ? rows.integer(0) : 0;
}

// A place in the newest-first order, as the index knows it.
struct Place {
    std::string date;
    PostId id;
    bool taken;  // by a post of the author in question
};

// The date is compared as text, so it must be the text that the post has, however it was written.
Place find_place(Connection& db, PostCursor const& cursor, std::optional<UserId> author) {
    auto rows = db.rows(place_of, cursor.id);
    if (rows.next() && read_date(rows.text(0)) == cursor.date_posted)
        return {.date = std::string(rows.text(0)),
                .id = cursor.id,
                .taken = !author || *author == UserId{rows.integer(1)}};
    return {
        .date = std::string(DateText(cursor.date_posted).view()), .id = cursor.id, .taken = false};
}

struct Direction {
    Scoped const &same_instant, &beyond;
};
constexpr Direction towards_older{older_same_instant, older};
constexpr Direction towards_newer{newer_same_instant, newer};

Ids follow(Connection& db, Direction const& direction, Place const& place,
           std::optional<UserId> author, std::int64_t limit) {
    Ids ids;
    append(ids, db, direction.same_instant, author, place.date, place.id, limit);
    auto const rest = limit - static_cast<std::int64_t>(ids.size());
    if (rest > 0) append(ids, db, direction.beyond, author, place.date, rest);
    return ids;
}

// Takes the one too many off again that was asked for to know whether there is more.
bool take_extra(Ids& ids, std::int64_t limit) {
    bool const more = static_cast<std::int64_t>(ids.size()) > limit;
    if (more) ids.pop_back();
    return more;
}

}  // namespace

std::span<Query const* const> post_reads() noexcept {
    return reads;
}

Result<Post> find_post(Connection& db, PostId id) {
    auto rows = db.rows(by_id, id);
    if (!rows.next()) return Error{Errc::post_not_found};
    return read_post(rows);
}

Result<Post> create_post(Connection& writer, NewPost const& post, Writer const& who,
                         Touched& touched) {
    auto const author = find_user_to_write(writer, post.author, who);
    if (!author) return author.error();
    PostId const id{writer.number_or(1, next_id)};
    writer.run(insert, id, post.title, post.content, post.author, DateText(post.date_posted));
    touched.post_of(id, post.author);
    return Post{.id = id,
                .title = post.title,
                .content = post.content,
                .date_posted = post.date_posted,
                .author = *author};
}

Result<Post> update_post(Connection& writer, PostId id, PostChange const& change, Writer const& who,
                         Touched& touched) {
    auto const before = find_post(writer, id);
    if (!before) return before;
    if (!who.may_write_as(before->author)) return Error{Errc::forbidden};
    if (change.is_nothing()) return before;
    if (change.author)
        if (auto const author = find_user_to_write(writer, *change.author, who); !author)
            return author.error();
    writer.run(update, id, change.title, change.content, change.author);
    touched.post_of(id, before->author.id);
    if (change.author) touched.add(topic::posts_of(*change.author));
    return find_post(writer, id);
}

Result<void> delete_post(Connection& writer, PostId id, Writer const& who, Touched& touched) {
    auto const post = find_post(writer, id);
    if (!post) return post.error();
    if (!who.may_write_as(post->author)) return Error{Errc::forbidden};
    writer.run(delete_one, id);
    touched.post_of(id, post->author.id);
    return {};
}

Result<PostPage> page_posts(Connection& db, std::int64_t skip, std::int64_t limit,
                            std::optional<UserId> author) {
    BLOG_ASSERT(skip >= 0 && limit >= 0);
    Snapshot const snapshot(db);
    PostPage page;
    if (author) {
        auto user = find_user(db, *author);
        if (!user) return user.error();
        page.author = std::move(*user);
    }
    page.total = count(db, author);
    if (skip >= page.total) return page;
    std::int64_t const size = std::min(limit, page.total - skip);
    std::int64_t const behind = page.total - skip - size;
    Ids ids;
    if (skip <= std::min(behind, posts_per_mark)) {
        append(ids, db, from_newest, author, size, skip);
    } else {  // skipping would walk the index: go to the place instead
        ids = ids_by_rank(db, behind, size, author);
        std::reverse(ids.begin(), ids.end());
    }
    page.posts = load(db, ids);
    return page;
}

Result<PostSlice> slice_posts(Connection& db, Session::SliceQuery const& query) {
    BLOG_ASSERT(!(query.older_than && query.newer_than));
    BLOG_ASSERT(query.limit > 0 && query.limit < INT32_MAX);
    Snapshot const snapshot(db);
    PostSlice slice;
    if (query.author) {
        auto user = find_user(db, *query.author);
        if (!user) return user.error();
        slice.author = std::move(*user);
    }
    slice.total = count(db, query.author);
    Ids ids;
    if (query.older_than) {
        Place const place = find_place(db, *query.older_than, query.author);
        ids = follow(db, towards_older, place, query.author, query.limit + 1);
        slice.has_older = take_extra(ids, query.limit);
        slice.has_newer = place.taken || !follow(db, towards_newer, place, query.author, 1).empty();
    } else if (query.newer_than) {
        Place const place = find_place(db, *query.newer_than, query.author);
        ids = follow(db, towards_newer, place, query.author, query.limit + 1);
        slice.has_newer = take_extra(ids, query.limit);
        slice.has_older = place.taken || !follow(db, towards_older, place, query.author, 1).empty();
        std::reverse(ids.begin(), ids.end());
    } else {
        append(ids, db, from_newest, query.author, query.limit + 1, std::int64_t{0});
        slice.has_older = take_extra(ids, query.limit);
    }
    slice.posts = load(db, ids);
    return slice;
}

Result<std::vector<Post>> scan_posts(Connection& db, Session::ScanQuery const& query) {
    std::vector<Post> posts;
    std::size_t bytes = 0;
    auto rows = rows_of(db, after_id, query.author, query.after, query.rows_max);
    while (bytes < query.bytes_max && rows.next()) {
        posts.push_back(read_post(rows));
        bytes += posts.back().title.size() + posts.back().content.size();
    }
    return posts;
}

}  // namespace blog::db
