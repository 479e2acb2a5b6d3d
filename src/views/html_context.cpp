#include "views/html_context.hpp"

#include <algorithm>

namespace blog::views {
namespace {

constexpr std::size_t url_host_max = 300;  // text in which a URL's host must be settled

}  // namespace

void HtmlContext::feed(std::string_view literal) {
    std::size_t at = 0;
    try {
        for (; at < literal.size(); ++at) {
            char const c = literal[at];
            switch (where_) {
                case Where::text:
                    feed_text(c);
                    break;
                case Where::tag_open:
                case Where::end_tag_open:
                    feed_tag_open(c);
                    break;
                case Where::markup_open:
                    feed_markup_open(c);
                    break;
                case Where::comment:
                    feed_comment(c);
                    break;
                case Where::declaration:
                    if (c == '>') where_ = Where::text;
                    break;
                case Where::tag_name:
                    feed_tag_name(c);
                    break;
                case Where::attribute_gap:
                case Where::attribute_end:
                case Where::behind_name:
                    feed_in_tag(c);
                    break;
                case Where::attribute_name:
                    feed_attribute_name(c);
                    break;
                case Where::before_value:
                    feed_before_value(c);
                    break;
                case Where::quoted_value:
                case Where::bare_value:
                    feed_value(c);
                    break;
                case Where::raw_text:
                case Where::plain_text:
                    feed_raw(c);
                    break;
            }
        }
    } catch (HtmlFault& fault) {
        fault.offset = at;
        throw;
    }
}

void HtmlContext::feed_text(char c) {
    if (c == '<') where_ = Where::tag_open;
}

void HtmlContext::feed_tag_open(char c) {
    bool const closing = where_ == Where::end_tag_open;
    if (is_html_letter(c)) {
        end_tag_ = closing;
        open_tag(c);
    } else if (c == '/' && !closing) {
        where_ = Where::end_tag_open;
    } else if (c == '!' && !closing) {
        where_ = Where::markup_open;
        word_.clear();
    } else if (closing || c == '?') {
        throw HtmlFault{"this is no tag; write a lone '<' as &lt;"};
    } else {
        where_ = c == '<' ? Where::tag_open : Where::text;
    }
}

void HtmlContext::open_tag(char c) {
    where_ = Where::tag_name;
    tag_.assign(1, to_lower(c));
    refresh_ = content_value_ = false;
}

void HtmlContext::feed_markup_open(char c) {
    constexpr std::string_view comment = "--", doctype = "doctype";
    word_ += to_lower(c);
    if (word_ == comment) {
        where_ = Where::comment;
        dashes_ = 2;  // <!--> is a whole comment
    } else if (word_ == doctype) {
        where_ = Where::declaration;
    } else if (!comment.starts_with(word_) && !doctype.starts_with(word_)) {
        throw HtmlFault{"behind '<!' comes a comment or 'doctype'"};
    }
}

void HtmlContext::feed_comment(char c) {
    if (dashes_ == 2 && c == '>') where_ = Where::text;
    if (dashes_ == 2 && c == '!') throw HtmlFault{"'--!' does not belong into a comment"};
    dashes_ = c == '-' ? static_cast<std::uint8_t>(std::min(dashes_ + 1, 2)) : std::uint8_t{0};
}

void HtmlContext::feed_tag_name(char c) {
    if (is_html_space(c) || c == '/' || c == '>') {
        name_ends();
        feed_in_tag(c);
    } else {
        tag_ += to_lower(c);
    }
}

// The name of a tag or of an attribute without a value is complete.
void HtmlContext::name_ends() {
    if (where_ == Where::attribute_name) attribute_named();
    attribute_ends();
}

// Forgets the attribute, so that states behind different attributes are equal.
void HtmlContext::attribute_ends() {
    where_ = Where::attribute_end;
    attribute_ = AttributeKind::plain;
    url_ = Url::start;
    quote_ = 0;
    word_.clear();
    attribute_name_.clear();
}

void HtmlContext::feed_in_tag(char c) {
    if (is_html_space(c)) {
        if (where_ == Where::attribute_end) where_ = Where::attribute_gap;
    } else if (c == '>') {
        tag_ends();
    } else if (c == '/') {
        attribute_ends();
        where_ = Where::attribute_gap;
    } else if (c == '=' && where_ == Where::behind_name) {
        where_ = Where::before_value;
    } else if (where_ == Where::attribute_end) {
        throw HtmlFault{"a space is missing here"};
    } else {
        attribute_begins(c);
    }
}

void HtmlContext::attribute_begins(char c) {
    if (!is_html_letter(c) && c != '_')
        throw HtmlFault{"an attribute's name does not begin like this"};
    attribute_ends();
    where_ = Where::attribute_name;
    word_.assign(1, to_lower(c));
}

void HtmlContext::feed_attribute_name(char c) {
    if (is_html_space(c)) {
        attribute_named();
        where_ = Where::behind_name;
    } else if (c == '=') {
        attribute_named();
        where_ = Where::before_value;
    } else if (c == '/' || c == '>') {
        name_ends();
        feed_in_tag(c);
    } else if (c == '"' || c == '\'' || c == '<') {
        throw HtmlFault{"this does not belong into an attribute's name"};
    } else {
        word_ += to_lower(c);
    }
}

void HtmlContext::attribute_named() {
    attribute_name_ = word_;
    attribute_ = attribute_kind(tag_, word_);
    if (tag_ == "meta" && word_ == "http-equiv") refresh_ = true;
    if (refresh_ && content_value_)
        throw HtmlFault{"a <meta http-equiv> holds no values: it can send the reader elsewhere"};
    word_.clear();
}

void HtmlContext::feed_before_value(char c) {
    if (is_html_space(c)) return;
    if (c == '>') throw HtmlFault{"the attribute's value is missing"};
    quote_ = c == '"' || c == '\'' ? c : '\0';
    where_ = quote_ ? Where::quoted_value : Where::bare_value;
    if (!quote_) feed_value(c);
}

void HtmlContext::feed_value(char c) {
    if (where_ == Where::bare_value) {
        if (is_html_space(c) || c == '>') {
            attribute_ends();
            feed_in_tag(c);
        }
    } else if (c == quote_) {
        attribute_ends();
    } else if (attribute_ == AttributeKind::url) {
        feed_url(c);
    }
}

void HtmlContext::feed_url(char c) {
    if (url_ == Url::whole)
        throw HtmlFault{"behind a value that is the whole URL only the closing quote may follow"};
    if (url_ == Url::fixed) return;
    url_ = Url::prefix;
    if (word_.size() < url_host_max) word_ += c;
    if (fixes_host(word_)) {
        url_ = Url::fixed;
        word_.clear();
    }
}

void HtmlContext::tag_ends() {
    attribute_ends();
    auto const name = end_tag_ ? std::string_view() : std::string_view(tag_);
    where_ = holds_raw_text(name)     ? Where::raw_text
             : holds_plain_text(name) ? Where::plain_text
                                      : Where::text;
    refresh_ = content_value_ = end_tag_ = false;
    if (where_ == Where::text) tag_.clear();
}

// Up to the end tag of the element. word_ is the beginning of it, as far as it is there.
void HtmlContext::feed_raw(char c) {
    std::string const end_tag = "</" + tag_;
    if (word_ == end_tag && (is_html_space(c) || c == '/' || c == '>')) {
        word_.clear();
        end_tag_ = true;
        where_ = Where::attribute_end;
        feed_in_tag(c);
        return;
    }
    constexpr std::string_view comment = "<!--";
    word_ += to_lower(c);
    if (word_ == comment) throw HtmlFault{"'<!--' does not belong into <" + tag_ + ">"};
    if (end_tag.starts_with(word_) || comment.starts_with(word_)) return;
    if (where_ == Where::plain_text && word_.size() > 1)
        throw HtmlFault{"a tag does not belong into <" + tag_ + ">"};
    word_ = c == '<' ? "<" : "";
}

bool HtmlContext::in_tag() const {
    return where_ >= Where::tag_name && where_ <= Where::bare_value;
}

HtmlContext::Slot HtmlContext::value() {
    switch (where_) {
        case Where::text:
            return Slot::text;
        case Where::plain_text:
            if (word_.empty()) return Slot::text;
            [[fallthrough]];
        case Where::tag_open:
        case Where::end_tag_open:
        case Where::tag_name:
            throw HtmlFault{"a value cannot be (part of) the name of a tag"};
        case Where::markup_open:
        case Where::declaration:
            throw HtmlFault{"a value cannot go into a <! > declaration"};
        case Where::comment:
            throw HtmlFault{"a value cannot go into an HTML comment; {# #} hides template code"};
        case Where::attribute_gap:
        case Where::attribute_end:
        case Where::attribute_name:
        case Where::behind_name:
            throw HtmlFault{
                "a value cannot be (part of) the name of an attribute; write name=\"{{ }}\""};
        case Where::before_value:
        case Where::bare_value:
            throw HtmlFault{"put quotes around the attribute '" + attribute_name_ +
                            "' to write a value into it"};
        case Where::raw_text:
            throw HtmlFault{"a value cannot go into <" + tag_ +
                            ">; a data- attribute can carry it"};
        case Where::quoted_value:
            break;
    }
    return quoted_slot();
}

HtmlContext::Slot HtmlContext::quoted_slot() {
    bool const meta = tag_ == "meta";
    if (attribute_ == AttributeKind::refused || (meta && refresh_))
        throw HtmlFault{"a value cannot go into the attribute '" + attribute_name_ + "' of <" +
                        tag_ + ">: no escaping makes it safe there"};
    if (meta && attribute_name_ == "content") content_value_ = true;
    if (attribute_ == AttributeKind::plain) return Slot::text;
    if (url_ == Url::fixed) return Slot::url_part;
    if (url_ == Url::start) {
        url_ = Url::whole;
        return Slot::whole_url;
    }
    if (url_ == Url::whole)
        throw HtmlFault{"a second value cannot follow one that is the whole URL"};
    if (word_ != "/")
        throw HtmlFault{
            "the text before this value must settle the URL's host, as \"/posts/\" or "
            "\"https://example.org/\" do"};
    url_ = Url::fixed;
    word_.clear();
    return Slot::path_end;
}

void HtmlContext::directive() {
    switch (where_) {
        case Where::tag_name:
        case Where::attribute_name:
            name_ends();
            break;
        case Where::behind_name:
        case Where::bare_value:
            attribute_ends();
            break;
        case Where::tag_open:
        case Where::end_tag_open:
        case Where::markup_open:
            throw HtmlFault{"this cuts a tag's beginning in two"};
        case Where::raw_text:
        case Where::plain_text:
            if (!word_.empty()) throw HtmlFault{"this cuts an end tag in two"};
            break;
        default:
            break;
    }
}

void HtmlContext::end() const {
    if (where_ != Where::text) throw HtmlFault{"the page ends " + std::string(describe())};
}

std::optional<HtmlContext> HtmlContext::join(HtmlContext const& a, HtmlContext const& b) {
    if (a == b) return a;
    auto const gap = [](HtmlContext const& c) {
        return c.where_ == Where::attribute_gap || c.where_ == Where::attribute_end;
    };
    auto const url = [](HtmlContext const& c) {
        return c.where_ == Where::quoted_value && c.attribute_ == AttributeKind::url;
    };
    // Each change makes the state stricter than the one that it was.
    auto const widened = [&](HtmlContext c) {
        c.refresh_ = a.refresh_ || b.refresh_;
        c.content_value_ = a.content_value_ || b.content_value_;
        if (gap(a) && gap(b)) c.where_ = Where::attribute_end;
        if (url(a) && url(b)) {
            c.url_ = Url::whole;
            c.word_.clear();
        }
        return c;
    };
    auto const joined = widened(a);
    if (joined != widened(b)) return std::nullopt;
    return joined;
}

std::string_view HtmlContext::describe() const {
    switch (where_) {
        case Where::text:
            return "in the text";
        case Where::comment:
            return "inside a comment";
        case Where::quoted_value:
            return "inside an attribute's value";
        case Where::raw_text:
        case Where::plain_text:
            return "inside an element that holds text only";
        default:
            return in_tag() ? "inside a tag" : "inside a tag's beginning";
    }
}

}  // namespace blog::views
