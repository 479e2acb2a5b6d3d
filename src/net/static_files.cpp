#include "net/static_files.hpp"

#include "net/conditional.hpp"
#include "net/media_type.hpp"
#include "net/multipart_ranges.hpp"
#include "net/range.hpp"

#include <utility>

namespace blog::net {

namespace {

constexpr std::string_view plain_text = "text/plain; charset=utf-8";

// An upload opened by itself is a page of no origin that loads and runs nothing, whatever it is.
constexpr std::string_view upload_lines =
    "Content-Security-Policy: default-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; sandbox\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n"
    "Referrer-Policy: no-referrer\r\n";

std::string content_range(ByteRange const& part, std::uint64_t file_bytes) {
    return "bytes " + std::to_string(part.offset) + "-" +
           std::to_string(part.offset + part.size - 1) + "/" + std::to_string(file_bytes);
}

// The file's content moves into the answer.
Body slice(FileContent& content, ByteRange const& part) {
    if (auto const* bytes = std::get_if<std::string_view>(&content))
        return SharedBytes{nullptr, bytes->substr(part.offset, part.size)};
    return FileSlice{std::move(std::get<UniqueFd>(content)), part.offset, part.size};
}

Response whole(StoredFile& file, std::string_view type) {
    return Response(Status::ok, slice(file.content, {0, file.size}), type);
}

Response answer_range(StoredFile& file, std::string_view type, std::string_view field) {
    auto range = parse_range(field, file.size);
    switch (range.kind) {
        case RangeRequest::Kind::whole:
            break;
        case RangeRequest::Kind::malformed:
            return Response(Status::bad_request, std::string(range.fault), plain_text);
        case RangeRequest::Kind::unsatisfiable:
            return Response(Status::range_not_satisfiable, std::string(), plain_text)
                .header("Content-Range", "bytes */" + std::to_string(file.size));
        case RangeRequest::Kind::parts:
            if (range.parts.size() > 1) {
                auto body = multipart_ranges(std::move(file.content), file.size, type,
                                             std::move(range.parts));
                return Response(Status::partial_content, std::move(body), multipart_ranges_type());
            }
            auto const part = range.parts.front();
            return Response(Status::partial_content, slice(file.content, part), type)
                .header("Content-Range", content_range(part, file.size));
    }
    return whole(file, type);
}

Response answer(Request const& req, StoredFile& file, std::string_view type, Seconds now) {
    Validators const current{file.etag, file.last_modified};
    switch (check_preconditions(req, current, now)) {
        case Precondition::failed:
            return Response(Status::precondition_failed, "Precondition Failed", plain_text);
        case Precondition::not_modified:
            return Response(Status::not_modified);
        case Precondition::met:
            break;
    }
    // RFC 9110 14.2: Range means something for GET alone.
    if (req.method() == Method::get && req.has_header("Range") &&
        range_is_current(req, current, now))
        return answer_range(file, type, req.header("Range"));
    return whole(file, type);
}

// How long a client may keep the file. A URL with the right fingerprint names these very bytes.
std::string_view cache_control(Request const& req, StoredFile const& file, Trust trust) {
    if (req.query().starts_with("v=") && req.query().substr(2) == file.fingerprint)
        return "public, max-age=31536000, immutable";
    return trust == Trust::uploads ? "public, max-age=3600" : "no-cache";
}

void describe(StoredFile const& file, std::string_view cache, Response& response) {
    switch (response.status()) {
        case Status::ok:
        case Status::partial_content:
            response.header("Accept-Ranges", "bytes");
            break;
        case Status::not_modified:  // RFC 9110 15.4.5: what a 200 would have said about caching
            break;
        default:
            return;
    }
    response.header("ETag", file.etag);
    response.header("Last-Modified", view(to_http_date(file.last_modified)));
    response.header("Cache-Control", cache);
}

}  // namespace

Result<std::optional<Response>> StaticFiles::serve(Request const& req,
                                                   std::string_view rest) const {
    auto const path = normal_path(rest);
    if (!path) return std::optional<Response>();
    auto found = tree_->find(*path);
    if (!found) return found.error();
    if (!*found) return std::optional<Response>();
    auto& file = **found;

    auto const type = media_type(*path);
    // Only bytes: a script or style sheet among the uploads must not count as one of the site.
    bool const only_download = trust_ == Trust::uploads && !is_plain_image(type);
    auto const now = std::chrono::floor<std::chrono::seconds>(clock_.wall());
    auto response = answer(req, file, only_download ? unknown_media_type : type, now);
    describe(file, cache_control(req, file, trust_), response);
    if (only_download) response.header("Content-Disposition", "attachment");
    if (trust_ == Trust::uploads) response.set_fixed_lines(upload_lines);
    return std::optional(std::move(response));
}

std::optional<std::string> StaticFiles::url(std::string_view path) const {
    auto const normal = normal_path(path);
    if (!normal) return std::nullopt;
    auto const found = tree_->find(*normal);
    if (!found || !*found) return std::nullopt;
    return prefix_ + *normal + "?v=" + (*found)->fingerprint;
}

}  // namespace blog::net
