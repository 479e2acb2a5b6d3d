#pragma once
#include "schemas/issues.hpp"
#include "schemas/schema.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace blog::schemas {

// The bytes are no text, or too much of one: 400 with this detail.
struct Unreadable {
    std::string detail;
};

template <class T>
using Parsed = std::variant<T, Issues, Unreadable>;

struct JsonLimits {
    std::size_t depth_max = 512;  // Config::json_depth_max
};

namespace detail {
// A JSON object, or why there is none.
std::variant<JsonDocument, Issues, Unreadable> read_object(std::string_view content_type,
                                                           std::string_view body, JsonLimits);

class ObjectSource final : public Source {
public:
    explicit ObjectSource(JsonValue object) noexcept : object_(object) {}
    Place place() const noexcept override { return Place::body; }
    std::optional<JsonValue> find(std::string_view name) const override {
        return object_.member(name);
    }
    std::string whole_json() const override;

private:
    JsonValue object_;
};
}  // namespace detail

// Reads a request's body as FastAPI 0.115 does: `content_type` is the field's value, "" when there
// is none (which counts as JSON). Never throws but for lack of memory.
template <HasSchema T>
Parsed<T> parse_body(std::string_view content_type, std::string_view body, JsonLimits limits,
                     Situation situation = {}) {
    auto read = detail::read_object(content_type, body, limits);
    if (auto* issues = std::get_if<Issues>(&read)) return std::move(*issues);
    if (auto* unreadable = std::get_if<Unreadable>(&read)) return std::move(*unreadable);
    Issues issues;
    auto out = read_fields<T>(detail::ObjectSource(std::get_if<JsonDocument>(&read)->root()),
                              issues, situation);
    if (!issues.empty()) return issues;
    return out;
}

// Why the body is no JSON text at all, whatever it should say; no issues when it is one.
std::variant<Issues, Unreadable> body_fault(std::string_view content_type, std::string_view body,
                                            JsonLimits limits);

// One decoded "name=value" of a query or a form; any bytes.
struct NameValue {
    std::string name, value;
};

namespace detail {
class PairSource final : public Source {
public:
    PairSource(Place place, std::span<NameValue const> pairs);
    Place place() const noexcept override { return place_; }
    // The last pair of that name. An empty field of a form is one that was not filled in.
    std::optional<JsonValue> find(std::string_view name) const override;
    std::string whole_json() const override { return "null"; }

private:
    Place place_;
    std::vector<NameValue> pairs_;  // made valid UTF-8
};
}  // namespace detail

// Reads the parameters of a query; names that the schema does not know are ignored.
template <HasSchema T>
std::variant<T, Issues> parse_query(std::span<NameValue const> pairs) {
    Issues issues;
    auto out = read_fields<T>(detail::PairSource(Place::query, pairs), issues);
    if (!issues.empty()) return issues;
    return out;
}

// Reads the fields of a form, as a browser or an OAuth2 client sends them.
template <HasSchema T>
std::variant<T, Issues> parse_form(std::span<NameValue const> pairs) {
    Issues issues;
    auto out = read_fields<T>(detail::PairSource(Place::body, pairs), issues);
    if (!issues.empty()) return issues;
    return out;
}

}  // namespace blog::schemas
