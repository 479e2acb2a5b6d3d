#include "schemas/email_split.hpp"

#include "schemas/email_syntax.hpp"
#include "schemas/unicode.hpp"

#include <algorithm>
#include <cstddef>

namespace blog::schemas {
namespace {

constexpr auto npos = std::u32string_view::npos;
constexpr std::string_view no_at_sign = "An email address must have an @-sign.";

bool is_name_or_space(char32_t c) {
    return unicode::is_word(c) || unicode::is_space(c) || is_atom_ascii(c);
}

bool is_atom_or_space(char32_t c) {
    return c == U' ' || is_atom_ascii(c);
}

// The address when `open` is the bracket before it: something, on one line. Empty when not.
std::u32string_view bracketed(std::u32string_view text, std::size_t open) {
    auto const address = text.substr(open + 1, text.size() - open - 2);
    return address.find(U'\n') == npos ? address : std::u32string_view();
}

// `"Any text" <address>`: the name ends at the last quote that leaves an address. `text` begins
// with a quote and ends with a bracket.
std::u32string_view after_quoted_name(std::u32string_view text) {
    for (auto quote = text.rfind(U'"'); quote >= 2; quote = text.rfind(U'"', quote - 1)) {
        auto const rest = text.substr(quote + 1);
        auto const skipped = std::ranges::find_if_not(rest, unicode::is_space) - rest.begin();
        auto const open = quote + 1 + static_cast<std::size_t>(skipped);
        if (text[open] != U'<' || open + 2 >= text.size()) continue;
        return bracketed(text, open);  // one further to the left has this line end in it, too
    }
    return {};
}

// Whether the character at `position` is another one in NFC, as `<` is before a combining solidus
// (it makes "not less than"): then it is no punctuation. Text has no more than 30 marks on a letter
// (UAX #15, Stream-Safe Text Format), so what follows further on cannot matter.
bool composes(std::u32string_view text, std::size_t position) {
    return unicode::to_nfc(text.substr(position, 32)).front() != text[position];
}

// The first of `specials` outside quotes; npos when there is none.
std::size_t find_unquoted(std::u32string_view text, std::u32string_view specials) {
    bool inside = false, escaped = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char32_t const c = text[i];
        if (inside) {
            // What composes does not use up the backslash before it.
            if (escaped && composes(text, i)) continue;
            if (c == U'"' && !escaped) inside = false;
            escaped = c == U'\\' && !escaped;
        } else if (c == U'"') {
            inside = true;
        } else if (specials.find(c) != npos && !composes(text, i)) {
            return i;
        }
    }
    return npos;
}

struct Unquoted {
    std::u32string text;
    bool quoted = false;
    std::string reason;
};

std::string after_quote_reason(std::u32string_view rest) {
    std::string reason = "Extra character(s) found after close quote: ";
    for (std::size_t i = 0; i < rest.size(); ++i) {
        if (i > 0) reason += ", ";
        reason += unicode::display(rest[i]);
    }
    return reason;
}

// Takes the quotes off, and the backslashes that escape. A closing quote may be missing.
Unquoted unquote(std::u32string_view text) {
    if (!text.starts_with(U'"')) return {std::u32string(text), false, {}};
    Unquoted result{{}, true, {}};
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == U'"') {
            if (i + 1 < text.size()) result.reason = after_quote_reason(text.substr(i + 1));
            break;
        }
        if (text[i] == U'\\' && ++i == text.size()) break;
        result.text += text[i];
    }
    return result;
}

std::string display_name_reason(std::u32string_view text) {
    auto const name = unquote(unicode::trimmed_right(text));
    if (!name.reason.empty()) return name.reason;
    if (!name.quoted) {
        if (auto const others = list_others(name.text, is_atom_or_space); !others.empty()) {
            return concat(
                {"The display name contains invalid characters when not quoted: ", others, "."});
        }
    }
    return unsafe_reason(name.text, Spaces::allowed);
}

// `text` begins with the opening bracket.
std::string closing_bracket_reason(std::u32string_view text) {
    if (text.find(U'>') == npos) {
        return "An open angle bracket at the start of the email address has to be followed by a "
               "close angle bracket at the end.";
    }
    if (text[text.find_last_not_of(U' ')] != U'>') {
        return "There can't be anything after the email address.";
    }
    return {};
}

std::u32string_view without_last(std::u32string_view text, char32_t unwanted) {
    return text.substr(0, text.find_last_not_of(unwanted) + 1);  // npos + 1 is 0
}

AddressParts refused(std::string reason) {
    return {{}, {}, false, false, std::move(reason)};
}

}  // namespace

std::u32string_view without_display_name(std::u32string_view text) {
    auto const body = unicode::trimmed(text);
    if (!body.ends_with(U'>')) return text;
    std::u32string_view address;
    if (body.front() == U'"') {
        address = after_quoted_name(body);
    } else if (auto const open = body.find(U'<');
               open != npos && std::ranges::all_of(body.substr(0, open), is_name_or_space)) {
        address = bracketed(body, open);
    }
    return address.empty() ? text : address;
}

AddressParts split_address(std::u32string_view text) {
    auto special = find_unquoted(text, U"@<");
    if (special == npos) return refused(std::string(no_at_sign));

    bool const in_angles = text[special] == U'<';
    if (in_angles) {
        auto const rest = text.substr(special);
        if (auto reason = display_name_reason(text.substr(0, special)); !reason.empty()) {
            return refused(std::move(reason));
        }
        if (auto reason = closing_bracket_reason(rest); !reason.empty()) {
            return refused(std::move(reason));
        }
        text = without_last(without_last(rest.substr(1), U' '), U'>');
        special = find_unquoted(text, U"@");
        if (special == npos) return refused(std::string(no_at_sign));
    }
    auto local_part = unquote(text.substr(0, special));
    if (!local_part.reason.empty()) return refused(std::move(local_part.reason));
    return {std::move(local_part.text),
            std::u32string(text.substr(special + 1)),
            local_part.quoted,
            in_angles,
            {}};
}

}  // namespace blog::schemas
