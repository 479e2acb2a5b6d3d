#include "net/parser.hpp"

#include "net/target.hpp"
#include "net/text.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <functional>
#include <limits>
#include <optional>

namespace blog::net {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;

// Longest method plus "HTTP/1.1", two spaces and CR LF.
constexpr std::size_t request_line_rest_max = 32;

constexpr std::string_view invalid = "Invalid HTTP request received: ";

Refusal refusal(Status status, std::string_view text) {
    return {status, std::string(status == Status::bad_request ? invalid : "").append(text)};
}

Refusal over_limit(Status status, std::string_view what, std::size_t limit, std::string_view unit) {
    return {status, std::string(what) + " the limit of " + std::to_string(limit) + " " +
                        std::string(unit) + "."};
}

std::optional<Method> known_method(http::verb verb) noexcept {
    switch (verb) {
        case http::verb::get:
            return Method::get;
        case http::verb::head:
            return Method::head;
        case http::verb::post:
            return Method::post;
        case http::verb::put:
            return Method::put;
        case http::verb::patch:
            return Method::patch;
        case http::verb::delete_:
            return Method::del;
        case http::verb::options:
            return Method::options;
        case http::verb::trace:
            return Method::trace;
        default:
            return std::nullopt;
    }
}

// "gzip, chunked": a list of other codings before one final "chunked" is sound (RFC 9112 6.1).
bool is_sound_coding_list(std::string_view list) noexcept {
    auto const last = list.rfind(',');
    if (last == list.npos || !iequals(trim(list.substr(last + 1)), "chunked")) return false;
    for (auto rest = list.substr(0, last + 1); !rest.empty();) {
        auto const comma = rest.find(',');
        auto const coding = trim(rest.substr(0, comma));
        if (coding.empty() || !std::ranges::all_of(coding, is_token_char)) return false;
        if (iequals(coding, "chunked")) return false;
        rest.remove_prefix(comma + 1);
    }
    return true;
}

// Why a Transfer-Encoding is not taken; nullopt when it is.
std::optional<Refusal> check_transfer_encoding(std::string_view value) {
    if (iequals(value, "chunked")) return std::nullopt;
    if (is_sound_coding_list(value))
        return refusal(Status::not_implemented,
                       "The only transfer coding understood here is \"chunked\".");
    return refusal(Status::bad_request,
                   "Transfer-Encoding must be exactly \"chunked\", in one field.");
}

// "HTTP/2.0" is a version, "HTTP/1.10" and "http/1.1" are mistakes.
Refusal bad_version(std::string_view input) {
    auto const line = input.substr(0, input.find_first_of("\r\n"));
    auto const version = line.substr(line.rfind(' ') + 1);
    bool const well_formed = version.size() == 8 && version.starts_with("HTTP/") &&
                             is_digit(version[5]) && version[6] == '.' && is_digit(version[7]);
    if (well_formed && version != "HTTP/1.1" && version != "HTTP/1.0")
        return refusal(Status::version_not_supported, "This server speaks HTTP/1.1 and HTTP/1.0.");
    return refusal(Status::bad_request, "the request line must end with \" HTTP/1.1\" and CR LF.");
}

Refusal from_beast(beast::error_code const& ec, std::string_view input) {
    auto const bad = [](std::string_view text) { return refusal(Status::bad_request, text); };
    if (ec == http::error::bad_version) return bad_version(input);
    if (ec == http::error::bad_method) return bad("it must begin with a method and one space.");
    if (ec == http::error::bad_target)
        return bad("the target is missing, or holds a byte that must be percent-encoded.");
    if (ec == http::error::bad_field)
        return bad("a field line is a name without spaces, a colon and a value.");
    if (ec == http::error::bad_line_ending) return bad("lines must end with CR LF.");
    if (ec == http::error::bad_value)
        return bad("a field value holds a control character or is malformed.");
    if (ec == http::error::bad_content_length || ec == http::error::multiple_content_length)
        return bad("Content-Length must be one decimal number, without Transfer-Encoding.");
    if (ec == http::error::bad_transfer_encoding)
        return bad("Transfer-Encoding must be one \"chunked\", without Content-Length.");
    if (ec == http::error::header_limit) return bad("field lines must not be folded.");
    return bad("it could not be understood.");
}

// Beast finds the lines, the tokens and their limits; the rules are ours.
class HeadParser final : public http::basic_parser<true> {
public:
    HeadParser(std::string_view text, Limits const& limits, Head& out)
        : text_(text), limits_(limits), out_(out) {
        header_limit(std::numeric_limits<std::uint32_t>::max());  // parse_head has its own
        body_limit(boost::none);                                  // check_body_limit too
    }
    std::optional<Refusal>& refused() noexcept { return refused_; }

private:
    using View = beast::string_view;
    using Error = beast::error_code;

