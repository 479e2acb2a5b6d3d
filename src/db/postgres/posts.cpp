#include "db/postgres/posts.hpp"

#include "db/postgres/users.hpp"

#include <algorithm>

namespace blog::db::postgres {

namespace {

// What read_post() reads, in its order. The tutorial's own ids have 32 bits.
#define POST_FIELDS " p.id::int8, p.title, p.content, p.date_posted, " BLOG_USER_COLUMNS " "
#define JOIN_AUTHOR " JOIN users u ON u.id = p.user_id "

// Every list is one statement, so that its total, its rows and what is said of its ends are of one
// moment. Columns: total, has_newer, has_older, the post (null: there is none), the author asked
// for.
#define EVERYBODY "'-9223372036854775808'::int8"  // no user has it
#define TOTAL(whose)                                                                            \
    "WITH total AS (SELECT coalesce(sum(posts), 0)::int8 AS n FROM blogd_counts WHERE user_id " \
    "= " whose ")"
#define LIST_FIELDS(newer, older) " SELECT total.n, " newer ", " older "," POST_FIELDS
#define OF_ALL(page) \
    " FROM total LEFT JOIN (" page JOIN_AUTHOR ") ON true ORDER BY p.date_posted DESC, p.id DESC"
#define OF_AUTHOR(page, author)                                                            \
    ", a.id::int8, a.username, a.email, a.image_file, coalesce(a.password_hash, '') <> ''" \
    " FROM total JOIN users a ON a.id = " author " LEFT JOIN (" page JOIN_AUTHOR           \
    ") ON true ORDER BY p.date_posted DESC, p.id DESC"

// A page by count walks from the nearer end over an index that holds the ids, so that what is
// skipped is never read: `rows` rows in all, of which `skip` are newer than the page.
#define NEWEST_FIRST " ORDER BY date_posted DESC, id DESC"
#define OLDEST_FIRST " ORDER BY date_posted, id"
#define PAGE(where)                                                                           \
    "(SELECT id FROM posts" where NEWEST_FIRST                                                \
    " LIMIT (SELECT CASE WHEN $1::int8 <= n / 2 THEN $2::int8 ELSE 0 END FROM total) OFFSET " \
    "$1::int8)"                                                                               \
    " UNION ALL (SELECT id FROM posts" where OLDEST_FIRST                                     \
    " LIMIT (SELECT CASE WHEN $1::int8 <= n / 2 THEN 0 ELSE least($2::int8, greatest(n - "    \
    "$1::int8, 0)) END"                                                                       \
    " FROM total) OFFSET (SELECT greatest(n - $1::int8 - $2::int8, 0) FROM total))"
#define PAGE_POSTS(where) "(" PAGE(where) ") AS page JOIN posts p ON p.id = page.id"

constexpr Statement page{"blogd_page",
                         TOTAL(EVERYBODY) LIST_FIELDS("false", "false") OF_ALL(PAGE_POSTS(""))};
constexpr Statement page_of_author{"blogd_page_of_author",
                                   TOTAL("$3::int8") LIST_FIELDS("false", "false")
                                       OF_AUTHOR(PAGE_POSTS(" WHERE user_id = $3"), "$3")};

// By key: strictly beyond a place, and whether there is anything on the other side of it.
#define PLACE "($1::timestamptz, $2::int8)"
#define EXIST(relation, where) \
    "EXISTS (SELECT 1 FROM posts WHERE (date_posted, id) " relation " " PLACE where ")"
#define BEYOND(relation, where, order)                                             \
    "(SELECT * FROM posts WHERE (date_posted, id) " relation " " PLACE where order \
    " LIMIT $3::int8) AS p"

constexpr Statement newest{"blogd_newest",
                           TOTAL(EVERYBODY) LIST_FIELDS("false", "false")
                               OF_ALL("(SELECT * FROM posts" NEWEST_FIRST " LIMIT $1::int8) AS p")};
constexpr Statement newest_of_author{
    "blogd_newest_of_author",
    TOTAL("$2::int8") LIST_FIELDS("false", "false") OF_AUTHOR(
        "(SELECT * FROM posts WHERE user_id = $2::int8" NEWEST_FIRST " LIMIT $1::int8) AS p",
        "$2")};
constexpr Statement older{"blogd_older", TOTAL(EVERYBODY) LIST_FIELDS(EXIST(">=", ""), "false")
                                             OF_ALL(BEYOND("<", "", NEWEST_FIRST))};
constexpr Statement older_of_author{
    "blogd_older_of_author",
    TOTAL("$4::int8") LIST_FIELDS(EXIST(">=", " AND user_id = $4"), "false")
        OF_AUTHOR(BEYOND("<", " AND user_id = $4", NEWEST_FIRST), "$4")};
constexpr Statement newer{"blogd_newer", TOTAL(EVERYBODY) LIST_FIELDS("false", EXIST("<=", ""))
                                             OF_ALL(BEYOND(">", "", OLDEST_FIRST))};
constexpr Statement newer_of_author{
    "blogd_newer_of_author",
    TOTAL("$4::int8") LIST_FIELDS("false", EXIST("<=", " AND user_id = $4"))
        OF_AUTHOR(BEYOND(">", " AND user_id = $4", OLDEST_FIRST), "$4")};

// Of the next posts those before which fewer than so many bytes come.
#define AFTER_ID(where)                                                                     \
    "SELECT" POST_FIELDS                                                                    \
    "FROM (SELECT *, sum(octet_length(title) + octet_length(content)) OVER"                 \
    " (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS bytes_before"       \
    " FROM posts WHERE id > $1::int8" where " ORDER BY id LIMIT $2::int8) AS p" JOIN_AUTHOR \
    "WHERE coalesce(bytes_before, 0) < $3::int8 ORDER BY p.id"

constexpr Statement posts_after_id{"blogd_posts_after", AFTER_ID("")};
constexpr Statement posts_of_author_after_id{"blogd_posts_of_author_after",
                                             AFTER_ID(" AND user_id = $4::int8")};

}  // namespace

namespace sql {

constexpr Statement post_by_id{
    "blogd_post", "SELECT" POST_FIELDS "FROM posts p" JOIN_AUTHOR "WHERE p.id = $1::int8"};

// An author is locked until the commit: it must not go, which the foreign key asks for anyway, nor
// get a password. Before the post, so that nobody waits for us in a circle.
constexpr Statement insert_post{
    "blogd_insert_post",
    "WITH author AS (SELECT u.*, " BLOG_MAY_WRITE("$5", "$6") " AS may FROM users u"
    " WHERE u.id = $3::int8 FOR SHARE),"
    " made AS (INSERT INTO posts (title, content, user_id, date_posted)"
    " SELECT $1::text, $2::text, id, $4::timestamptz FROM author WHERE may RETURNING id)"
    " SELECT made.id::int8, " BLOG_USER_COLUMNS ", pg_current_xact_id()"
    " FROM author u LEFT JOIN made ON true"};
constexpr Statement lock_author_of_post{"blogd_lock_author",
                                        "SELECT u.id::int8 FROM posts p" JOIN_AUTHOR
                                        "WHERE p.id = $1::int8 FOR SHARE OF u"};
constexpr Statement lock_post{"blogd_lock_post",
                              "SELECT id::int8 FROM posts WHERE id = $1::int8 FOR UPDATE"};
#define BEFORE(who, as_open) \
    "WITH before AS (SELECT p.id, p.user_id, " BLOG_MAY_WRITE(who, as_open) " AS may"     \
    " FROM posts p" JOIN_AUTHOR "WHERE p.id = $1::int8 FOR SHARE OF u)"
// Columns: the author before (null: no such post), may it be written, may the next author be
// written for (null: there is none), the post.
constexpr Statement update_post{
    "blogd_update_post",
    BEFORE("$5", "$6")
    ", author AS (SELECT u.*, " BLOG_MAY_WRITE("$5", "$6") " AS may FROM users u"
    " WHERE u.id = coalesce($4::int8, (SELECT user_id FROM before)) FOR SHARE),"
    " p AS (UPDATE posts SET title = coalesce($2::text, title),"
    " content = coalesce($3::text, content), user_id = author.id FROM author"
    " WHERE posts.id = (SELECT id FROM before WHERE may) AND author.may"
    " RETURNING posts.id, title, content, date_posted)"
    " SELECT b.user_id::int8, b.may, u.may," POST_FIELDS ", pg_current_xact_id()"
    " FROM (SELECT 1) AS one LEFT JOIN before b ON true LEFT JOIN author u ON true"
    " LEFT JOIN p ON true"};
constexpr Statement delete_post{
    "blogd_delete_post",
    BEFORE("$2", "$3") ", gone AS (DELETE FROM posts WHERE id = (SELECT id FROM before WHERE may))"
    " SELECT user_id::int8, may, pg_current_xact_id() FROM before"};
#undef BEFORE

}  // namespace sql

namespace {

constexpr Statement const* reads[] = {
    &sql::post_by_id, &posts_after_id, &posts_of_author_after_id, &page,
    &page_of_author,  &newest,         &newest_of_author,         &older,
    &older_of_author, &newer,          &newer_of_author,
};
constexpr Statement const* writes[] = {&sql::insert_post, &sql::lock_author_of_post,
                                       &sql::lock_post, &sql::update_post, &sql::delete_post};

constexpr int post_columns = 4 + user_columns;

// Beyond this nobody asks in earnest, and sums with it do not overflow.
constexpr std::int64_t far = std::int64_t{1} << 60;

// Columns: total, has_newer, has_older, the post, the author asked for.
struct List {
    std::optional<User> author;
    std::vector<Post> posts;
    std::int64_t total = 0;
    bool has_newer = false, has_older = false;
};

Result<List> read_list(ResultPtr const& result, bool of_author) {
    constexpr int first = 3;
    List list;
    Rows rows(result);
    list.posts.reserve(static_cast<std::size_t>(rows.size()));
    bool any = false;
    while (rows.next()) {
        if (!any) {
            list.total = rows.integer(0);
            list.has_newer = rows.boolean(1);
            list.has_older = rows.boolean(2);
            if (of_author) list.author = read_user(rows, first + post_columns);
        }
        any = true;
        if (!rows.is_null(first)) list.posts.push_back(read_post(rows, first));
    }
    if (!any && of_author) return Error{Errc::user_not_found};
    return list;
}

}  // namespace

std::span<Statement const* const> post_reads() noexcept {
    return reads;
}

std::span<Statement const* const> post_writes() noexcept {
    return writes;
}

Post read_post(Rows const& row, int first) {
    return {.id = PostId{row.integer(first)},
            .title = row.text(first + 1),
            .content = row.text(first + 2),
            .date_posted = row.time(first + 3),
            .author = read_user(row, first + 4)};
}

Result<Post> read_inserted(ResultPtr const& result, NewPost const& post) {
    Rows rows(result);
    if (!rows.next()) return Error{Errc::user_not_found};
    if (rows.is_null(0)) return Error{Errc::forbidden};
    return Post{.id = PostId{rows.integer(0)},
                .title = post.title,
                .content = post.content,
                .date_posted = post.date_posted,
                .author = read_user(rows, 1)};
}

Result<Post> read_updated(ResultPtr const& result, UserId& before) {
    Rows rows(result);
    if (!rows.next() || rows.is_null(0)) return Error{Errc::post_not_found};
    before = UserId{rows.integer(0)};
    if (!rows.boolean(1)) return Error{Errc::forbidden};
    if (rows.is_null(2)) return Error{Errc::user_not_found};
    if (!rows.boolean(2)) return Error{Errc::forbidden};
    return read_post(rows, 3);
}

Result<UserId> read_deleted_post(ResultPtr const& result) {
    Rows rows(result);
    if (!rows.next()) return Error{Errc::post_not_found};
    if (!rows.boolean(1)) return Error{Errc::forbidden};
    return UserId{rows.integer(0)};
}

ListQuestion page_question(std::int64_t skip, std::int64_t limit, std::optional<UserId> author) {
    BLOG_ASSERT(skip >= 0 && limit >= 0);
    skip = std::min(skip, far);
    limit = std::min(limit, far);
    if (author) return {page_of_author, Params(skip, limit, *author)};
    return {page, Params(skip, limit)};
}

ListQuestion slice_question(Session::SliceQuery const& query) {
    BLOG_ASSERT(!(query.older_than && query.newer_than));
    BLOG_ASSERT(query.limit > 0 && query.limit < INT32_MAX);
    auto const limit = query.limit + 1;  // one more says whether there is more
    auto const place = query.older_than ? query.older_than : query.newer_than;
    if (!place) {
        if (query.author) return {newest_of_author, Params(limit, *query.author)};
        return {newest, Params(limit)};
    }
    auto const date = place->date_posted;
    if (query.author)
        return {query.older_than ? older_of_author : newer_of_author,
                Params(date, place->id, limit, *query.author)};
    return {query.older_than ? older : newer, Params(date, place->id, limit)};
}

ListQuestion scan_question(Session::ScanQuery const& query) {
    auto const bytes = static_cast<std::int64_t>(query.bytes_max);
    if (query.author)
        return {posts_of_author_after_id,
                Params(query.after, query.rows_max, bytes, *query.author)};
    return {posts_after_id, Params(query.after, query.rows_max, bytes)};
}

Result<PostPage> read_page(ResultPtr const& result, bool of_author) {
    auto list = read_list(result, of_author);
    if (!list) return list.error();
    return PostPage{
        .author = std::move(list->author), .posts = std::move(list->posts), .total = list->total};
}

Result<PostSlice> read_slice(ResultPtr const& result, Session::SliceQuery const& query) {
    auto list = read_list(result, query.author.has_value());
    if (!list) return list.error();
    auto& posts = list->posts;
    bool const more = static_cast<std::int64_t>(posts.size()) > query.limit;
    if (query.newer_than) {
        if (more) posts.erase(posts.begin());
        list->has_newer = more;
    } else {
        if (more) posts.pop_back();
        list->has_older = more;
    }
    return PostSlice{.author = std::move(list->author),
                     .posts = std::move(posts),
                     .has_newer = list->has_newer,
                     .has_older = list->has_older,
                     .total = list->total};
}

}  // namespace blog::db::postgres
