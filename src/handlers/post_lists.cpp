#include "handlers/post_lists.hpp"

#include "handlers/reply.hpp"
#include "schemas/posts.hpp"

#include <memory>
#include <utility>

namespace blog::handlers {
namespace {

// Takes a session for each piece, so a slow reader holds neither a connection nor a snapshot.
class PostStream final : public net::BodyStream {
public:
    PostStream(db::SessionPool& sessions, Version seen, std::optional<db::UserId> author)
        : sessions_(sessions), seen_(seen) {
        query_.author = author;
    }

    // Reads the first piece, for next() to give.
    Awaitable<Result<void>> begin() { return read(first_); }

    Awaitable<Result<void>> next(std::string& out) override {
        if (first_.empty()) co_return co_await read(out);
        out += std::exchange(first_, {});
        co_return Result<void>();
    }

private:
    Awaitable<Result<void>> read(std::string& out) {
        if (finished_) co_return Result<void>();
        db::Borrower const borrower{nullptr, seen_, nullptr};
        CO_TRY(db, co_await sessions_.acquire(borrower));
        CO_TRY(posts, co_await db->scan_posts(query_));
        for (auto const& post : posts) {
            out += std::exchange(separator_, ',');
            schemas::append_json(out, schemas::PostResponse(post));
        }
        if (posts.empty()) {
            finished_ = true;
            out += separator_ == '[' ? "[]" : "]";
        } else {
            query_.after = posts.back().id;
        }
        co_return Result<void>();
    }

    db::SessionPool& sessions_;
    Version const seen_;
    db::Session::ScanQuery query_;
    char separator_ = '[';
    bool finished_ = false;
    std::string first_;
};

}  // namespace

net::Reply stream_posts(Context& ctx, std::optional<db::UserId> author) {
    auto stream = std::make_unique<PostStream>(ctx.sessions(), ctx.seen(), author);
    auto const begun = co_await stream->begin();
    if (!begun) co_return begun.error();
    net::Streamed body{std::move(stream), std::nullopt};
    co_return net::Response(net::Status::ok, std::move(body), json_type);
}

net::Response posts_page(Context& ctx, db::PostPage const& page, schemas::PageQuery const& query) {
    auto body = ctx.buffer();
    schemas::append_json(body, schemas::PaginatedPostsResponse(page, query));
    return json(net::Status::ok, std::move(body));
}

std::vector<schemas::Answer> list_answers() {
    return {schemas::list_of<schemas::PostResponse>(),
            schemas::answer_of<schemas::PaginatedPostsResponse>()};
}

}  // namespace blog::handlers
