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

    Awaitable<Result<void>> next(std::string& out) override {
        if (finished_) co_return Result<void>();
        CO_TRY(db, co_await sessions_.acquire(nullptr, seen_));
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

private:
    db::SessionPool& sessions_;
    Version const seen_;
    db::Session::ScanQuery query_;
    char separator_ = '[';
    bool finished_ = false;
};

}  // namespace

net::Response stream_posts(Context& ctx, std::optional<db::UserId> author) {
    net::Streamed body{std::make_unique<PostStream>(ctx.sessions(), ctx.seen(), author),
                       std::nullopt};
    return {net::Status::ok, std::move(body), json_type};
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
