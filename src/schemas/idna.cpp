#include "schemas/idna.hpp"

#include "schemas/idna_class.hpp"
#include "schemas/punycode.hpp"
#include "schemas/unicode.hpp"

#include <cstddef>

namespace blog::schemas::idna {
namespace {

using unicode::code_point;
using unicode::quoted;

constexpr std::u32string_view prefix = U"xn--";
constexpr std::size_t label_length_max = 63;  // RFC 1035, section 2.3.4

std::string misplaced_hyphen(std::u32string_view label) {
    if (label.size() >= 4 && label.substr(2, 2) == U"--") {
        return "Label has disallowed hyphens in 3rd and 4th position";
    }
    if (label.front() == U'-' || label.back() == U'-') {
        return "Label must not start or end with a hyphen";
    }
    return {};
}

std::string disallowed_character(std::u32string_view label) {
    Contents const contents = contents_of(label);
    for (std::size_t i = 0; i < label.size(); ++i) {
        auto const where = [i] { return " at position " + std::to_string(i + 1); };
        switch (class_of(label[i])) {
            case Class::valid:
                break;
            case Class::joiner:
                if (joiner_allowed(label, i)) break;
                return "Unknown codepoint adjacent to joiner " + code_point(label[i]) + where() +
                       " in " + quoted(label);
            case Class::contextual:
                if (context_allows(label, i, contents)) break;
                return "Codepoint " + code_point(label[i]) + " not allowed" + where() + " in " +
                       quoted(label);
            case Class::disallowed:
                return "Codepoint " + code_point(label[i]) + where() + " of " + quoted(label) +
                       " not allowed";
        }
    }
    return {};
}

// What a U-label must be: RFC 5891, section 4.2.3.
std::string label_error(std::u32string_view label) {
    if (label.empty()) return "Empty Label";
    if (unicode::to_nfc(label) != label) return "Label must be in Normalization Form C";
    if (auto error = misplaced_hyphen(label); !error.empty()) return error;
    if (unicode::group(label.front()) == 'M') {
        return "Label begins with an illegal combining character";
    }
    if (auto error = disallowed_character(label); !error.empty()) return error;
    return bidi_error(label);
}

Form checked(std::u32string label) {
    if (auto error = label_error(label); !error.empty()) return {{}, std::move(error)};
    return {std::move(label), {}};
}

}  // namespace

Form map(std::u32string_view domain) {
    for (std::size_t i = 0; i < domain.size(); ++i) {
        if (!unicode::disallowed_by_uts46(domain[i])) continue;
        return {{},
                "Codepoint " + code_point(domain[i]) + " not allowed at position " +
                    std::to_string(i + 1) + " in " + quoted(domain)};
    }
    return {unicode::to_uts46(domain), {}};
}

Form to_ascii(std::u32string_view label) {
    Form ascii{std::u32string(label), {}};
    if (unicode::is_ascii(label)) {
        ascii.error = to_unicode(label).error;
    } else {
        ascii.error = label_error(label);
        // No character takes less than one in ASCII, so what is too long already needs no encoding.
        if (ascii.error.empty() && label.size() <= label_length_max) {
            ascii.text = prefix;
            ascii.text += unicode::from_utf8(punycode::encode(label));
        }
    }
    if (ascii.error.empty() && ascii.text.size() > label_length_max) {
        ascii.error = "Label too long";
    }
    if (!ascii.error.empty()) ascii.text.clear();
    return ascii;
}

Form to_unicode(std::u32string_view label) {
    std::u32string lower = unicode::to_ascii_lower(label);
    if (!lower.starts_with(prefix)) return checked(std::move(lower));

    std::string const encoded = unicode::to_utf8(lower).substr(prefix.size());
    if (encoded.empty()) return {{}, "Malformed A-label, no Punycode eligible content found"};
    if (encoded.back() == '-') return {{}, "A-label must not end with a hyphen"};
    auto decoded = punycode::decode(encoded);
    if (!decoded) return {{}, "Invalid A-label"};
    return checked(std::move(*decoded));
}

}  // namespace blog::schemas::idna
