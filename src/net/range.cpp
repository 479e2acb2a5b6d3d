#include "net/range.hpp"

#include "net/text.hpp"

#include <algorithm>
#include <limits>
#include <optional>

namespace blog::net {

namespace {

using Kind = RangeRequest::Kind;

RangeRequest malformed(std::string_view fault) {
    return {Kind::malformed, {}, fault};
}

// One "first-last", "first-" or "-suffix" as written.
struct Spec {
    std::optional<std::uint64_t> first, last;
};

// The leading digits of `text`, taken off it; nullopt when there are none. A number that does not
// fit is the largest one: behind every end of file.
std::optional<std::uint64_t> take_number(std::string_view& text) {
    constexpr auto most = std::numeric_limits<std::uint64_t>::max();
    std::size_t digits = 0;
    std::uint64_t number = 0;
    for (; digits < text.size() && is_digit(text[digits]); ++digits) {
        auto const digit = static_cast<std::uint64_t>(text[digits] - '0');
        number = number > (most - digit) / 10 ? most : number * 10 + digit;
    }
    if (digits == 0) return std::nullopt;
    text.remove_prefix(digits);
    return number;
}

std::optional<Spec> parse_spec(std::string_view text) {
    Spec spec;
    spec.first = take_number(text);
    if (!text.starts_with('-')) return std::nullopt;
    text.remove_prefix(1);
    spec.last = take_number(text);
    if (!text.empty() || (!spec.first && !spec.last)) return std::nullopt;
    return spec;
}

bool is_backwards(Spec const& spec) {
    return spec.first && spec.last && *spec.last < *spec.first;
}

// The bytes that `spec` means in a file of `file_bytes`; nullopt: none of them exist.
std::optional<ByteRange> resolve(Spec const& spec, std::uint64_t file_bytes) {
    if (!spec.first) {
        auto const size = std::min(*spec.last, file_bytes);
        if (size == 0) return std::nullopt;
        return ByteRange{file_bytes - size, size};
    }
    auto const offset = *spec.first;
    if (offset >= file_bytes) return std::nullopt;
    auto const last = std::min(spec.last.value_or(file_bytes - 1), file_bytes - 1);
    return ByteRange{offset, last - offset + 1};
}

void join_overlapping(std::vector<ByteRange>& parts) {
    std::ranges::sort(parts, {}, &ByteRange::offset);
    std::size_t kept = 0;
    for (std::size_t i = 1; i < parts.size(); ++i) {
        auto& before = parts[kept];
        auto const end = before.offset + before.size;
        if (parts[i].offset > end) {
            parts[++kept] = parts[i];
        } else {
            before.size = std::max(end, parts[i].offset + parts[i].size) - before.offset;
        }
    }
    if (!parts.empty()) parts.resize(kept + 1);
}

}  // namespace

RangeRequest parse_range(std::string_view field, std::uint64_t file_bytes) {
    constexpr std::string_view none = "Range header: range must be requested";
    auto const equals = field.find('=');
    if (equals == field.npos) return malformed("Malformed range header.");
    if (!iequals(trim(field.substr(0, equals)), "bytes"))
        return malformed("Only support bytes range");

    std::size_t count = 0;
    RangeRequest result{Kind::parts};
    for (auto rest = field.substr(equals + 1); !rest.empty();) {
        auto const comma = std::min(rest.find(','), rest.size());
        auto const text = trim(rest.substr(0, comma));
        rest.remove_prefix(std::min(comma + 1, rest.size()));
        if (text.empty()) continue;  // RFC 9110 5.6.1.2: a list may have empty elements
        if (++count > ranges_max) return {Kind::whole};

        auto const spec = parse_spec(text);
        if (!spec) return malformed(none);
        auto const behind_end = spec->first && *spec->first >= file_bytes;
        if (is_backwards(*spec) && !behind_end)
            return malformed("Range header: start must be less than end");
        if (auto const range = resolve(*spec, file_bytes)) result.parts.push_back(*range);
    }
    if (count == 0) return malformed(none);
    if (result.parts.empty()) return {Kind::unsatisfiable};
    join_overlapping(result.parts);
    return result;
}

}  // namespace blog::net