    static std::string_view std_view(View v) noexcept { return {v.data(), v.size()}; }

    void refuse(Refusal why, Error& ec) {
        refused_ = std::move(why);
        ec = http::error::bad_value;  // any error stops Beast
    }
    void refuse(std::string_view why, Error& ec) { refuse(refusal(Status::bad_request, why), ec); }

    void on_request_impl(http::verb, View method, View target, int version, Error& ec) override;
    void on_field_impl(http::field, View name, View value, Error& ec) override;
    void on_header_impl(Error& ec) override;

    // Bodies are not Beast's: one parser object sees one head.
    void on_response_impl(int, View, int, Error&) override {}
    void on_body_init_impl(boost::optional<std::uint64_t> const&, Error&) override {}
    std::size_t on_body_impl(View body, Error&) override { return body.size(); }
    void on_chunk_header_impl(std::uint64_t, View, Error&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, View body, Error&) override {
        return body.size();
    }
    void on_finish_impl(Error&) override {}

    void read_target(std::string_view target, Error& ec);
    void read_connection(std::string_view options) noexcept;
    bool folded(std::string_view name, std::string_view value) const noexcept;
    void note_field(std::string_view name, std::string_view value, Error& ec);
    void check_framing(Error& ec);
    void check_host(Error& ec);
    void check_expectation(Error& ec);

