#include "schemas/issues.hpp"

#include "assert.hpp"
#include "schemas/json_write.hpp"
#include "schemas/rules.hpp"
#include "schemas/utf8.hpp"

#include <algorithm>
#include <iterator>

namespace blog::schemas {
namespace {

void append_issue(std::string& out, Issue const& issue) {
    out += "{\"type\":";
    append_json(out, issue.type);
    out += ",\"loc\":[";
    append_json(out, to_string(issue.place));
    if (issue.offset) {
        out += ',';
        append_json(out, static_cast<std::int64_t>(*issue.offset));
    } else if (!issue.field.empty()) {
        out += ',';
        append_json(out, issue.field);
    }
    out += "],\"msg\":";
    append_json(out, issue.msg);
    out += ",\"input\":";
    out += issue.input_json;
    if (!issue.ctx_json.empty()) {
        out += ",\"ctx\":";
        out += issue.ctx_json;
    }
    out += '}';
}

}  // namespace

std::string_view to_string(Place place) noexcept {
    switch (place) {
        case Place::body:
            return "body";
        case Place::path:
            return "path";
        case Place::query:
            return "query";
    }
    BLOG_ASSERT(false);
}

bool Issues::is_broken_json() const noexcept {
    return list.size() == 1 && list.front().offset.has_value();
}

Issues merged(Issues path_and_query, Issues body) {
    if (body.is_broken_json()) return body;
    std::ranges::move(body.list, std::back_inserter(path_and_query.list));
    return path_and_query;
}

std::string to_json(Issues const& issues) {
    std::string out = "{\"detail\":";
    char separator = '[';
    for (auto const& issue : issues.list) {
        out += separator;
        append_issue(out, issue);
        separator = ',';
    }
    out += issues.list.empty() ? "[]}" : "]}";
    return out;
}

void add_path_issue(Issues& issues, std::string_view name, std::string_view raw,
                    IntegerFault fault) {
    FieldReport report(issues, Place::path, name);
    auto const text = with_replacements(raw);
    report_integer(report, JsonValue::of_text(text), fault);
}

}  // namespace blog::schemas
