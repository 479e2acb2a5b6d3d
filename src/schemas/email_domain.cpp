#include "schemas/email_domain.hpp"

#include "schemas/email_syntax.hpp"
#include "schemas/idna.hpp"
#include "schemas/ip_literal.hpp"
#include "schemas/unicode.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

namespace blog::schemas {
namespace {

constexpr std::size_t domain_length_max = 253;  // RFC 1035, section 2.3.4, less the root's bytes
constexpr std::size_t label_length_max = 63;

// Domains in which nobody has mail that reaches the world, of the IANA registry "Special-Use Domain
// Names". Which of them to refuse is email-validator's policy: RFC 6761 (invalid, localhost, test),
// RFC 6762 (local), RFC 7686 (onion), and all of arpa; `example` is left to documentation.
constexpr std::array<std::u32string_view, 6> special_use{U"arpa",      U"invalid", U"local",
                                                         U"localhost", U"onion",   U"test"};

constexpr std::string_view invalid_characters =
    "The part after the @-sign contains invalid characters";

bool is_ascii_letter(char32_t c) {
    return (c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z');
}

// RFC 1123, section 2.1, and anything beyond ASCII for IDNA to decide.
bool is_hostname_character(char32_t c) {
    return is_ascii_letter(c) || (c >= U'0' && c <= U'9') || c == U'-' || c == U'.' || c >= 0x80;
}

bool is_literal_character(char32_t c) {
    return c >= 0x21 && c <= 0xfa;
}

std::vector<std::u32string_view> labels_of(std::u32string_view domain) {
    std::vector<std::u32string_view> labels;
    for (;;) {
        auto const dot = domain.find(U'.');
        labels.push_back(domain.substr(0, dot));
        if (dot == domain.npos) return labels;
        domain.remove_prefix(dot + 1);
    }
}

// Every label through `convert`, with dots between; the first error ends it.
idna::Form by_label(std::u32string_view domain, idna::Form (*convert)(std::u32string_view)) {
    idna::Form whole;
    for (auto const label : labels_of(domain)) {
        auto form = convert(label);
        if (!form.error.empty()) return {{}, std::move(form.error)};
        if (!whole.text.empty()) whole.text += U'.';
        whole.text += form.text;
    }
    return whole;
}

// "ab--": reserved for encodings such as Punycode's "xn--" (RFC 5890, section 2.3.1).
bool is_reserved_label(std::u32string_view label) {
    return label.size() >= 4 && label.substr(2, 2) == U"--" && !label.starts_with(U"xn");
}

std::string typed_reason(std::u32string_view domain) {
    if (auto const others = list_others(domain, is_hostname_character); !others.empty()) {
        return concat({invalid_characters, ": ", others, "."});
    }
    return unsafe_reason(domain, Spaces::refused);
}

// Asked after the mapping, because that can make dots, hyphens and ASCII out of other characters.
std::string mapped_reason(std::u32string_view domain) {
    if (auto const others = list_others(domain, is_hostname_character); !others.empty()) {
        return concat({invalid_characters, " after Unicode normalization: ", others, "."});
    }
    if (auto reason = dots_reason(domain, Side::domain); !reason.empty()) return reason;
    if (std::ranges::any_of(labels_of(domain), is_reserved_label)) {
        return "An email address cannot have two letters followed by two dashes immediately after "
               "the @-sign or after a period, except Punycode.";
    }
    return {};
}

std::string length_reason(std::u32string_view ascii, std::u32string_view typed) {
    if (ascii.size() > domain_length_max) {
        std::size_t const excess = ascii.size() - domain_length_max;
        std::string how_far = too_many(excess, "character");
        if (ascii != typed) {
            how_far = too_many(excess, "byte");
            how_far.insert(how_far.size() - 1, " after IDNA encoding");
        }
        return concat({"The email address is too long after the @-sign ", how_far, "."});
    }
    for (auto const label : labels_of(ascii)) {
        if (label.size() <= label_length_max) continue;
        return concat({"After the @-sign, periods cannot be separated by so many characters ",
                       too_many(label.size() - label_length_max, "character"), "."});
    }
    return {};
}

// Whether a mail server anywhere could find it.
std::string reach_reason(std::u32string_view ascii) {
    if (ascii.find(U'.') == ascii.npos) {
        return "The part after the @-sign is not valid. It should have a period.";
    }
    if (!is_ascii_letter(ascii.back())) {
        return "The part after the @-sign is not valid. It is not within a valid top-level domain.";
    }
    // All of the names are top-level ones, so the last label decides.
    auto const top = ascii.substr(ascii.rfind(U'.') + 1);
    if (std::ranges::find(special_use, top) != special_use.end()) {
        return "The part after the @-sign is a special-use or reserved name that cannot be used "
               "with email.";
    }
    return {};
}

DomainReport refused(std::string reason) {
    return {{}, {}, std::move(reason)};
}

}  // namespace

DomainReport check_domain(std::u32string_view domain) {
    if (auto reason = typed_reason(domain); !reason.empty()) return refused(std::move(reason));

    auto const mapped = idna::map(domain);
    if (!mapped.error.empty()) {
        return refused(concat({invalid_characters, " (", mapped.error, ")."}));
    }
    if (auto reason = mapped_reason(mapped.text); !reason.empty()) {
        return refused(std::move(reason));
    }
    auto ascii = unicode::is_ascii(mapped.text) ? idna::Form{mapped.text, {}}
                                                : by_label(mapped.text, idna::to_ascii);
    if (!ascii.error.empty()) {
        return refused(concat({"The part after the @-sign is invalid (", ascii.error, ")."}));
    }
    if (auto reason = length_reason(ascii.text, domain); !reason.empty()) {
        return refused(std::move(reason));
    }
    if (auto reason = reach_reason(ascii.text); !reason.empty()) return refused(std::move(reason));

    // What was typed in ASCII may look like an A-label without being one.
    auto shown = by_label(ascii.text, idna::to_unicode);
    if (!shown.error.empty()) {
        return refused(
            concat({"The part after the @-sign is not valid IDNA (", shown.error, ")."}));
    }
    return {std::move(ascii.text), std::move(shown.text), {}};
}

std::string domain_literal_reason(std::u32string_view literal) {
    // One line end after the digits goes unnoticed here, and is then no digit.
    auto const digits = literal.ends_with(U'\n') ? literal.substr(0, literal.size() - 1) : literal;
    if (!digits.empty() && digits.find_first_not_of(U"0123456789.") == digits.npos) {
        auto const error = ipv4_error(literal);
        if (error.empty()) return "A bracketed IP address after the @-sign is not allowed here.";
        return concat(
            {"The address in brackets after the @-sign is not valid: It is not an IPv4 "
             "address (",
             error, ") or is missing an address literal tag."});
    }
    if (literal.starts_with(U"IPv6:")) {
        auto const error = ipv6_error(literal.substr(5));
        if (error.empty()) return "A bracketed IP address after the @-sign is not allowed here.";
        return concat(
            {"The IPv6 address in brackets after the @-sign is not valid (", error, ")."});
    }
    if (literal.find(U':') == literal.npos) {
        return "The part after the @-sign in brackets is not an IPv4 address and has no address "
               "literal tag.";
    }
    if (auto const others = list_others(literal, is_literal_character); !others.empty()) {
        return concat(
            {"The part after the @-sign contains invalid characters in brackets: ", others, "."});
    }
    return "The part after the @-sign contains an invalid address literal tag in brackets.";
}

}  // namespace blog::schemas
