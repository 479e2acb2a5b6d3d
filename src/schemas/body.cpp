#include "schemas/body.hpp"

#include "schemas/utf8.hpp"

#include <algorithm>

namespace blog::schemas {

std::variant<Issues, Unreadable> body_fault(std::string_view content_type, std::string_view body,
                                            JsonLimits limits) {
    auto read = detail::read_object(content_type, body, limits);
    if (auto* unreadable = std::get_if<Unreadable>(&read)) return std::move(*unreadable);
    if (auto* issues = std::get_if<Issues>(&read); issues && issues->is_broken_json())
        return std::move(*issues);
    return Issues();
}

namespace detail {
namespace {

constexpr std::string_view cannot_parse = "There was an error parsing the body";

char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// application/json or application/...+json, with any parameters, as Python's email package reads a
// media type; no type at all counts.
bool means_json(std::string_view content_type) {
    if (content_type.empty()) return true;
    auto type = content_type.substr(0, content_type.find(';'));
    constexpr std::string_view space = " \t\n\v\f\r";
    type.remove_prefix(std::min(type.find_first_not_of(space), type.size()));
    type = type.substr(0, type.find_last_not_of(space) + 1);
    std::string folded(type);
    std::ranges::transform(folded, folded.begin(), lower);
    std::string_view subtype = folded;
    constexpr std::string_view main = "application/";
    if (!subtype.starts_with(main)) return false;
    subtype.remove_prefix(main.size());
    return subtype.find('/') == subtype.npos && (subtype == "json" || subtype.ends_with("+json"));
}

Issues body_issue(std::string_view type, std::string msg, std::string input_json) {
    Issues issues;
    FieldReport(issues, Place::body, {}).add_json(type, std::move(msg), std::move(input_json));
    return issues;
}

Issues missing_body() {
    return body_issue("missing", "Field required", "null");
}

Issues not_an_object(JsonValue value) {
    std::string input;
    value.append_to(input);
    return body_issue("model_attributes_type",
                      "Input should be a valid dictionary or object to extract fields from",
                      std::move(input));
}

Issues broken_json(JsonSyntaxError const& error) {
    std::string ctx = "{\"error\":";
    append_json(ctx, error.message);
    Issues issues;
    issues.list.push_back({.type = "json_invalid",
                           .place = Place::body,
                           .offset = error.offset,
                           .msg = "JSON decode error",
                           .input_json = "{}",
                           .ctx_json = ctx + '}'});
    return issues;
}

Unreadable refused(JsonRefusal refusal, JsonLimits limits) {
    if (refusal == JsonRefusal::number_too_long) return {std::string(cannot_parse)};
    return {std::string(cannot_parse) + ": it is nested more than " +
            std::to_string(limits.depth_max) + " levels deep"};
}

}  // namespace

std::variant<JsonDocument, Issues, Unreadable> read_object(std::string_view content_type,
                                                           std::string_view body,
                                                           JsonLimits limits) {
    if (body.empty()) return missing_body();
    if (!means_json(content_type)) {
        if (!is_utf8(body)) return Unreadable{std::string(cannot_parse)};
        return not_an_object(JsonValue::of_text(body));
    }
    std::string converted;
    auto const text = json_text(body, converted);
    if (!text) return Unreadable{std::string(cannot_parse)};
    auto parsed = parse_json(*text, limits.depth_max);
    if (auto const* error = std::get_if<JsonSyntaxError>(&parsed)) return broken_json(*error);
    if (auto const* refusal = std::get_if<JsonRefusal>(&parsed)) return refused(*refusal, limits);
    auto& document = *std::get_if<JsonDocument>(&parsed);
    auto const root = document.root();
    if (root.kind() == JsonKind::null) return missing_body();
    if (root.kind() != JsonKind::object) return not_an_object(root);
    return std::move(document);
}

std::string ObjectSource::whole_json() const {
    std::string out;
    object_.append_to(out);
    return out;
}

PairSource::PairSource(Place place, std::span<NameValue const> pairs) : place_(place) {
    for (auto const& pair : pairs)
        pairs_.push_back({with_replacements(pair.name), with_replacements(pair.value)});
}

std::optional<JsonValue> PairSource::find(std::string_view name) const {
    for (auto i = pairs_.size(); i-- > 0;) {
        if (pairs_[i].name != name) continue;
        if (place_ == Place::body && pairs_[i].value.empty()) return std::nullopt;
        return JsonValue::of_text(pairs_[i].value);
    }
    return std::nullopt;
}

}  // namespace detail
}  // namespace blog::schemas
