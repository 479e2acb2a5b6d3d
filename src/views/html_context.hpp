#pragma once
#include "views/html_names.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace blog::views {

// A value, or a piece of markup, that must not stand where it stands.
struct HtmlFault {
    std::string what;
    std::size_t offset = 0;  // in the text that was fed
};

// Where in the HTML the next character of a page stands. The compiler feeds it the literal text of
// the page in order and asks what a value written at that point must go through; at places where no
// escaping is safe it refuses. It follows the tokenizer of the HTML standard (section 13.2.5), and
// is stricter where a template has no need of the difference. Copied before each branch.
class HtmlContext {
public:
    enum class Slot : std::uint8_t {
        text,       // between tags or in a plain quoted attribute
        whole_url,  // the whole value of a URL attribute
        url_part,   // within a URL whose scheme and host are fixed by the text before
        path_end,   // as url_part, but right behind the first '/': a second one would name a host
    };

    // All throw HtmlFault.
    void feed(std::string_view literal);
    Slot value();      // a value is written here
    void directive();  // the text is interrupted by a condition or a loop
    void end() const;  // the page ends here

    // The state behind two branches that ended in `a` and `b`; nullopt when no state stands for
    // both.
    static std::optional<HtmlContext> join(HtmlContext const& a, HtmlContext const& b);

    // "inside a tag", for messages.
    std::string_view describe() const;

    bool operator==(HtmlContext const&) const = default;

private:
    enum class Where : std::uint8_t {
        text,
        tag_open,      // behind <
        end_tag_open,  // behind </
        markup_open,   // behind <!
        comment,
        declaration,  // <!doctype ...>
        tag_name,
        attribute_gap,  // in a tag, where an attribute may begin
        attribute_end,  // behind an attribute or a tag's name: a gap or the tag's end must follow
        attribute_name,
        behind_name,   // white space behind an attribute's name
        before_value,  // behind =
        quoted_value,
        bare_value,
        raw_text,    // <script>, <style>: up to the end tag
        plain_text,  // <title>, <textarea>: as raw_text, but with entities
    };
    enum class Url : std::uint8_t {
        start,   // nothing written yet
        prefix,  // literal text that does not fix the host yet: word_
        fixed,
        whole,  // a value was the URL, or the branches differ: only the closing quote may follow
    };

    void feed_text(char c);
    void feed_tag_open(char c);
    void feed_markup_open(char c);
    void feed_comment(char c);
    void feed_tag_name(char c);
    void feed_in_tag(char c);
    void feed_attribute_name(char c);
    void feed_before_value(char c);
    void feed_value(char c);
    void feed_url(char c);
    void feed_raw(char c);
    void open_tag(char c);
    void name_ends();
    void attribute_begins(char c);
    void attribute_named();
    void attribute_ends();
    void tag_ends();
    Slot quoted_slot();
    bool in_tag() const;

    Where where_ = Where::text;
    AttributeKind attribute_ = AttributeKind::plain;
    Url url_ = Url::start;
    bool end_tag_ = false;
    bool refresh_ = false;        // <meta http-equiv> was seen in this tag
    bool content_value_ = false;  // a value was written into <meta content> in this tag
    char quote_ = 0;
    std::uint8_t dashes_ = 0;     // of a comment's end
    std::string tag_;             // lower case; kept for the text of raw elements
    std::string word_;            // what is being read: a name, a URL's beginning, an end tag
    std::string attribute_name_;  // lower case
};

}  // namespace blog::views
