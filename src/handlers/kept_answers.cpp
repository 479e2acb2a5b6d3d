#include "handlers/kept_answers.hpp"

#include "handlers/reply.hpp"
#include "handlers/security.hpp"
#include "handlers/seen.hpp"
#include "net/conditional.hpp"

#include <exception>
#include <memory>
#include <string>
#include <utility>

namespace blog::handlers {
namespace {

// A body above this goes out as it is: a list of a hundred huge posts would only push out others.
constexpr std::size_t body_bytes_max = 1u << 20;
// A larger buffer is not worth keeping for the next body.
constexpr std::size_t buffer_bytes_kept = 128u << 10;

// Browsers keep the answer too, but ask each time whether it is still good (RFC 9111 5.2.2.4): they
// see every change at once, for the price of a 304.
constexpr std::string_view data_lines =
    "Cache-Control: no-cache\r\n"
    "Vary: Accept-Encoding\r\n";
// Whoever has logged in is shown another page at the same address.
constexpr std::string_view page_lines =
    "Cache-Control: no-cache\r\n"
    "Vary: Accept-Encoding, Cookie\r\n";

std::string const& kept_lines(std::string_view route) {
    auto const with = [](std::string_view caching) {
        return std::string(caching).append(security_lines(Policy::strict, false));
    };
    static std::string const of_data = with(data_lines), of_page = with(page_lines);
    return is_api(route) ? of_data : of_page;
}

}  // namespace

std::optional<net::Response> KeptAnswers::find(net::Request const& req, net::CacheKey const& key,
                                               Look look) noexcept {
    if (!cache_.enabled() || !generations_.trusted()) return std::nullopt;
    auto const seen = generations_.compares_versions() ? seen_by(req) : Version{0};
    if (!generations_.has_heard_of(seen)) return std::nullopt;
    auto* const entry = cache_.find(key, generations_, look);
    if (entry == nullptr) return std::nullopt;
    try {
        auto response = answer(req, choose_coding(req, key, *entry));
        if (response.status() == net::Status::precondition_failed) return std::nullopt;
        response.set_route(entry->route());
        tell_seen(response, entry->version(), seen, generations_, seen_age_);
        return response;
    } catch (std::exception const&) {
        return std::nullopt;  // no memory: whoever makes it anew has more to say about that
    }
}

net::Response KeptAnswers::keep(net::Request const& req, net::CacheKey const& key,
                                std::string_view route, Sources const& sources,
                                net::Response made) {
    auto* const body = std::get_if<std::string>(&made.body());
    if (made.status() != net::Status::ok || body == nullptr || body->size() > body_bytes_max)
        return made;
    auto const finished = std::make_shared<net::Finished const>(
        made.type(), net::Coding::identity, net::etag_of(*body), kept_lines(route), *body);
    if (body->capacity() <= buffer_bytes_kept) {
        spare_ = std::move(*body);
        spare_.clear();
    }
    if (cache_.enabled() && sources.complete()) cache_.store(key, route, sources, finished);
    auto response = answer(req, finished);
    response.set_route(route);
    return response;
}

net::Response KeptAnswers::answer(net::Request const& req, net::FinishedPtr const& finished) const {
    auto status = net::Status::ok;
    // Dates mean nothing here: these answers have no Last-Modified.
    switch (check_preconditions(req, {.etag = finished->etag()}, net::Seconds())) {
        case net::Precondition::met:
            break;
        case net::Precondition::not_modified:
            status = net::Status::not_modified;
            break;
        case net::Precondition::failed:
            return net::Response(net::Status::precondition_failed);
    }
    net::Response response(status, finished, finished->type());
    if (req.secure()) response.set_fixed_lines(stay_secure_line());
    return response;
}

// The coding that the client likes best, if it is there; sees to it that it will be.
net::FinishedPtr const& KeptAnswers::choose_coding(net::Request const& req,
                                                   net::CacheKey const& key,
                                                   net::ResponseCache::Entry& entry) {
    auto const& identity = entry.coding(net::Coding::identity);
    auto const accepted = req.header("Accept-Encoding");
    if (accepted.empty() || identity->body().size() < net::compress_bytes_min) return identity;
    auto const wanted = net::preferred_coding(accepted);
    if (wanted == net::Coding::identity) return identity;
    if (auto const& packed = entry.coding(wanted)) return packed;
    if (net::is_compressible(identity->type()) && entry.wants(wanted) &&
        pack(key, identity, wanted))
        entry.asked(wanted);
    return identity;
}

// False: not now, the compressor has enough to do.
bool KeptAnswers::pack(net::CacheKey const& key, net::FinishedPtr const& identity,
                       net::Coding coding) {
    auto done = [this, path = std::string(key.path), query = std::string(key.query), identity,
                 coding](net::FinishedPtr made) {
        cache_.add_coding({path, query}, identity, coding, std::move(made));
    };
    return compressor_.submit(identity, coding, loop_, std::move(done));
}

}  // namespace blog::handlers
