#pragma once
#include "async.hpp"
#include "auth/hasher.hpp"
#include "auth/throttle.hpp"
#include "clock.hpp"
#include "config.hpp"
#include "db/store.hpp"
#include "generations.hpp"
#include "handlers/metrics.hpp"
#include "handlers/seen.hpp"
#include "log.hpp"
#include "net/compressor.hpp"
#include "net/request.hpp"
#include "net/static_files.hpp"
#include "pictures/workshop.hpp"
#include "views/library.hpp"

#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace blog::handlers {

// What every request may use; constant after start-up, shared by all loops, outlives them.
struct App {
    Config const& config;
    Clock const& clock;
    Log& log;
    net::StaticFiles const& static_files;  // /static
    net::StaticFiles const& media;         // /media
    net::StaticFiles const& docs_assets;   // /docs/assets
    std::string const& openapi;            // the document of /openapi.json
    Generations const& generations;        // when what was last written
    net::Compressor& compressor;
    Metrics& metrics;
    auth::Hasher& hasher;
    auth::Throttle& throttle;
    pictures::Workshop& workshop;
    std::function<void()> const& mail_waits;  // something was put into the outbox
};

// One request's tools; lives exactly as long as the request.
class Context {
public:
    Context(App const& a, db::SessionPool& sessions, views::Library const& v, net::Request const& r,
            std::string buffer)
        : app(a),
          views(v),
          req(r),
          sessions_(sessions),
          seen_(a.generations.compares_versions() ? seen_by(r) : 0),
          buffer_(std::move(buffer)) {}
    Context(Context const&) = delete;
    Context& operator=(Context const&) = delete;

    App const& app;
    views::Library const& views;
    net::Request const& req;

    // A database session from the loop's pool; goes back when the lease ends. What is read over it
    // is remembered in sources().
    Awaitable<Result<db::Lease>> db() {
        return sessions_.acquire({&sources_, seen_, req.caller()});
    }
    Sources const& sources() const noexcept { return sources_; }
    // How new what the client has seen is: it is shown nothing older.
    Version seen() const noexcept { return seen_; }
    // Who sends the request, once that was found out (handlers/login.hpp).
    // Null: nobody, or nobody has looked yet.
    db::LoggedIn const* login() const noexcept { return login_.get(); }
    void set_login(db::LoggedIn login) {
        login_ = std::make_unique<db::LoggedIn>(std::move(login));
    }
    // The answer is about whoever asks: nobody else may see it, and nothing keeps it.
    void answer_visitor_alone() noexcept { for_visitor_alone_ = true; }
    bool for_visitor_alone() const noexcept { return for_visitor_alone_ || login_ != nullptr; }
    bool protects_accounts() const noexcept { return app.config.accounts == "protected"; }
    // On whose behalf it writes.
    db::Writer writer() const noexcept {
        db::Writer writer{std::nullopt, !protects_accounts()};
        if (login_) writer.user = login_->user.id;
        return writer;
    }

    // For bodies that outlive the handler: they take a session for each piece.
    db::SessionPool& sessions() noexcept { return sessions_; }
    // Empty, with the capacity of earlier answers: build the body in it.
    std::string buffer() noexcept { return std::exchange(buffer_, {}); }

private:
    db::SessionPool& sessions_;
    Sources sources_;
    Version seen_;
    std::unique_ptr<db::LoggedIn> login_;  // most have none, and the frame stays small
    bool for_visitor_alone_ = false;
    std::string buffer_;
};

}  // namespace blog::handlers
