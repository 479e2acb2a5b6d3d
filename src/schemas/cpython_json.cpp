#include "schemas/cpython_json.hpp"

#include "schemas/utf8.hpp"

#include <algorithm>
#include <string>

namespace blog::schemas {
namespace {

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

int hex_digit(char c) noexcept {
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// Every function returns false when reading ends early: error_ is set, or the builder said stop.
// Offsets are bytes until the very end; all that is compared with a length is ASCII.
class Reader {
public:
    Reader(std::string_view text, JsonBuilder& builder) : text_(text), build_(builder) {}
    std::optional<JsonSyntaxError> run();

private:
    bool document();
    bool value();
    bool after_value();
    bool first_member();
    bool first_element();
    bool member_name();
    bool next_member();
    bool next_element();
    bool literal();
    bool number();
    bool string(bool as_key);
    bool escape(std::size_t begin);
    std::optional<char32_t> four_hex(std::size_t at) const;

    bool fail(std::string_view message, std::size_t offset) {
        error_ = JsonSyntaxError{message, offset};
        return false;
    }
    bool expecting_value() { return fail("Expecting value", at_); }
    // '\0' at the end: no grammar rule waits for it.
    char peek() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }
    bool digit_at(std::size_t i) const noexcept { return i < text_.size() && is_digit(text_[i]); }
    void skip_space() { at_ = std::min(text_.find_first_not_of(" \t\n\r", at_), text_.size()); }

    std::string_view text_;
    JsonBuilder& build_;
    std::size_t at_ = 0;
    std::string open_;  // '{' or '[' for each level: no recursion, however deep
    std::string unescaped_;
    std::optional<JsonSyntaxError> error_;
};

std::optional<JsonSyntaxError> Reader::run() {
    document();
    if (error_) error_->offset = count_characters(text_.substr(0, error_->offset));
    return error_;
}

bool Reader::document() {
    skip_space();
    if (!value()) return false;
    while (!open_.empty())
        if (!after_value()) return false;
    skip_space();
    return at_ == text_.size() || fail("Extra data", at_);
}

// A whole scalar, or the start of a list or object up to the end of its first value.
bool Reader::value() {
    for (;;) {
        switch (peek()) {
            case '"':
                return string(false);
            case '{':
                if (!first_member()) return false;
                if (text_[at_ - 1] == '}') return true;
                break;
            case '[':
                if (!first_element()) return false;
                if (text_[at_ - 1] == ']') return true;
                break;
            case 'n':
            case 't':
            case 'f':
            case 'N':
            case 'I':
                return literal();
            default:
                return number();
        }
    }
}

// What follows a value within a list or object: its end, or a comma and the next value.
bool Reader::after_value() {
    skip_space();
    bool const object = open_.back() == '{';
    if (peek() == (object ? '}' : ']')) {
        ++at_;
        open_.pop_back();
        return object ? build_.end_object() : build_.end_array();
    }
    if (peek() != ',') return fail("Expecting ',' delimiter", at_);
    return (object ? next_member() : next_element()) && value();
}

// Past '{' and on to the first value, or past "}".
bool Reader::first_member() {
    ++at_;
    if (!build_.start_object()) return false;
    skip_space();
    if (peek() == '}') {
        ++at_;
        return build_.end_object();
    }
    open_ += '{';
    return member_name();
}

bool Reader::first_element() {
    ++at_;
    if (!build_.start_array()) return false;
    skip_space();
    if (peek() == ']') {
        ++at_;
        return build_.end_array();
    }
    open_ += '[';
    return true;
}

bool Reader::member_name() {
    if (peek() != '"') return fail("Expecting property name enclosed in double quotes", at_);
    if (!string(true)) return false;
    skip_space();
    if (peek() != ':') return fail("Expecting ':' delimiter", at_);
    ++at_;
    skip_space();
    return true;
}

bool Reader::next_member() {
    auto const comma = at_++;
    skip_space();
    if (peek() == '}') return fail("Illegal trailing comma before end of object", comma);
    return member_name();
}

bool Reader::next_element() {
    auto const comma = at_++;
    skip_space();
    if (peek() == ']') return fail("Illegal trailing comma before end of array", comma);
    return true;
}

bool Reader::literal() {
    auto const rest = text_.substr(at_);
    auto const take = [&](std::string_view word) {
        if (!rest.starts_with(word)) return false;
        at_ += word.size();
        return true;
    };
    if (take("null")) return build_.null();
    if (take("true")) return build_.boolean(true);
    if (take("false")) return build_.boolean(false);
    if (take("NaN")) return build_.real("NaN");
    if (take("Infinity")) return build_.real("Infinity");
    return expecting_value();
}

// The longest number there is at this place: of "01" it is "0", of "1." it is "1".
bool Reader::number() {
    auto end = at_;
    if (text_.substr(at_).starts_with("-Infinity")) {
        at_ += 9;
        return build_.real("-Infinity");
    }
    if (peek() == '-') ++end;
    if (!digit_at(end)) return expecting_value();
    auto const skip_digits = [&] {
        while (digit_at(end))
            ++end;
    };
    if (text_[end] == '0')
        ++end;
    else
        skip_digits();

    bool real = false;
    if (end < text_.size() && text_[end] == '.' && digit_at(end + 1)) {
        real = true;
        ++end;
        skip_digits();
    }
    if (end < text_.size() && (text_[end] == 'e' || text_[end] == 'E')) {
        auto const sign = end + 1;
        bool const has_sign = sign < text_.size() && (text_[sign] == '+' || text_[sign] == '-');
        if (digit_at(sign + has_sign)) {
            real = true;
            end = sign + has_sign;
            skip_digits();
        }
    }
    auto const token = text_.substr(at_, end - at_);
    at_ = end;
    return real ? build_.real(token) : build_.integer(token);
}

bool Reader::string(bool as_key) {
    auto const begin = at_++;
    unescaped_.clear();
    for (;;) {
        auto const run = std::find_if(
            text_.begin() + static_cast<std::ptrdiff_t>(at_), text_.end(),
            [](char c) { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20; });
        auto const end = static_cast<std::size_t>(run - text_.begin());
        unescaped_ += text_.substr(at_, end - at_);
        at_ = end;
        if (at_ == text_.size()) return fail("Unterminated string starting at", begin);
        if (text_[at_] == '"') break;
        if (text_[at_] != '\\') return fail("Invalid control character at", at_);
        if (!escape(begin)) return false;
    }
    ++at_;
    return as_key ? build_.key(unescaped_) : build_.string(unescaped_);
}

// One escape sequence, or the two of a surrogate pair. `begin` is where the string starts.
bool Reader::escape(std::size_t begin) {
    auto const backslash = at_;
    if (backslash + 1 == text_.size()) return fail("Unterminated string starting at", begin);
    constexpr std::string_view names = "\"\\/bfnrt", meanings = "\"\\/\b\f\n\r\t";
    if (auto const which = names.find(text_[backslash + 1]); which != names.npos) {
        unescaped_ += meanings[which];
        at_ += 2;
        return true;
    }
    if (text_[backslash + 1] != 'u') return fail("Invalid \\escape", backslash);

    auto first = four_hex(backslash + 2);
    // The end of the text must not follow at once.
    if (!first || backslash + 6 >= text_.size())
        return fail("Invalid \\uXXXX escape", backslash + 1);
    at_ += 6;
    bool const high = *first >= 0xD800 && *first <= 0xDBFF;
    if (high && at_ + 6 < text_.size() && text_.substr(at_, 2) == "\\u") {
        auto const second = four_hex(at_ + 2);
        if (!second) return fail("Invalid \\uXXXX escape", at_ + 1);
        if (*second >= 0xDC00 && *second <= 0xDFFF) {
            first = 0x10000 + ((*first - 0xD800) << 10 | (*second - 0xDC00));
            at_ += 6;
        }
    }
    append_utf8(unescaped_, *first);
    return true;
}

std::optional<char32_t> Reader::four_hex(std::size_t at) const {
    char32_t value = 0;
    for (auto i = at; i < at + 4; ++i) {
        auto const digit = i < text_.size() ? hex_digit(text_[i]) : -1;
        if (digit < 0) return std::nullopt;
        value = value << 4 | static_cast<char32_t>(digit);
    }
    return value;
}

}  // namespace

std::optional<JsonSyntaxError> read_as_cpython(std::string_view text, JsonBuilder& builder) {
    return Reader(text, builder).run();
}

}  // namespace blog::schemas
