#pragma once
#include "net/content_coding.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace blog::net {

// A 200 whose every byte is ready, but for the lines that differ from one time to the next (status,
// Date, Connection), which come first. Immutable, so any number of connections and loops share it.
class Finished {
public:
    // `type` is static text. `etag` is strong and quoted; `lines` are ready field lines. A 304
    // repeats both (RFC 9110 15.4.5).
    Finished(std::string_view type, Coding coding, std::string_view etag, std::string_view lines,
             std::string_view body);
    Finished(Finished const&) = delete;
    Finished& operator=(Finished const&) = delete;

    // What follows the volatile lines: in the answer to GET, to HEAD, and in a 304.
    std::string_view whole() const noexcept { return bytes_; }
    std::string_view head() const noexcept { return whole().substr(0, body_at_); }
    std::string_view not_modified() const noexcept { return head().substr(etag_at_); }

    std::string_view type() const noexcept { return type_; }
    std::string_view body() const noexcept { return whole().substr(body_at_); }
    std::string_view etag() const noexcept {
        return whole().substr(etag_at_ + etag_name.size(), etag_bytes_);
    }
    std::string_view lines() const noexcept {
        auto const from = etag_at_ + etag_name.size() + etag_bytes_ + 2;
        return whole().substr(from, body_at_ - 2 - from);
    }
    std::size_t memory_bytes() const noexcept { return sizeof *this + bytes_.capacity(); }

    static constexpr std::string_view etag_name = "ETag: ";

private:
    std::string_view type_;
    std::string bytes_;  // Content-Type, Content-Length and so on | ETag, lines, empty line | body
    std::size_t etag_at_, etag_bytes_, body_at_;
};
using FinishedPtr = std::shared_ptr<Finished const>;

// A strong entity tag made from the body's bytes, quoted: equal bytes have equal tags, also after a
// restart. Another coding of the body has the tag with a suffix (RFC 9110 8.8.3.3).
std::string etag_of(std::string_view body);
std::string with_coding(std::string_view etag, Coding coding);

}  // namespace blog::net
