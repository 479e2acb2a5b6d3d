#include "schemas/json_builder.hpp"

#include "assert.hpp"
#include "schemas/utf8.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

namespace blog::schemas {

JsonBuilder::JsonBuilder(std::size_t depth_max, std::size_t text_size) : depth_max_(depth_max) {
    BLOG_ASSERT(text_size < std::numeric_limits<std::uint32_t>::max());
    document_.text_.reserve(text_size);
}

bool JsonBuilder::null() {
    add(JsonKind::null);
    return true;
}

bool JsonBuilder::boolean(bool yes) {
    add(JsonKind::boolean).flag = yes;
    return true;
}

bool JsonBuilder::integer(std::string_view text) {
    if (text.size() - text.starts_with('-') > integer_digits_max) {
        refusal_ = JsonRefusal::number_too_long;
        return false;
    }
    add_text(JsonKind::integer, text);
    return true;
}

bool JsonBuilder::real(std::string_view text) {
    add_text(JsonKind::real, text);
    return true;
}

bool JsonBuilder::string(std::string_view text) {
    // Only surrogates make a parser's text invalid, and they all begin with this byte.
    if (text.find('\xED') == text.npos || is_utf8(text)) {
        add_text(JsonKind::string, text);
        return true;
    }
    auto& all = document_.text_;
    auto& node = add_text(JsonKind::string, {});
    while (!text.empty()) {
        auto const step = utf8_step(text);
        auto const size = step.valid ? step.size : std::min<std::size_t>(3, text.size());
        all += step.valid ? text.substr(0, size) : std::string_view("\xEF\xBF\xBD");
        text.remove_prefix(size);
    }
    node.size = static_cast<std::uint32_t>(all.size() - node.begin);
    node.flag = true;
    return true;
}

bool JsonBuilder::open(JsonKind kind) {
    if (open_.size() == depth_max_) {
        refusal_ = JsonRefusal::too_deep;
        return false;
    }
    open_.push_back(static_cast<std::uint32_t>(document_.nodes_.size()));
    add(kind);
    return true;
}

bool JsonBuilder::end_array() {
    auto& nodes = document_.nodes_;
    nodes[open_.back()].extent = static_cast<std::uint32_t>(nodes.size() - open_.back());
    open_.pop_back();
    return true;
}

// Of members with one name the last value counts, in the place of the first, as in a Python dict.
bool JsonBuilder::end_object() {
    auto const object = open_.back();
    end_array();
    collect_keys(object);
    constexpr std::size_t few = 8;
    if (keys_.size() <= few) {
        for (std::size_t i = 1; i < keys_.size(); ++i) {
            auto const first =
                std::find_if(keys_.begin(), keys_.begin() + static_cast<std::ptrdiff_t>(i),
                             [&](auto at) { return key_text(at) == key_text(keys_[i]); });
            if (*first != keys_[i]) supersede(*first, keys_[i]);
        }
        return true;
    }
    // Sorting bounds the time for any names; a hash table's time would be the client's choice.
    std::ranges::sort(keys_, [&](auto a, auto b) {
        return std::tuple(key_text(a), a) < std::tuple(key_text(b), b);
    });
    for (std::size_t i = 1, first = 0; i < keys_.size(); ++i) {
        if (key_text(keys_[i]) == key_text(keys_[first]))
            supersede(keys_[first], keys_[i]);
        else
            first = i;
    }
    return true;
}

JsonNode& JsonBuilder::add(JsonKind kind) {
    auto& node = document_.nodes_.emplace_back();
    node.kind = kind;
    return node;
}

JsonNode& JsonBuilder::add_text(JsonKind kind, std::string_view text) {
    auto& node = add(kind);
    node.begin = static_cast<std::uint32_t>(document_.text_.size());
    node.size = static_cast<std::uint32_t>(text.size());
    document_.text_ += text;
    return node;
}

void JsonBuilder::collect_keys(std::uint32_t object) {
    auto const& nodes = document_.nodes_;
    auto const end = object + nodes[object].extent;
    keys_.clear();
    for (auto at = object + 1; at < end; at += 1 + nodes[at + 1].extent)
        keys_.push_back(at);
}

void JsonBuilder::supersede(std::uint32_t first, std::uint32_t again) {
    document_.nodes_[first].value = again + 1 - first;
    document_.nodes_[again].repeated = true;
}

}  // namespace blog::schemas
