#pragma once
#include "handlers/context.hpp"
#include "handlers/kept_answers.hpp"
#include "handlers/routes.hpp"
#include "handlers/uploads.hpp"
#include "net/service.hpp"

#include <memory>

namespace blog::handlers {

// The blog as the HTTP layer sees it, one object a loop: finds the route, calls its handler, and
// turns every failure into the answer that the contract wants. An exception ends here as a 500 or
// 503.
class BlogService final : public net::Service {
public:
    // `app` and `routes` outlive the service. `loop` is where it is used; answers may be kept in
    // `cache_bytes` of memory.
    BlogService(App const& app, Routes const& routes, std::unique_ptr<db::SessionPool> sessions,
                views::Library views, asio::any_io_executor loop, std::size_t cache_bytes)
        : app_(app),
          routes_(routes),
          sessions_(std::move(sessions)),
          views_(std::move(views)),
          seen_age_(seen_age_of(app.config)),
          kept_(app.generations, app.compressor, std::move(loop), cache_bytes, seen_age_),
          metrics_(kept_.counters()),
          uploads_(app.config.uploads_max) {
        app.metrics.add(metrics_);
    }

    std::optional<net::Response> ready(net::Request const& req) noexcept override;
    std::optional<std::size_t> large_body_max(net::Method method,
                                              std::string_view path) const noexcept override;
    Awaitable<net::Admission> admit_body(net::Request const& req) override;
    Awaitable<net::Response> handle(net::Request const& req, std::string buffer) override;
    net::Response refuse(net::Status status, std::string_view detail,
                         std::string_view path) override;
    void log(net::AccessRecord const& record) noexcept override;

    // Compiles the templates anew, on this loop; a fault is logged and the old ones stay.
    void reload_templates();

private:
    using Route = net::Route<Context>;
    Awaitable<net::Response> call(Route const& route, Context& ctx, net::PathParams const& params);
    Awaitable<net::Response> serve_public(Route const& route, Context& ctx,
                                          net::PathParams const& params);
    Awaitable<void> recognise_visitor(Context& ctx);
    static std::chrono::seconds seen_age_of(Config const& config) noexcept;
    net::Response unrouted(net::Request const& req, net::Methods allowed);
    // Why a write is not taken, whatever it says; "" when it is.
    std::string_view write_refusal(net::Request const& req) const noexcept;

    App const& app_;
    Routes const& routes_;
    std::unique_ptr<db::SessionPool> sessions_;
    views::Library views_;
    std::chrono::seconds const seen_age_;
    KeptAnswers kept_;
    LoopMetrics metrics_;
    Uploads uploads_;
};

}  // namespace blog::handlers
