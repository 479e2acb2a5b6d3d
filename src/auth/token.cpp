#include "auth/token.hpp"

#include "auth/sodium.hpp"

#include <array>
#include <span>

namespace blog::auth {

namespace {

template <std::size_t n>
std::array<unsigned char, n> random_bytes() {
    start_sodium();
    std::array<unsigned char, n> bytes;
    randombytes_buf(bytes.data(), bytes.size());
    return bytes;
}

std::string hex(std::span<unsigned char const> bytes) {
    std::string text(bytes.size() * 2 + 1, '\0');
    sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
    text.pop_back();  // the library ends it with NUL
    return text;
}

}  // namespace

Token new_token() {
    constexpr int unpadded = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
    auto bytes = random_bytes<32>();
    Token token;
    token.text.resize(sodium_base64_encoded_len(bytes.size(), unpadded));
    sodium_bin2base64(token.text.data(), token.text.size(), bytes.data(), bytes.size(), unpadded);
    token.text.pop_back();  // the library ends it with NUL
    sodium_memzero(bytes.data(), bytes.size());
    token.hash = token_hash(token.text);
    return token;
}

std::string token_hash(std::string_view text) {
    start_sodium();
    std::array<unsigned char, crypto_hash_sha256_BYTES> digest;
    auto const* const bytes = reinterpret_cast<unsigned char const*>(text.data());
    crypto_hash_sha256(digest.data(), bytes, text.size());
    return hex(digest);
}

std::string random_name() {
    return hex(random_bytes<16>());
}

}  // namespace blog::auth
