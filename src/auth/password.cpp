#include "auth/password.hpp"

#include "assert.hpp"
#include "auth/secret.hpp"
#include "auth/sodium.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <zxcvbn.h>

namespace blog::auth {

namespace {

constexpr std::uint32_t memory_kib_max = 1u << 20, passes_max = 20, lanes_max = 255;

struct Phc {
    std::uint32_t memory_kib = 0, passes = 0, lanes = 0;
    std::string_view salt, hash;  // in base64
};

bool skip(std::string_view& text, std::string_view word) noexcept {
    if (!text.starts_with(word)) return false;
    text.remove_prefix(word.size());
    return true;
}

bool take_number(std::string_view& text, std::uint32_t& number, std::uint32_t max) noexcept {
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || text.front() == '0') return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number <= max;
}

// Between `bytes_min` and 64 bytes in unpadded base64.
bool take_base64(std::string_view& text, std::string_view& field, std::size_t bytes_min) noexcept {
    constexpr std::string_view letters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    field = text.substr(0, text.find_first_not_of(letters));
    text.remove_prefix(field.size());
    auto const bytes = field.size() * 3 / 4;
    return field.size() % 4 != 1 && bytes >= bytes_min && bytes <= 64;
}

std::optional<Phc> parse(std::string_view text) noexcept {
    Phc phc;
    bool const whole =
        skip(text, "$argon2id$v=19$m=") && take_number(text, phc.memory_kib, memory_kib_max) &&
        skip(text, ",t=") && take_number(text, phc.passes, passes_max) && skip(text, ",p=") &&
        take_number(text, phc.lanes, lanes_max) && skip(text, "$") &&
        take_base64(text, phc.salt, 8) && skip(text, "$") && take_base64(text, phc.hash, 16) &&
        text.empty() && phc.memory_kib >= 8 * phc.lanes;
    if (!whole) return std::nullopt;
    return phc;
}

std::uint32_t kib(HashCost cost) noexcept {
    return static_cast<std::uint32_t>(cost.memory_bytes / 1024);
}

// Ways over a keyboard or a keypad that the library does not know, and names with digits that it
// takes for rarer than they are.
constexpr std::string_view walks[] = {"123qweasd", "123qweasdzxc", "1q2w3e4r",  "1q2w3e4r5t",
                                      "q1w2e3r4",  "q1w2e3r4t5",   "147258369", "741852963",
                                      "789456123", "123654789",    "qazwsxedc", "zaq12wsx",
                                      "admin123",  "pokemon1",     "welcome123"};

}  // namespace

std::string hash_password(std::string_view password, HashCost cost) {
    BLOG_ASSERT(cost.memory_bytes >= crypto_pwhash_argon2id_MEMLIMIT_MIN &&
                cost.memory_bytes / 1024 <= memory_kib_max && cost.passes >= 1 &&
                cost.passes <= passes_max);
    start_sodium();
    std::array<char, crypto_pwhash_argon2id_STRBYTES> phc;
    int const failed = crypto_pwhash_argon2id_str(phc.data(), password.data(), password.size(),
                                                  cost.passes, cost.memory_bytes);
    if (failed != 0) throw std::bad_alloc();
    return phc.data();
}

bool is_password_hash(std::string_view phc) noexcept {
    return parse(phc).has_value();
}

bool verify_password(std::string_view password, std::string const& phc) {
    if (!is_password_hash(phc)) return false;
    start_sodium();
    errno = 0;
    int const differs =
        crypto_pwhash_argon2id_str_verify(phc.c_str(), password.data(), password.size());
    // The library tells only so that it had no memory, which says nothing about the password.
    if (differs != 0 && errno == ENOMEM) throw std::bad_alloc();
    return differs == 0;
}

bool needs_rehash(std::string const& phc, HashCost cost) noexcept {
    auto const made = parse(phc);
    return !made || made->memory_kib != kib(cost) || made->passes != cost.passes ||
           made->lanes != 1 || made->salt.size() != 22 || made->hash.size() != 43;
}

bool too_common(std::string_view password) {
    constexpr std::size_t longest = 40;
    constexpr double first_of_one_part = 3000, first_of_several = 1024;
    // The library reads up to NUL; nobody's common password has one.
    if (password.size() > longest || password.find('\0') != std::string_view::npos) return false;
    std::string lower(password);
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    bool const is_walk = std::ranges::find(walks, std::string_view(lower)) != std::end(walks);
    ZxcMatch_t* parts = nullptr;
    double const bits = ZxcvbnMatch(lower.c_str(), nullptr, &parts);
    std::unique_ptr<ZxcMatch_t, decltype(&ZxcvbnFreeInfo)> const owned(parts, ZxcvbnFreeInfo);
    wipe(lower);
    if (is_walk) return true;
    if (parts == nullptr || parts->Type == BRUTE_MATCH) return false;
    return bits <= std::log2(parts->Next == nullptr ? first_of_one_part : first_of_several);
}

}  // namespace blog::auth
