#include "mail/mailbox.hpp"

#include <unicode/uidna.h>

#include <algorithm>
#include <array>
#include <memory>

namespace blog::mail {
namespace {

constexpr std::size_t address_bytes_max = 254;  // RFC 5321, with its brackets 256

// What stands in a local part without quotes, or is no ASCII.
bool is_local_character(char c) {
    static constexpr std::string_view refused = "()<>[]:;@\\,\" \x7f";
    return static_cast<unsigned char>(c) > ' ' && refused.find(c) == refused.npos;
}

bool is_local_part(std::string_view text) {
    return !text.empty() && text.front() != '.' && text.back() != '.' &&
           text.find("..") == text.npos && std::ranges::all_of(text, is_local_character);
}

bool is_host_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.';
}

std::optional<std::string> ascii_domain(std::string_view domain) {
    UErrorCode error = U_ZERO_ERROR;
    std::unique_ptr<UIDNA, decltype(&uidna_close)> const idna(
        uidna_openUTS46(UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ,
                        &error),
        uidna_close);
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    std::array<char, 256> out{};
    auto const size =
        uidna_nameToASCII_UTF8(idna.get(), domain.data(), static_cast<std::int32_t>(domain.size()),
                               out.data(), static_cast<std::int32_t>(out.size()), &info, &error);
    if (U_FAILURE(error) || info.errors != 0 || size <= 0) return std::nullopt;
    std::string_view const name(out.data(), static_cast<std::size_t>(size));
    if (!std::ranges::all_of(name, is_host_character)) return std::nullopt;
    return std::string(name);
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ')
        text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ')
        text.remove_suffix(1);
    return text;
}

}  // namespace

bool is_ascii(std::string_view text) noexcept {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::optional<std::string> wire_address(std::string_view address) {
    auto const at = address.rfind('@');
    if (at == address.npos || address.size() > address_bytes_max) return std::nullopt;
    auto const local = address.substr(0, at);
    if (!is_local_part(local)) return std::nullopt;
    auto const domain = ascii_domain(address.substr(at + 1));
    if (!domain) return std::nullopt;
    return std::string(local) + '@' + *domain;
}

std::optional<Mailbox> parse_mailbox(std::string_view text) {
    text = trimmed(text);
    Mailbox box;
    if (auto const open = text.rfind('<'); open != text.npos && text.ends_with('>')) {
        auto name = trimmed(text.substr(0, open));
        if (name.size() >= 2 && name.front() == '"' && name.back() == '"')
            name = name.substr(1, name.size() - 2);
        box.name = name;
        text = text.substr(open + 1, text.size() - open - 2);
    }
    box.address = text;
    if (!wire_address(box.address)) return std::nullopt;
    return box;
}

}  // namespace blog::mail
