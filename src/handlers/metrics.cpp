#include "handlers/metrics.hpp"

#include "auth/hasher.hpp"
#include "db/store.hpp"
#include "handlers/endpoint.hpp"
#include "handlers/reply.hpp"
#include "handlers/routes.hpp"

#include <span>
#include <string_view>

namespace blog::handlers {
namespace {

using Loops = std::span<LoopMetrics const* const>;

template <class Count>
std::uint64_t sum(Loops loops, Count const& count) {
    std::uint64_t all = 0;
    for (auto const* loop : loops)
        all += count(*loop);
    return all;
}

std::uint64_t load(std::atomic<std::uint64_t> const& counter) noexcept {
    return counter.load(std::memory_order_relaxed);
}

// Lines of one metric.
class Lines {
public:
    Lines(std::string& out, std::string_view name) : out_(out), name_(name) {}

    void value(std::uint64_t n) { line("", "", n); }
    void labelled(std::string_view label, std::uint64_t n) { line("", label, n); }
    template <std::size_t N, std::size_t Bounds>
    void histogram(db::Histogram<N> const& h, std::array<std::uint64_t, Bounds> const& bounds) {
        static_assert(N == Bounds + 1);
        std::uint64_t so_far = 0;
        for (std::size_t i = 0; i < Bounds; ++i)
            line("_bucket", "le=\"" + std::to_string(bounds[i]) + '"', so_far += h.counts[i]);
        so_far += h.counts[Bounds];
        line("_bucket", "le=\"+Inf\"", so_far);
        line("_sum", "", h.sum);
        line("_count", "", so_far);
    }

private:
    void line(std::string_view suffix, std::string_view label, std::uint64_t n) {
        out_.append(name_).append(suffix);
        if (!label.empty()) out_.append("{").append(label).append("}");
        out_.append(" ").append(std::to_string(n)).append("\n");
    }
    std::string& out_;
    std::string_view name_;
};

struct Source {
    Loops loops;
    db::StoreMetrics store;
    auth::Hasher const& hasher;
};

using Connections = db::StoreMetrics::Connections;
void both(Source const& s, Lines& out, std::uint64_t Connections::*number) {
    out.labelled("for=\"reads\"", s.store.reads.*number);
    out.labelled("for=\"writes\"", s.store.writes.*number);
}

struct Row {
    std::string_view name, kind, help;
    void (*write)(Source const&, Lines&);
};

constexpr Row rows[] = {
    {"blogd_build_info", "gauge", "always 1; the label has the version",
     [](Source const&, Lines& out) { out.labelled("version=\"" BLOGD_VERSION "\"", 1); }},
    {"blogd_responses_total", "counter", "answers, by the first digit of their status",
     [](Source const& s, Lines& out) {
         for (std::size_t digit = 1; digit < LoopMetrics::classes; ++digit)
             out.labelled("status=\"" + std::to_string(digit) + "xx\"",
                          sum(s.loops, [=](LoopMetrics const& l) { return l.answers(digit); }));
     }},
    {"blogd_response_body_bytes_total", "counter", "bytes of the bodies that were sent",
     [](Source const& s, Lines& out) {
         out.value(sum(s.loops, [](LoopMetrics const& l) { return l.body_bytes(); }));
     }},
    {"blogd_cache_lookups_total", "counter",
     "looks for a kept answer: found, absent, or made stale by a write",
     [](Source const& s, Lines& out) {
         out.labelled("outcome=\"hit\"",
                      sum(s.loops, [](LoopMetrics const& l) { return load(l.cache.hits); }));
         out.labelled("outcome=\"miss\"",
                      sum(s.loops, [](LoopMetrics const& l) { return load(l.cache.misses); }));
         out.labelled("outcome=\"stale\"",
                      sum(s.loops, [](LoopMetrics const& l) { return load(l.cache.stale); }));
     }},
    {"blogd_cache_stored_total", "counter", "answers that were kept",
     [](Source const& s, Lines& out) {
         out.value(sum(s.loops, [](LoopMetrics const& l) { return load(l.cache.stored); }));
     }},
    {"blogd_cache_evicted_total", "counter", "answers that made room for others",
     [](Source const& s, Lines& out) {
         out.value(sum(s.loops, [](LoopMetrics const& l) { return load(l.cache.evicted); }));
     }},
    {"blogd_cache_entries", "gauge", "answers that are kept now",
     [](Source const& s, Lines& out) {
         out.value(sum(s.loops, [](LoopMetrics const& l) { return load(l.cache.entries); }));
     }},
    {"blogd_cache_bytes", "gauge", "memory of the answers that are kept now",
     [](Source const& s, Lines& out) {
         out.value(sum(s.loops, [](LoopMetrics const& l) { return load(l.cache.bytes); }));
     }},
    {"blogd_write_group_size", "histogram", "writes that shared one commit",
     [](Source const& s, Lines& out) {
         out.histogram(s.store.group_writes, db::StoreMetrics::group_bounds);
     }},
    {"blogd_commit_microseconds", "histogram", "how long a commit took, from its begin on",
     [](Source const& s, Lines& out) {
         out.histogram(s.store.commit_us, db::StoreMetrics::commit_us_bounds);
     }},
    {"blogd_writes_refused_total", "counter", "writes told to come back: the queue was full",
     [](Source const& s, Lines& out) { out.value(s.store.writes_refused); }},
    {"blogd_write_queue_length", "gauge", "writes that wait for the disk now",
     [](Source const& s, Lines& out) { out.value(s.store.queue_length); }},
    {"blogd_write_queue_max", "gauge", "writes that may wait (write-queue-max)",
     [](Source const& s, Lines& out) { out.value(s.store.queue_max); }},
    {"blogd_checkpoints_total", "counter", "copies of the log into the database",
     [](Source const& s, Lines& out) { out.value(s.store.checkpoints); }},
    {"blogd_checkpoint_microseconds_total", "counter", "time that these took",
     [](Source const& s, Lines& out) { out.value(s.store.checkpoint_us); }},
    {"blogd_log_pages", "gauge", "pages in the write-ahead log",
     [](Source const& s, Lines& out) { out.value(s.store.log_pages); }},
    {"blogd_password_hashes_total", "counter", "passwords that were hashed or checked",
     [](Source const& s, Lines& out) { out.value(s.hasher.done()); }},
    {"blogd_password_hashes_refused_total", "counter",
     "told to come back: the queue was full, or no memory was left",
     [](Source const& s, Lines& out) { out.value(s.hasher.refused()); }},
    {"blogd_password_queue_length", "gauge", "passwords that wait now (password-queue-max)",
     [](Source const& s, Lines& out) { out.value(s.hasher.waiting()); }},
    {"blogd_database_questions_total", "counter",
     "PostgreSQL: reads and writes that were asked for",
     [](Source const& s, Lines& out) { both(s, out, &Connections::questions); }},
    {"blogd_database_round_trips_total", "counter",
     "PostgreSQL: batches that they were sent in; reads share them",
     [](Source const& s, Lines& out) { both(s, out, &Connections::round_trips); }},
    {"blogd_database_connections", "gauge", "PostgreSQL: connections that are open now",
     [](Source const& s, Lines& out) { both(s, out, &Connections::open); }},
    {"blogd_database_connections_opened_total", "counter", "PostgreSQL: connections made",
     [](Source const& s, Lines& out) { both(s, out, &Connections::opened); }},
    {"blogd_database_connections_failed_total", "counter",
     "PostgreSQL: attempts to connect that failed",
     [](Source const& s, Lines& out) { both(s, out, &Connections::not_opened); }},
    {"blogd_feed_silence_microseconds", "gauge",
     "PostgreSQL: since the changes of other instances were last heard of; above cache-lag no kept "
     "answer is used",
     [](Source const& s, Lines& out) { out.value(s.store.feed_silence_us); }},
    {"blogd_standbys", "gauge", "PostgreSQL: replicas that are new enough to be read from",
     [](Source const& s, Lines& out) { out.value(s.store.standbys); }},
};

constexpr std::string_view metrics_type = "text/plain; version=0.0.4; charset=utf-8";

// For the machine's own monitoring. What came through a proxy came from somewhere else: for it this
// path is one of the many that are not there.
net::Reply metrics(Context& ctx) {
    bool const proxied = ctx.req.has_header("X-Forwarded-For") || ctx.req.has_header("Forwarded");
    if (proxied) co_return problem(ctx, net::Status::not_found, "Not Found");
    co_return net::Response(net::Status::ok, ctx.app.metrics.text(), metrics_type);
}

}  // namespace

std::string Metrics::text() const {
    Source const source{loops_, store_.metrics(), hasher_};
    std::string out;
    for (auto const& row : rows) {
        out.append("# HELP ").append(row.name).append(" ").append(row.help).append("\n");
        out.append("# TYPE ").append(row.name).append(" ").append(row.kind).append("\n");
        Lines lines(out, row.name);
        row.write(source, lines);
    }
    return out;
}

std::string Metrics::markdown() {
    std::string out = "| metric | kind | what it says |\n|---|---|---|\n";
    for (auto const& row : rows)
        out.append("| `")
            .append(row.name)
            .append("` | ")
            .append(row.kind)
            .append(" | ")
            .append(row.help)
            .append(" |\n");
    return out;
}

std::span<Endpoint const> metrics_endpoints() {
    static Endpoint const table[] = {get<"/metrics", &metrics>};
    return table;
}

}  // namespace blog::handlers
