#include "assert.hpp"
#include "schemas/json.hpp"
#include "schemas/json_write.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>
#include <vector>

namespace blog::schemas {
namespace {

// Decimal exponent of a number's first digit that is not zero; clamped. What from_chars calls out
// of range is beyond all doubles when it is positive, and next to zero otherwise.
long magnitude(std::string_view text) {
    constexpr long far = std::numeric_limits<int>::max();
    auto const e = std::min(text.find_first_of("eE"), text.size());
    auto const digits = text.substr(0, e);
    auto const point = std::min(digits.find('.'), digits.size());
    auto const first = digits.find_first_of("123456789");
    if (first == digits.npos) return -far;
    auto const at = static_cast<long>(point) - static_cast<long>(first) - (first < point ? 1 : 0);
    if (e == text.size()) return at;
    auto exponent = text.substr(e + 1);
    bool const negative = exponent.starts_with('-');
    if (negative || exponent.starts_with('+')) exponent.remove_prefix(1);
    long value = 0;
    auto const [end, ec] =
        std::from_chars(exponent.data(), exponent.data() + exponent.size(), value);
    if (ec != std::errc() || value > far) value = far;
    return negative ? at - value : at + value;
}

// Lists and objects that are being written.
struct Frame {
    std::uint32_t at, end;
    bool object, first;
};

}  // namespace

JsonValue JsonValue::of_text(std::string_view text) noexcept {
    return JsonValue(text);
}

JsonValue::JsonValue(JsonDocument const& document, std::uint32_t at) noexcept
    : kind_(document.nodes_[at].kind),
      flag_(document.nodes_[at].flag),
      at_(at),
      document_(&document),
      text_(document.text(document.nodes_[at])) {}

double JsonValue::real() const noexcept {
    double value = 0;
    auto const result = std::from_chars(text_.data(), text_.data() + text_.size(), value);
    if (result.ec != std::errc::result_out_of_range) return value;
    value = magnitude(text_) > 0 ? std::numeric_limits<double>::infinity() : 0;
    return text_.starts_with('-') ? -value : value;
}

std::optional<JsonValue> JsonValue::member(std::string_view name) const noexcept {
    if (kind_ != JsonKind::object) return std::nullopt;
    auto const& nodes = document_->nodes_;
    auto const end = at_ + nodes[at_].extent;
    for (auto at = at_ + 1; at < end; at += 1 + nodes[at + 1].extent) {
        auto const& key = nodes[at];
        if (!key.repeated && document_->text(key) == name)
            return JsonValue(*document_, at + key.value);
    }
    return std::nullopt;
}

std::vector<JsonValue> JsonValue::elements() const {
    std::vector<JsonValue> out;
    if (kind_ != JsonKind::array) return out;
    auto const& nodes = document_->nodes_;
    auto const end = at_ + nodes[at_].extent;
    for (auto at = at_ + 1; at < end; at += nodes[at].extent)
        out.push_back(JsonValue(*document_, at));
    return out;
}

void JsonValue::append_scalar_to(std::string& out) const {
    switch (kind_) {
        case JsonKind::null:
            out += "null";
            break;
        case JsonKind::boolean:
            append_json(out, flag_);
            break;
        case JsonKind::integer:
            out += text_ == "-0" ? "0" : text_;
            break;
        case JsonKind::real:
            append_python_float(out, real());
            break;
        case JsonKind::string:
            append_json(out, text_);
            break;
        case JsonKind::array:
        case JsonKind::object:
            BLOG_ASSERT(false);
    }
}

// A loop with its own stack: a document may be deeper than ours.
void JsonValue::append_to(std::string& out) const {
    std::vector<Frame> open;
    auto const begin = [&](JsonValue value) {
        bool const object = value.kind_ == JsonKind::object;
        if (!object && value.kind_ != JsonKind::array) return value.append_scalar_to(out);
        out += object ? '{' : '[';
        auto const extent = value.document_->nodes_[value.at_].extent;
        open.push_back({value.at_ + 1, value.at_ + extent, object, true});
    };
    begin(*this);
    while (!open.empty()) {
        auto& frame = open.back();
        if (frame.at == frame.end) {
            out += frame.object ? '}' : ']';
            open.pop_back();
            continue;
        }
        auto const& node = document_->nodes_[frame.at];
        auto value_at = frame.at;
        if (frame.object) {
            auto const member = frame.at;
            frame.at += 1 + document_->nodes_[member + 1].extent;
            if (node.repeated) continue;
            value_at = member + node.value;
        } else {
            frame.at += node.extent;
        }
        if (!std::exchange(frame.first, false)) out += ',';
        if (frame.object) {
            append_json(out, document_->text(node));
            out += ':';
        }
        begin(JsonValue(*document_, value_at));
    }
}

}  // namespace blog::schemas
