#include "net/finished.hpp"

#include <charconv>
#include <xxhash.h>

namespace blog::net {

Finished::Finished(std::string_view type, Coding coding, std::string_view etag,
                   std::string_view lines, std::string_view body)
    : type_(type), etag_bytes_(etag.size()) {
    constexpr std::size_t names_bytes = 128;  // of the lines written below
    char digits[20];
    auto const end = std::to_chars(digits, digits + sizeof digits, body.size()).ptr;
    bytes_.reserve(names_bytes + type.size() + etag.size() + lines.size() + body.size());
    bytes_.append("Content-Type: ").append(type);
    bytes_.append("\r\nContent-Length: ").append(digits, end).append("\r\n");
    if (coding != Coding::identity)
        bytes_.append("Content-Encoding: ").append(to_string(coding)).append("\r\n");
    etag_at_ = bytes_.size();
    bytes_.append(etag_name).append(etag).append("\r\n").append(lines).append("\r\n");
    body_at_ = bytes_.size();
    bytes_.append(body);
}

std::string etag_of(std::string_view body) {
    static constexpr char hex[] = "0123456789abcdef";
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits(body.data(), body.size()));
    std::string tag;
    tag.reserve(2 * sizeof canonical.digest + 2);
    tag += '"';
    for (unsigned char const byte : canonical.digest) {
        tag += hex[byte >> 4];
        tag += hex[byte & 15];
    }
    tag += '"';
    return tag;
}

std::string with_coding(std::string_view etag, Coding coding) {
    std::string tag(etag.substr(0, etag.size() - 1));
    if (coding != Coding::identity) tag.append("-").append(to_string(coding));
    return tag += '"';
}

}  // namespace blog::net
