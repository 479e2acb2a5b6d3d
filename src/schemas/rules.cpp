#include "schemas/rules.hpp"

#include "assert.hpp"
#include "schemas/email.hpp"
#include "schemas/json_write.hpp"
#include "schemas/utf8.hpp"

#include <cmath>
#include <utility>

namespace blog::schemas {
namespace {

std::string json_of(JsonValue value) {
    std::string out;
    value.append_to(out);
    return out;
}

// {"name":number}
std::string ctx_of(std::string_view name, std::int64_t number) {
    std::string out = "{";
    append_json(out, name);
    out += ':';
    append_json(out, number);
    return out += '}';
}

std::string characters(std::size_t n) {
    return std::to_string(n) + (n == 1 ? " character" : " characters");
}

// The text of a JSON string, or nothing after the report.
std::optional<std::string_view> text_of(JsonValue in, FieldReport& report) {
    if (in.kind() != JsonKind::string) {
        report.add("string_type", "Input should be a valid string", in);
        return std::nullopt;
    }
    if (in.has_lone_surrogate()) {
        report.add("string_unicode",
                   "Input should be a valid string, unable to parse raw data as a unicode string",
                   in);
        return std::nullopt;
    }
    return in.text();
}

// What a real number is as an integer, or nothing after the report.
std::optional<Integer> integer_of_real(JsonValue in, FieldReport& report) {
    auto const real = in.real();
    constexpr double beyond = 9223372036854775808.0;  // 2^63
    if (!std::isfinite(real))
        report.add("finite_number", "Input should be a finite number", in);
    else if (std::trunc(real) != real)
        report.add("int_from_float",
                   "Input should be a valid integer, got a number with a fractional part", in);
    else if (-beyond < real && real < beyond)
        return Integer{static_cast<std::int64_t>(real)};
    else
        report_integer(report, in, IntegerFault::too_many_digits);
    return std::nullopt;
}

std::optional<Integer> integer_of(JsonValue in, FieldReport& report) {
    switch (in.kind()) {
        case JsonKind::boolean:
            return Integer{in.is_true() ? 1 : 0};
        case JsonKind::integer:
            return read_json_integer(in.text());
        case JsonKind::real:
            return integer_of_real(in, report);
        case JsonKind::string: {
            auto const text = text_of(in, report);
            if (!text) return std::nullopt;
            auto const read = read_integer(*text);
            if (read.fault == IntegerFault::none) return read.integer;
            report_integer(report, in, read.fault);
            return std::nullopt;
        }
        case JsonKind::null:
        case JsonKind::array:
        case JsonKind::object:
            break;
    }
    report.add("int_type", "Input should be a valid integer", in);
    return std::nullopt;
}

}  // namespace

void FieldReport::add(std::string_view type, std::string msg, JsonValue input,
                      std::string ctx_json) {
    add_json(type, std::move(msg), json_of(input), std::move(ctx_json));
}

void FieldReport::add_json(std::string_view type, std::string msg, std::string input_json,
                           std::string ctx_json) {
    issues_.list.push_back({.type = type,
                            .place = place_,
                            .field = field_,
                            .msg = std::move(msg),
                            .input_json = std::move(input_json),
                            .ctx_json = std::move(ctx_json)});
}

void report_integer(FieldReport& report, JsonValue input, IntegerFault fault) {
    BLOG_ASSERT(fault != IntegerFault::none);
    if (fault == IntegerFault::too_many_digits)
        report.add("int_parsing_size",
                   "Unable to parse input string as an integer, exceeded maximum size", input);
    else
        report.add("int_parsing",
                   "Input should be a valid integer, unable to parse string as an integer", input);
}

void Str::read(JsonValue in, std::string& out, FieldReport& report) const {
    auto const text = text_of(in, report);
    if (!text) return;
    auto const length = count_characters(*text);
    if (length < min)
        report.add("string_too_short", "String should have at least " + characters(min), in,
                   ctx_of("min_length", static_cast<std::int64_t>(min)));
    else if (length > max)
        report.add("string_too_long", "String should have at most " + characters(max), in,
                   ctx_of("max_length", static_cast<std::int64_t>(max)));
    else
        out = *text;
}

TypeDoc Str::doc() const {
    TypeDoc doc{.type = "string"};
    if (max != unlimited) doc.max_length = max;
    if (min > 0) doc.min_length = min;
    return doc;
}

void Word::read(JsonValue in, std::string& out, FieldReport& report) const {
    auto const text = text_of(in, report);
    if (!text) return;
    if (*text == word) {
        out = word;
        return;
    }
    auto const pattern = "^" + std::string(word) + "$";
    report.add("string_pattern_mismatch", "String should match pattern '" + pattern + "'", in,
               "{\"pattern\":\"" + pattern + "\"}");
}

TypeDoc Word::doc() const {
    return {.type = "string"};
}

void EmailField::read(JsonValue in, std::string& out, FieldReport& report) const {
    auto const text = text_of(in, report);
    if (!text) return;
    auto checked = check_email(*text);
    if (!checked.reason.empty()) {
        std::string ctx = "{\"reason\":";
        append_json(ctx, checked.reason);
        report.add("value_error", "value is not a valid email address: " + checked.reason, in,
                   ctx += '}');
        return;
    }
    auto const length = count_characters(checked.address);
    if (length > max) {
        auto const at_most = std::to_string(max), actual = std::to_string(length);
        report.add("too_long",
                   "Value should have at most " + at_most + (max == 1 ? " item" : " items") +
                       " after validation, not " + actual,
                   in,
                   "{\"field_type\":\"Value\",\"max_length\":" + at_most +
                       ",\"actual_length\":" + actual + "}");
        return;
    }
    out = std::move(checked.address);
}

TypeDoc EmailField::doc() const {
    return {.type = "string", .format = "email", .max_length = max};
}

void Int::read(JsonValue in, Integer& out, FieldReport& report) const {
    auto const integer = integer_of(in, report);
    if (!integer) return;
    // A clamped number is beyond any bound on its side.
    bool const below = min && (integer->value < *min || (integer->beyond && integer->value < 0));
    bool const above = max && (integer->value > *max || (integer->beyond && integer->value > 0));
    if (below)
        report.add("greater_than_equal",
                   "Input should be greater than or equal to " + std::to_string(*min), in,
                   ctx_of("ge", *min));
    else if (above)
        report.add("less_than_equal",
                   "Input should be less than or equal to " + std::to_string(*max), in,
                   ctx_of("le", *max));
    else
        out = *integer;
}

TypeDoc Int::doc() const {
    return {.type = "integer", .minimum = min, .maximum = max, .fallback = fallback};
}

}  // namespace blog::schemas
