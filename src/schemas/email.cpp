#include "schemas/email.hpp"

#include "schemas/email_domain.hpp"
#include "schemas/email_split.hpp"
#include "schemas/email_syntax.hpp"
#include "schemas/unicode.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace blog::schemas {
namespace {

constexpr std::size_t text_length_max = 2048;      // characters, display name included
constexpr std::size_t local_part_length_max = 64;  // RFC 5321, section 4.5.3.1.1
constexpr std::size_t address_length_max = 254;    // bytes: RFC 3696, erratum 1690

// Mailboxes whose case never matters: RFC 2142, sections 3 to 5.
constexpr std::array<std::u32string_view, 15> role_names{
    U"info", U"marketing", U"sales",      U"support",    U"abuse",
    U"noc",  U"security",  U"postmaster", U"hostmaster", U"usenet",
    U"news", U"webmaster", U"www",        U"uucp",       U"ftp"};

// RFC 6531, section 3.3: whatever is beyond ASCII may stand in an atom.
bool is_atom(char32_t c) {
    return is_atom_ascii(c) || c >= 0x80;
}

bool is_atom_or_dot(char32_t c) {
    return is_atom(c) || c == U'.';
}

bool is_quotable(char32_t c) {
    return c >= 0x20 && c != 0x7f;
}

// RFC 5322, section 3.2.3: atoms with single dots between them.
bool is_dot_atom(std::u32string_view text) {
    return !text.empty() && std::ranges::all_of(text, is_atom_or_dot) &&
           dots_reason(text, Side::local_part).empty();
}

std::u32string requoted(std::u32string_view text) {
    std::u32string quoted = U"\"";
    for (char32_t const c : text) {
        if (c == U'"' || c == U'\\') quoted += U'\\';
        quoted += c;
    }
    return quoted + U'"';
}

std::string local_part_reason(std::u32string_view local, bool quoted) {
    if (local.empty()) return "There must be something before the @-sign.";
    if (local.size() > local_part_length_max) {
        return concat({"The email address is too long before the @-sign ",
                       too_many(local.size() - local_part_length_max, "character"), "."});
    }
    if (is_dot_atom(local)) return unsafe_reason(local, Spaces::refused);
    if (quoted) {
        if (auto const others = list_others(local, is_quotable); !others.empty()) {
            return concat(
                {"The email address contains invalid characters in quotes before the "
                 "@-sign: ",
                 others, "."});
        }
        return unsafe_reason(local, Spaces::allowed);
    }
    if (auto const others = list_others(local, is_atom_or_dot); !others.empty()) {
        return concat(
            {"The email address contains invalid characters before the @-sign: ", others, "."});
    }
    return dots_reason(local, Side::local_part);
}

struct LocalPart {
    std::u32string text;  // normal form
    std::string reason;
};

LocalPart check_local_part(std::u32string_view local, bool quoted) {
    if (auto reason = local_part_reason(local, quoted); !reason.empty()) {
        return {{}, std::move(reason)};
    }

    // RFC 6532, section 3.1, asks for NFC. That can make other characters, or more of them.
    std::u32string const kept = is_dot_atom(local) ? std::u32string(local) : requoted(local);
    std::u32string text = unicode::to_nfc(kept);
    if (text != kept) {
        if (auto const reason = local_part_reason(text, quoted); !reason.empty()) {
            return {{}, "After Unicode normalization: " + reason};
        }
    }
    if (quoted) return {{}, "Quoting the part before the @-sign is not allowed here."};

    std::u32string lower = unicode::to_ascii_lower(text);
    if (std::ranges::find(role_names, lower) != role_names.end()) text = std::move(lower);
    return {std::move(text), {}};
}

// The length as typed. In characters when that is certain; beyond ASCII the bytes give a range.
std::string typed_length_reason(std::u32string_view typed) {
    std::size_t const bytes = unicode::to_utf8(typed).size();
    if (bytes <= address_length_max) return {};
    std::size_t const excess = bytes - address_length_max;
    std::string how_far = too_many(excess, "character");
    std::size_t widest = 1;
    for (char32_t const& c : typed) {
        widest = std::max(widest, unicode::to_utf8({&c, 1}).size());
    }
    if (std::size_t const fewest = std::max<std::size_t>(1, excess / widest); fewest != excess) {
        how_far.insert(1, std::to_string(fewest) + '-');
    }
    return concat({"The email address is too long ", how_far, "."});
}

std::string length_reason(std::u32string_view address, std::string_view when) {
    std::size_t const bytes = unicode::to_utf8(address).size();
    if (bytes <= address_length_max) return {};
    return concat({"The email address is too long ", when, " ",
                   too_many(bytes - address_length_max, "byte"), "."});
}

EmailReport refused(std::string reason) {
    return {{}, std::move(reason)};
}

// The order of the checks is the order in which the contract gives the reasons.
EmailReport check_parts(AddressParts const& parts) {
    auto const local = check_local_part(parts.local_part, parts.quoted);
    if (!local.reason.empty()) return refused(local.reason);

    std::u32string_view const typed = parts.domain;
    if (typed.empty()) return refused("There must be something after the @-sign.");
    if (typed.starts_with(U'[') && typed.ends_with(U']')) {
        return refused(domain_literal_reason(typed.substr(1, typed.size() - 2)));
    }
    auto const domain = check_domain(typed);
    if (!domain.reason.empty()) return refused(domain.reason);

    std::u32string const normal = local.text + U'@' + domain.shown;
    std::string reason = typed_length_reason(parts.local_part + U'@' + parts.domain);
    if (reason.empty()) reason = length_reason(normal, "after normalization");
    if (reason.empty()) {
        reason = length_reason(local.text + U'@' + domain.ascii,
                               "when the part after the @-sign is converted to IDNA ASCII");
    }
    if (reason.empty() && parts.in_angles) {
        reason =
            "A display name and angle brackets around the email address are not permitted "
            "here.";
    }
    if (!reason.empty()) return refused(std::move(reason));
    return {unicode::to_utf8(normal), {}};
}

}  // namespace

EmailReport check_email(std::string_view text) {
    // No character has more than 4 bytes: what is far too long is not looked at.
    std::u32string const characters = unicode::from_utf8(text.substr(0, 4 * (text_length_max + 1)));
    if (characters.size() > text_length_max) {
        return refused("Length must not exceed 2048 characters");
    }
    auto const parts = split_address(unicode::trimmed(without_display_name(characters)));
    return parts.reason.empty() ? check_parts(parts) : refused(parts.reason);
}

}  // namespace blog::schemas
