#pragma once
#include <string>
#include <string_view>

namespace blog::auth {

// A secret to be handed out once. The text goes to its owner, the hash into the database.
struct Token {
    std::string text;  // 43 characters of A-Z a-z 0-9 - _, which are 256 random bits
    std::string hash;  // token_hash(text)
};

// Any thread.
Token new_token();

// SHA-256 of the text as it is, 64 lower-case hex digits. A text with so many random bits needs
// neither salt nor a slow hash.
std::string token_hash(std::string_view text);

// 128 random bits as 32 lower-case hex digits, for the names of files.
std::string random_name();

}  // namespace blog::auth
