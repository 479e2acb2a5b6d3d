#include "views/pages.hpp"

#include "handlers/endpoint.hpp"
#include "handlers/reply.hpp"
#include "handlers/routes.hpp"
#include "net/target.hpp"
#include "schemas/users.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <vector>

// The pages people read: newest first, ten at a time, with links to newer and older posts that find
// their place by key (date and id), so that the last page costs what the first one does.
namespace blog::handlers {
namespace {

constexpr std::int64_t posts_per_page = 10;
constexpr std::size_t title_characters_max = 50;  // of a page's <title>

// ?before=CURSOR or ?after=CURSOR, CURSOR being microseconds since 1970 and a post's id: "17_4".
struct PageQuery {
    std::optional<db::PostCursor> before, after;

    static PageQuery read(std::string_view query);
    void append_to(std::string& out) const;
};

std::string to_text(db::PostCursor const& c) {
    return std::to_string(c.date_posted.time_since_epoch().count()) + "_" +
           std::to_string(static_cast<std::int64_t>(c.id));
}

std::optional<db::PostCursor> parse_cursor(std::string_view text) {
    std::int64_t micros = 0, id = 0;
    auto const* const end = text.data() + text.size();
    auto const date = std::from_chars(text.data(), end, micros);
    if (date.ec != std::errc() || date.ptr == end || *date.ptr != '_') return std::nullopt;
    auto const rest = std::from_chars(date.ptr + 1, end, id);
    if (rest.ec != std::errc() || rest.ptr != end) return std::nullopt;
    return db::PostCursor{SysTime(std::chrono::microseconds(micros)), db::PostId{id}};
}

// A cursor that is none is ignored, as the original ignores query parameters of pages.
PageQuery PageQuery::read(std::string_view query) {
    PageQuery out;
    if (query.empty()) return out;
    net::QueryReader reader(query);
    std::string name, value;
    while (reader.next(name, value)) {
        if (name == "before") out.before = parse_cursor(value);
        if (name == "after") out.after = parse_cursor(value);
    }
    if (out.before) out.after.reset();
    return out;
}

void PageQuery::append_to(std::string& out) const {
    if (before) out.append("before=").append(to_text(*before));
    if (after) out.append("after=").append(to_text(*after));
}

db::PostCursor cursor_of(db::Post const& post) {
    return {post.date_posted, post.id};
}

// A page of the newest-first order. Going towards newer posts ends on the first page, which is
// shown full rather than with the few posts that are left over.
Awaitable<Result<db::PostSlice>> read_slice(db::Session& db, PageQuery query,
                                            std::optional<db::UserId> author) {
    db::Session::SliceQuery ask{query.before, query.after, author, posts_per_page};
    auto slice = co_await db.slice_posts(ask);
    if (slice && query.after && !slice->has_newer) {
        ask.newer_than.reset();
        co_return co_await db.slice_posts(ask);
    }
    co_return slice;
}

std::string image_path(db::User const& user) {
    std::string out;
    schemas::append_path(out, {user.image_file ? std::string_view(*user.image_file) : ""});
    return out;
}

// A title of spaces is a title, but a link needs something to click on.
std::string_view shown_title(db::Post const& post) {
    bool const blank =
        std::ranges::all_of(post.title, [](char c) { return c == ' ' || c == '\t'; });
    return blank ? std::string_view("(untitled)") : post.title;
}

// View models of a slice, and the strings that they point to.
class Cards {
public:
    explicit Cards(std::vector<db::Post> const& posts) {
        images_.reserve(posts.size());  // the views below point into it
        cards_.reserve(posts.size());
        for (auto const& post : posts)
            cards_.push_back(add(post));
    }
    std::vector<views::PostCard> take() { return std::move(cards_); }

private:
    views::PostCard add(db::Post const& post) {
        auto const& image = images_.emplace_back(image_path(post.author));
        return {.id = static_cast<std::int64_t>(post.id),
                .title = shown_title(post),
                .content = post.content,
                .date_posted = post.date_posted,
                .author_id = static_cast<std::int64_t>(post.author.id),
                .author = post.author.username,
                .image_path = image};
    }
    std::vector<std::string> images_;
    std::vector<views::PostCard> cards_;
};

std::string newer_href(db::PostSlice const& slice, std::string_view base) {
    if (!slice.has_newer || slice.posts.empty()) return {};
    return std::string(base) + "?after=" + to_text(cursor_of(slice.posts.front()));
}

std::string older_href(db::PostSlice const& slice, std::string_view base) {
    if (!slice.has_older || slice.posts.empty()) return {};
    return std::string(base) + "?before=" + to_text(cursor_of(slice.posts.back()));
}

std::string first_characters(std::string_view text, std::size_t count) {
    std::size_t at = 0;
    for (; at < text.size(); ++at) {
        bool const starts_character = (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
        if (starts_character && count-- == 0) break;
    }
    return std::string(text.substr(0, at));
}

net::Reply home(Context& ctx, PageQuery query) {
    CO_TRY(db, co_await ctx.db());
    CO_TRY(slice, co_await read_slice(*db, query, std::nullopt));
    auto const base = ctx.req.path() == "/posts" ? "/posts" : "/";
    Cards cards(slice.posts);
    co_return page(ctx, views::HomePage{.site = site_of(ctx),
                                        .posts = cards.take(),
                                        .newer_href = newer_href(slice, base),
                                        .older_href = older_href(slice, base),
                                        .first_page = !slice.has_newer,
                                        .protected_accounts = ctx.protects_accounts()});
}

net::Reply post_page(Context& ctx, db::PostId id) {
    CO_TRY(db, co_await ctx.db());
    CO_TRY(found, co_await db->find_post(id));
    std::vector<db::Post> posts;
    posts.push_back(std::move(found));
    Cards cards(posts);
    bool const own = ctx.login() && ctx.login()->user.id == posts[0].author.id;
    co_return page(ctx, views::PostPage{.site = site_of(ctx),
                                        .page_title = first_characters(shown_title(posts[0]),
                                                                       title_characters_max),
                                        .post = cards.take()[0],
                                        .own = own});
}

net::Reply user_posts(Context& ctx, db::UserId id, PageQuery query) {
    CO_TRY(db, co_await ctx.db());
    CO_TRY(slice, co_await read_slice(*db, query, id));
    auto const& user = *slice.author;
    auto const user_id = static_cast<std::int64_t>(id);
    auto const base = "/users/" + std::to_string(user_id) + "/posts";
    auto const image = image_path(user);
    Cards cards(slice.posts);
    co_return page(ctx, views::UserPage{.site = site_of(ctx),
                                        .user_id = user_id,
                                        .username = user.username,
                                        .image_path = image,
                                        .total = slice.total,
                                        .posts = cards.take(),
                                        .newer_href = newer_href(slice, base),
                                        .older_href = older_href(slice, base),
                                        .first_page = !slice.has_newer});
}

}  // namespace

std::span<Endpoint const> page_endpoints() {
    static Endpoint const table[] = {
        public_get<"/", &home>,
        public_get<"/posts", &home>,
        public_get<"/posts/{post_id}", &post_page>,
        public_get<"/users/{user_id}/posts", &user_posts>,
    };
    return table;
}

}  // namespace blog::handlers