    std::string_view const text_;
    Limits const& limits_;
    Head& out_;
    std::optional<Refusal> refused_;
    std::string_view authority_;  // of an absolute target
    std::optional<std::string_view> length_, coding_, host_, expect_;
    bool close_ = false, keep_alive_ = false;  // options of Connection
};

void HeadParser::on_request_impl(http::verb verb, View method, View target, int version,
                                 Error& ec) {
    out_.method_text = std_view(method);
    out_.http_1_0 = version == 10;
    if (target.size() > limits_.target_bytes_max)
        return refuse(over_limit(Status::uri_too_long, "The target is longer than",
                                 limits_.target_bytes_max, "bytes"),
                      ec);
    auto const known = known_method(verb);
    if (known) out_.method = *known;
    if (out_.method_text != "CONNECT") read_target(std_view(target), ec);
    if (!ec && !known)
        refuse(
            "the method is not known; accepted are GET, HEAD, POST, PUT, PATCH, DELETE and "
            "OPTIONS.",
            ec);
}

// Origin form, absolute form, or "*" for OPTIONS (RFC 9112 3.2). Printable characters that should
// have been escaped are let through, as browsers send some.
void HeadParser::read_target(std::string_view target, Error& ec) {
    bool const clean =
        std::ranges::all_of(target, [](char c) { return c > ' ' && c < '\x7f' && c != '#'; });
    if (!clean) return refuse("the target holds a byte that must be percent-encoded.", ec);
    bool const options = out_.method_text == "OPTIONS";
    if (target == "*" && options) {
        out_.path = target;
        return;
    }
    if (!target.starts_with('/')) {
        auto const scheme_end = target.find("://");
        auto const scheme = target.substr(0, std::min(scheme_end, target.size()));
        if (!iequals(scheme, "http") && !iequals(scheme, "https"))
            return refuse("the target must begin with \"/\" or \"http://\".", ec);
        target.remove_prefix(std::min(scheme_end + 3, target.size()));
        auto const authority_end = std::min(target.find_first_of("/?"), target.size());
        authority_ = target.substr(0, authority_end);
        if (!valid_authority(authority_))
            return refuse("the host of the target must be a name or address, and perhaps a port.",
                          ec);
        target.remove_prefix(authority_end);
    }
    auto const [path, query] = split_target(target);
    out_.query = query;
    out_.path = path.empty() ? std::string_view(options && query.empty() ? "*" : "/") : path;
    if (path.find('%') == path.npos) return;
    append_percent_decoded(path, out_.decoded_path);
    out_.path = out_.decoded_path;
}

void HeadParser::on_field_impl(http::field, View name_view, View value_view, Error& ec) {
    auto const name = std_view(name_view), value = std_view(value_view);
    if (out_.headers.size() == limits_.header_count_max)
        return refuse(over_limit(Status::header_too_large, "The header has more than",
                                 limits_.header_count_max, "fields"),
                      ec);
    if (folded(name, value)) return refuse("field lines must not be folded.", ec);
    out_.headers.push_back({name, value});
    note_field(name, value, ec);
}

// Beast joins the lines of a folded field: in a buffer of its own, or by skipping empty first
// lines.
bool HeadParser::folded(std::string_view name, std::string_view value) const noexcept {
    auto const end = text_.data() + text_.size();
    std::less<> const before;
    if (before(value.data(), text_.data()) || before(end, value.data())) return true;
    std::string_view const between(name.data() + name.size(), value.data());
    return between.find('\r') != between.npos;
}

// Keeps what decides about framing; each of these may come once.
void HeadParser::note_field(std::string_view name, std::string_view value, Error& ec) {
    auto const once = [&](std::optional<std::string_view>& slot, std::string_view why) {
        if (slot) refuse(why, ec);
        slot = value;
    };
    if (iequals(name, "host")) once(host_, "there must be one Host field.");
    if (iequals(name, "content-length")) once(length_, "there must be one Content-Length field.");
    if (iequals(name, "transfer-encoding"))
        once(coding_, "Transfer-Encoding must be exactly \"chunked\", in one field.");
    if (iequals(name, "connection")) read_connection(value);
    if (iequals(name, "expect")) {
        bool const sound = iequals(value, "100-continue");
        if (!expect_ || !sound) expect_ = value;
    }
}

// Not Beast's keep_alive(): that one listens to Proxy-Connection, and lets keep-alive beat close.
void HeadParser::read_connection(std::string_view options) noexcept {
    while (!options.empty()) {
        auto const comma = std::min(options.find(','), options.size());
        auto const option = trim(options.substr(0, comma));
        close_ = close_ || iequals(option, "close");
        keep_alive_ = keep_alive_ || iequals(option, "keep-alive");
        options.remove_prefix(std::min(comma + 1, options.size()));
    }
}

void HeadParser::on_header_impl(Error& ec) {
    out_.keep_alive = !close_ && (!out_.http_1_0 || keep_alive_);
    check_framing(ec);
    if (!ec) check_host(ec);
    auto const body_max = std::max(limits_.body_bytes_max, limits_.large_body_bytes_max);
    if (!ec && out_.content_length > body_max)
        refuse(over_limit(Status::too_large, "The body is larger than", limits_.body_bytes_max,
                          "bytes"),
               ec);
    if (!ec) check_expectation(ec);
}

void HeadParser::check_framing(Error& ec) {
    if (coding_) {
        if (length_) return refuse("Transfer-Encoding and Content-Length exclude each other.", ec);
        if (out_.http_1_0) return refuse("HTTP/1.0 has no Transfer-Encoding.", ec);
        if (auto bad = check_transfer_encoding(*coding_)) return refuse(std::move(*bad), ec);
        out_.chunked = true;
    }
    if (!length_) return;
    // Beast has refused what is no number or too large for one, but takes "5, 5".
    if (!std::ranges::all_of(*length_, net::is_digit) || !content_length())
        return refuse("Content-Length must be one decimal number.", ec);
    out_.content_length = *content_length();
}

void HeadParser::check_host(Error& ec) {
    if (!host_ && !out_.http_1_0) return refuse("HTTP/1.1 wants a Host field.", ec);
    if (host_ && !valid_authority(*host_))
        return refuse("Host must be a name or address, and perhaps a port.", ec);
    if (authority_.empty()) return;
    for (auto& field : out_.headers)  // RFC 9112 3.2.2: the target's authority replaces it
        if (iequals(field.name, "host")) field.value = authority_;
}

void HeadParser::check_expectation(Error& ec) {
    if (!expect_ || out_.http_1_0) return;
    if (!iequals(*expect_, "100-continue"))
        return refuse(refusal(Status::expectation_failed,
                              "The only expectation met here is \"100-continue\"."),
                      ec);
    out_.expects_continue = out_.has_body();
}

// Too much input for a head that has not ended.
std::optional<Refusal> check_unfinished(std::string_view input, Limits const& limits) {
    if (input.find('\n') == input.npos &&
        input.size() > limits.target_bytes_max + request_line_rest_max)
        return over_limit(Status::uri_too_long, "The target is longer than",
                          limits.target_bytes_max, "bytes");
    if (input.size() >= limits.head_bytes_max)
        return over_limit(Status::header_too_large, "The header is larger than",
                          limits.head_bytes_max, "bytes");
    return std::nullopt;
}

// What looks like the path of a request line that was refused, still encoded: it decides whether
// the client reads JSON or a page. "" when nothing does.
std::string_view path_seen(std::string_view input) noexcept {
    auto const line = input.substr(0, input.find_first_of("\r\n", input.find_first_not_of("\r\n")));
    auto const space = line.find(' ');
    if (space == line.npos) return {};
    auto const target = line.substr(space + 1, line.find_first_of(" ?", space + 1) - space - 1);
    return target.starts_with('/') ? target : std::string_view();
}

}  // namespace

