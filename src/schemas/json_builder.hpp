#pragma once
#include "schemas/json.hpp"

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace blog::schemas {

// Makes a document out of the events of a parser, which come in the order of the text and are well
// nested. False: stop, refusal() says why.
class JsonBuilder {
public:
    JsonBuilder(std::size_t depth_max, std::size_t text_size);

    bool null();
    bool boolean(bool yes);
    // Digits with an optional sign; more than integer_digits_max are refused.
    bool integer(std::string_view text);
    // A number with fraction or exponent, or NaN, Infinity, -Infinity.
    bool real(std::string_view text);
    // UTF-8, but that a lone surrogate has the three bytes that are no UTF-8.
    bool string(std::string_view text);
    bool key(std::string_view text) { return string(text); }
    bool start_object() { return open(JsonKind::object); }
    bool end_object();
    bool start_array() { return open(JsonKind::array); }
    bool end_array();

    std::optional<JsonRefusal> refusal() const noexcept { return refusal_; }
    JsonDocument take() noexcept { return std::move(document_); }

private:
    bool open(JsonKind kind);
    JsonNode& add(JsonKind kind);
    JsonNode& add_text(JsonKind kind, std::string_view text);
    std::string_view key_text(std::uint32_t at) const {
        return document_.text(document_.nodes_[at]);
    }
    void collect_keys(std::uint32_t object);
    void supersede(std::uint32_t first, std::uint32_t again);

    JsonDocument document_;
    std::size_t depth_max_;
    std::optional<JsonRefusal> refusal_;
    std::vector<std::uint32_t> open_;  // the arrays and objects around the next value
    std::vector<std::uint32_t> keys_;  // scratch of end_object
};

}  // namespace blog::schemas
