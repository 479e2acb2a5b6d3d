#include "auth/secret.hpp"

#include "auth/sodium.hpp"

namespace blog::auth {

void wipe(std::string& text) noexcept {
    // Up to the capacity: a text that was longer, or has moved away, has left characters there.
    text.resize(text.capacity());
    sodium_memzero(text.data(), text.size());
    text.clear();
}

}  // namespace blog::auth