void Head::clear() noexcept {
    method_text = path = query = {};
    method = Method::get;
    headers.clear();
    bytes = 0;
    content_length = 0;
    chunked = http_1_0 = keep_alive = expects_continue = false;
    decoded_path.clear();
}

Progress parse_head(std::string_view input, Limits const& limits, Head& out, Refusal& why) {
    out.clear();
    auto const refuse = [&](Refusal refusal) {
        why = std::move(refusal);
        if (out.path.empty()) out.path = path_seen(input);
        return Progress::refused;
    };
    std::size_t skipped = 0;  // RFC 9112 2.2: empty lines before a request line are ignored
    while (input.substr(skipped).starts_with("\r\n"))
        skipped += 2;
    if (skipped > 2 * limits.empty_lines_max)
        return refuse(
            refusal(Status::bad_request, "too many empty lines before the request line."));
    auto const text = input.substr(skipped);
    if (text.empty() || text == "\r") return Progress::need_more;

    HeadParser parser(text, limits, out);
    beast::error_code ec;
    auto const consumed = parser.put(boost::asio::const_buffer(text.data(), text.size()), ec);
    auto const bytes = skipped + consumed;
    if (parser.refused()) return refuse(std::move(*parser.refused()));
    if (ec == http::error::need_more) {
        if (auto bad = check_unfinished(input, limits)) return refuse(std::move(*bad));
        return Progress::need_more;
    }
    if (ec) return refuse(from_beast(ec, text));
    if (bytes > limits.head_bytes_max)
        return refuse(over_limit(Status::header_too_large, "The header is larger than",
                                 limits.head_bytes_max, "bytes"));
    out.bytes = bytes;
    return Progress::done;
}

bool worth_parsing(std::string_view input, std::size_t seen, Limits const& limits) noexcept {
    if (seen == 0 || input.size() >= limits.head_bytes_max) return true;
    if (input.find('\n', seen) != input.npos) return true;
    return input.size() > limits.target_bytes_max && input.find('\n') == input.npos;
}

}  // namespace blog::net
