#include "net/conditional.hpp"

#include "net/text.hpp"

#include <algorithm>
#include <optional>

namespace blog::net {

namespace {

// Takes blanks and commas off the front: RFC 9110 5.6.1.2 lets a list have empty elements.
void skip_separators(std::string_view& list) noexcept {
    list.remove_prefix(std::min(list.find_first_not_of(" \t,"), list.size()));
}

struct Tag {
    std::string_view quoted;
    bool weak = false;
};

// The next entity tag, taken off the list; nullopt at the end and where the list makes no sense.
std::optional<Tag> take_tag(std::string_view& list) noexcept {
    Tag tag;
    skip_separators(list);
    if (list.starts_with("W/")) {
        tag.weak = true;
        list.remove_prefix(2);
    }
    if (!list.starts_with('"')) return std::nullopt;
    auto const end = list.find('"', 1);
    if (end == list.npos) return std::nullopt;
    tag.quoted = list.substr(0, end + 1);
    list.remove_prefix(end + 1);
    return tag;
}

enum class Compare : std::uint8_t { strong, weak };

bool list_names(std::string_view list, std::string_view etag, Compare how) noexcept {
    skip_separators(list);
    if (trim(list) == "*") return true;
    while (auto const tag = take_tag(list)) {
        if (tag->quoted == etag && (how == Compare::weak || !tag->weak)) return true;
    }
    return false;
}

// The list may be spread over several field lines.
bool any_line_names(Request const& req, std::string_view name, std::string_view etag,
                    Compare how) noexcept {
    return std::ranges::any_of(req.headers(), [&](HeaderView const& line) {
        return iequals(line.name, name) && list_names(line.value, etag, how);
    });
}

std::optional<Seconds> condition_date(Request const& req, std::string_view name,
                                      Validators const& current, Seconds now) noexcept {
    if (!current.last_modified) return std::nullopt;
    return parse_http_date(req.header(name), now);
}

// Most requests have no condition at all: one walk sees that.
bool has_conditions(Request const& req) noexcept {
    return std::ranges::any_of(req.headers(), [](HeaderView const& line) {
        return line.name.size() > 3 && iequals(line.name.substr(0, 3), "If-");
    });
}

}  // namespace

Precondition check_preconditions(Request const& req, Validators const& current,
                                 Seconds now) noexcept {
    if (!has_conditions(req)) return Precondition::met;
    if (req.has_header("If-Match")) {
        if (!any_line_names(req, "If-Match", current.etag, Compare::strong))
            return Precondition::failed;
    } else if (auto const date = condition_date(req, "If-Unmodified-Since", current, now)) {
        if (*current.last_modified > *date) return Precondition::failed;
    }

    if (req.has_header("If-None-Match")) {
        if (any_line_names(req, "If-None-Match", current.etag, Compare::weak))
            return Precondition::not_modified;
    } else if (auto const date = condition_date(req, "If-Modified-Since", current, now)) {
        if (*current.last_modified <= *date) return Precondition::not_modified;
    }
    return Precondition::met;
}

bool range_is_current(Request const& req, Validators const& current, Seconds now) noexcept {
    if (!req.has_header("If-Range")) return true;
    auto const value = req.header("If-Range");
    if (value.starts_with('"')) return value == current.etag;
    auto const date = parse_http_date(value, now);
    return date && *date == current.last_modified;
}

}  // namespace blog::net
