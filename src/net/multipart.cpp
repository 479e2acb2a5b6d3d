#include "net/multipart.hpp"

#include "net/parameters.hpp"
#include "net/target.hpp"
#include "net/text.hpp"

#include <algorithm>
#include <array>

namespace blog::net {
namespace {

constexpr std::size_t boundary_max = 70, head_max = 8u << 10;
constexpr std::size_t files_max = 1000, fields_max = 1000, field_bytes_max = 1u << 20;
constexpr std::string_view line_end = "\r\n", head_end = "\r\n\r\n";

constexpr std::string_view malformed = "The multipart body is malformed.";
constexpr std::string_view ends_early = "The multipart body ends before its last boundary.";
constexpr std::string_view head_too_long = "Part headers exceeded maximum size of 8KB.";
constexpr std::string_view no_name =
    R"(The Content-Disposition header field "name" must be provided.)";
constexpr std::string_view too_many_files = "Too many files. Maximum number of files is 1000.";
constexpr std::string_view too_many_fields = "Too many fields. Maximum number of fields is 1000.";
constexpr std::string_view field_too_long = "Part exceeded maximum size of 1024KB.";

bool valid_boundary(std::string_view text) noexcept {
    constexpr std::string_view marks = "'()+_,-./:=? ";
    return !text.empty() && text.size() <= boundary_max && text.back() != ' ' &&
           std::all_of(text.begin(), text.end(), [=](char c) {
               return is_digit(c) || is_alpha(c) || marks.find(c) != marks.npos;
           });
}

// Browsers send a quote and the ends of lines within a name as these three (WHATWG HTML 4.10.22.8).
// Other percent signs are meant as such.
std::string without_form_escapes(std::string_view text) {
    constexpr std::array<std::string_view, 3> escapes{"%22", "%0D", "%0A"};
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto const found = std::find_if(escapes.begin(), escapes.end(), [&](auto escape) {
            return iequals(text.substr(i, escape.size()), escape);
        });
        if (found == escapes.end()) {
            result.push_back(text[i]);
        } else {
            append_percent_decoded(*found, result);
            i += found->size() - 1;
        }
    }
    return result;
}

// The value of "filename*": charset'language'text with escapes (RFC 8187).
std::string extended_value(std::string_view text) {
    auto const language = std::min(text.find('\''), text.size());
    auto const begin = text.find('\'', std::min(language + 1, text.size()));
    std::string result;
    append_percent_decoded(begin == text.npos ? text : text.substr(begin + 1), result);
    return result;
}

// No line end on its own, no other control character but a tab.
bool is_field_value(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), [](char c) {
        auto const byte = static_cast<unsigned char>(c);
        return (byte >= ' ' && byte != 0x7f) || c == '\t';
    });
}

}  // namespace

bool is_multipart_form(std::string_view content_type) noexcept {
    return iequals(ParameterReader(content_type).first(), "multipart/form-data");
}

std::optional<std::string> multipart_boundary(std::string_view content_type) {
    ParameterReader reader(content_type);
    std::string_view name;
    std::string value;
    while (reader.next(name, value))
        if (iequals(name, "boundary"))
            return valid_boundary(value) ? std::optional(value) : std::nullopt;
    return std::nullopt;
}

MultipartReader::MultipartReader(std::string_view body, std::string_view boundary)
    : body_(body), delimiter_("\r\n--" + std::string(boundary)) {}

bool MultipartReader::fail(std::string_view error) noexcept {
    error_ = error;
    ended_ = true;
    return false;
}

// The first one at or after `from`. At the very beginning of the body it needs no CRLF before it.
std::optional<MultipartReader::Delimiter> MultipartReader::find_delimiter(
    std::size_t from) const noexcept {
    std::string_view const dashes = std::string_view(delimiter_).substr(line_end.size());
    bool at_start = from == 0 && !begun_ && body_.starts_with(dashes);
    for (;;) {
        auto const begin = at_start ? 0 : body_.find(delimiter_, from);
        if (begin == body_.npos) return std::nullopt;
        auto rest = body_.substr(begin + (at_start ? dashes : delimiter_).size());
        bool const last = rest.starts_with("--");
        if (last) rest.remove_prefix(2);
        rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
        auto const end = body_.size() - rest.size();
        if (rest.starts_with(line_end)) return Delimiter{begin, end + line_end.size(), last};
        if (last && rest.empty()) return Delimiter{begin, end, last};
        from = at_start ? 0 : begin + 1;  // the line goes on, so it is content
        at_start = false;
    }
}

bool MultipartReader::next(FormPart& part) {
    if (ended_) return false;
    if (!begun_) {
        auto const first = find_delimiter(0);
        if (!first) return fail(malformed);
        begun_ = true;
        at_ = first->end;
        ended_ = first->last;  // a form without fields
        if (ended_) return false;
    }
    if (!read_head(part)) return false;
    auto const delimiter = find_delimiter(at_);
    if (!delimiter) return fail(ends_early);
    part.content = body_.substr(at_, delimiter->begin - at_);
    at_ = delimiter->end;
    if (!count(part)) return false;
    ended_ = delimiter->last;
    return true;
}

bool MultipartReader::read_head(FormPart& part) {
    part = FormPart{};
    auto const rest = body_.substr(at_);
    if (rest.starts_with(line_end)) return fail(no_name);
    auto const size = rest.substr(0, head_max + head_end.size()).find(head_end);
    if (size == rest.npos) return fail(rest.size() > head_max ? head_too_long : ends_early);
    auto head = rest.substr(0, size + line_end.size());
    at_ += size + head_end.size();

    bool has_disposition = false;
    while (!head.empty()) {
        auto const end = head.find(line_end);
        auto const line = head.substr(0, end);
        head.remove_prefix(end + line_end.size());
        auto const colon = std::min(line.find(':'), line.size());
        auto const name = line.substr(0, colon);
        bool const is_line = colon > 0 && colon < line.size() && is_field_value(line) &&
                             std::all_of(name.begin(), name.end(), is_token_char);
        if (!is_line) return fail(malformed);
        auto const value = trim(line.substr(colon + 1));
        if (iequals(name, "Content-Type")) part.content_type = value;
        if (!iequals(name, "Content-Disposition")) continue;
        if (has_disposition) return fail(malformed);
        has_disposition = true;
        if (!read_disposition(value, part)) return false;
    }
    return has_disposition || fail(no_name);
}

bool MultipartReader::read_disposition(std::string_view value, FormPart& part) {
    ParameterReader reader(value);
    std::string_view key;
    std::string text;
    bool has_name = false;
    while (reader.next(key, text)) {
        if (iequals(key, "name") && !has_name) {
            has_name = true;
            part.name = without_form_escapes(text);
        } else if (iequals(key, "filename") && !part.filename) {
            part.filename = without_form_escapes(text);
        } else if (iequals(key, "filename*")) {
            part.filename = extended_value(text);
        }
    }
    if (!reader.well_formed()) return fail(malformed);
    return has_name || fail(no_name);
}

bool MultipartReader::count(FormPart const& part) noexcept {
    if (part.filename) return ++files_ <= files_max || fail(too_many_files);
    if (++fields_ > fields_max) return fail(too_many_fields);
    return part.content.size() <= field_bytes_max || fail(field_too_long);
}

}  // namespace blog::net
