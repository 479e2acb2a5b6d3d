#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace blog::auth {

// What one Argon2id hash takes to make. One lane.
struct HashCost {
    std::size_t memory_bytes = 19u << 20;  // 8 KiB to 1 GiB; whole KiB count
    unsigned passes = 2;                   // 1 to 20
};

// A new salt and the hash, as a PHC string of less than 128 characters. The password may have any
// length and any bytes, NUL too; all of them count. Takes tens of milliseconds: not on a loop.
// Throws std::bad_alloc when there is no memory for the cost.
std::string hash_password(std::string_view password, HashCost cost);

// Whether the string is an Argon2id hash that verify_password() would try: version 19, any number
// of lanes, at most 1 GiB and 20 passes. A damaged or hostile row must not ask for more.
bool is_password_hash(std::string_view phc) noexcept;

// Whether `phc` was made of this password, here or by another program that writes PHC strings.
// False for whatever is_password_hash() refuses. Takes as long as the string says: not on a loop.
// Throws std::bad_alloc and nothing else.
bool verify_password(std::string_view password, std::string const& phc);

// Whether it was made with another cost than this, or another way. Cheaper ones are as well to be
// replaced as dearer ones: equal cost is what keeps log ins equally fast.
bool needs_rehash(std::string const& phc, HashCost cost) noexcept;

// Whether it is among the few thousand that everybody tries first, whatever the case of its
// letters: one word, keyboard walk, sequence or repetition within the first 3,000 of a list of
// common passwords, names and words, or several of these (a word and digits) within the first
// 1,000. Any thread; takes up to a few hundred microseconds.
bool too_common(std::string_view password);

}  // namespace blog::auth
