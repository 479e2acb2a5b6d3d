#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace blog::schemas {

enum class JsonKind : std::uint8_t { null, boolean, integer, real, string, array, object };

// One node of a document; the nodes of a value follow each other in the order of the text.
struct JsonNode {
    JsonKind kind = JsonKind::null;
    bool flag = false;         // boolean: true; string: it held a surrogate without its other half
    bool repeated = false;     // a member's name that occurred before: its value counts there
    std::uint32_t extent = 1;  // nodes of this value, itself included
    std::uint32_t begin = 0;   // string, number: first byte of its text
    std::uint32_t size = 0;    // string, number: bytes of its text
    std::uint32_t value = 1;   // a member's name: distance to the value that counts
};

class JsonDocument;

// A value of a document, or plain text from a path, a query or a form, which behaves as a JSON
// string. A cheap view: it dies with the document, or with the text.
class JsonValue {
public:
    // `text` is valid UTF-8.
    static JsonValue of_text(std::string_view text) noexcept;

    JsonKind kind() const noexcept { return kind_; }
    bool is_true() const noexcept { return flag_; }
    // A string's characters in UTF-8, or a number as the client wrote it. "" for the others.
    std::string_view text() const noexcept { return text_; }
    // The string held a surrogate without its other half, as in "\ud800": it is no Unicode text.
    // text() has U+FFFD there.
    bool has_lone_surrogate() const noexcept { return kind_ == JsonKind::string && flag_; }
    // The value of a real: infinite beyond the range of a double, NaN for NaN.
    double real() const noexcept;
    // An object's value of that name: the last one, when the name occurs more than once. Linear.
    std::optional<JsonValue> member(std::string_view name) const noexcept;

    // The values of an array, in order; none for the others.
    std::vector<JsonValue> elements() const;

    // Appends the value as Python's json.dumps(ensure_ascii=False, separators=(",", ":")) does once
    // json.loads has read it: 1.10 becomes 1.1, 1E2 becomes 100.0, of equal names one is left. What
    // JSON cannot say (NaN, Infinity) becomes null.
    void append_to(std::string& out) const;

private:
    friend class JsonDocument;
    JsonValue(JsonDocument const& document, std::uint32_t at) noexcept;
    void append_scalar_to(std::string& out) const;
    explicit JsonValue(std::string_view text) noexcept : kind_(JsonKind::string), text_(text) {}

    JsonKind kind_;
    bool flag_ = false;
    std::uint32_t at_ = 0;
    JsonDocument const* document_ = nullptr;  // null: plain text
    std::string_view text_;
};

// A parsed JSON text, kept flat: one array of nodes, one string with every text. Owns all it needs.
class JsonDocument {
public:
    JsonValue root() const noexcept { return {*this, 0}; }

private:
    friend class JsonBuilder;
    friend class JsonValue;
    std::string_view text(JsonNode const& node) const noexcept {
        return std::string_view(text_).substr(node.begin, node.size);
    }
    std::vector<JsonNode> nodes_;
    std::string text_;
};

// The text is no JSON. `message` is static text in CPython's words; `offset` counts characters.
struct JsonSyntaxError {
    std::string_view message;
    std::size_t offset = 0;
};
// The text may be JSON, but we (too_deep) or Python (number_too_long) do not read it.
enum class JsonRefusal : std::uint8_t { too_deep, number_too_long };

using JsonParsed = std::variant<JsonDocument, JsonSyntaxError, JsonRefusal>;

constexpr std::size_t integer_digits_max = 4300;  // as CPython's int(): conversion is quadratic

// Parses what CPython's json.loads takes, NaN and Infinity included. `text` is valid UTF-8 of less
// than 4 GiB; arrays and objects nest `depth_max` deep at most. The machine's stack does not grow
// with the depth. Time and memory: linear, but for objects of many members (n log n).
JsonParsed parse_json(std::string_view text, std::size_t depth_max);

}  // namespace blog::schemas
