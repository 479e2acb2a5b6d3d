#include "db/copy_checksum.hpp"

#include <array>
#include <new>
#include <xxhash.h>

namespace blog::db {

void CopyChecksum::Free::operator()(XXH3_state_s* state) const noexcept {
    XXH3_freeState(state);
}

CopyChecksum::CopyChecksum() : state_(XXH3_createState()) {
    if (!state_) throw std::bad_alloc();
    XXH3_128bits_reset(state_.get());
}

// A value is its kind, its number or its length, and its text: no two rows look alike. The bytes of
// numbers have a fixed order, so that a checksum can be compared with another machine's.
void CopyChecksum::add(CopyRow row) {
    for (auto const& value : row) {
        bool const is_text = value.is == CopyValue::Is::text;
        auto const number = is_text ? value.text.size() : static_cast<std::uint64_t>(value.number);
        std::array<unsigned char, 9> head{static_cast<unsigned char>(value.is)};
        for (std::size_t i = 0; i < 8; ++i)
            head[i + 1] = static_cast<unsigned char>(number >> (8 * i));
        XXH3_128bits_update(state_.get(), head.data(), head.size());
        if (is_text) XXH3_128bits_update(state_.get(), value.text.data(), value.text.size());
    }
    ++rows_;
}

std::string CopyChecksum::text() const {
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(state_.get()));
    std::string out;
    for (unsigned char const byte : canonical.digest) {
        out += "0123456789abcdef"[byte >> 4];
        out += "0123456789abcdef"[byte & 15];
    }
    return out;
}

}  // namespace blog::db
