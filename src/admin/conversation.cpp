#include "admin/conversation.hpp"

#include "assert.hpp"

#include <cstdint>

namespace blog::admin {
namespace {

constexpr std::size_t head_bytes = 5;

bool is_kind(char c) noexcept {
    return std::string_view("wsgodmr").find(c) != std::string_view::npos;
}

std::size_t length_of(std::string_view head) noexcept {
    std::size_t length = 0;
    for (char const c : head.substr(1))
        length = length << 8 | static_cast<unsigned char>(c);
    return length;
}

}  // namespace

void append_record(std::string& out, RecordKind kind, std::string_view text) {
    BLOG_ASSERT(text.size() <= record_bytes_max);
    out += static_cast<char>(kind);
    for (int shift = 24; shift >= 0; shift -= 8)
        out += static_cast<char>(text.size() >> shift & 0xff);
    out += text;
}

std::optional<Record> take_record(std::string_view& bytes) {
    if (bytes.empty()) return std::nullopt;
    if (!is_kind(bytes.front())) throw ConversationError("a record of no known kind");
    if (bytes.size() < head_bytes) return std::nullopt;
    auto const length = length_of(bytes.substr(0, head_bytes));
    if (length > record_bytes_max) throw ConversationError("a record that is too long");
    if (bytes.size() - head_bytes < length) return std::nullopt;
    Record const record{static_cast<RecordKind>(bytes.front()), bytes.substr(head_bytes, length)};
    bytes.remove_prefix(head_bytes + length);
    return record;
}

std::string to_bytes(Request const& request) {
    // First of all, so that the secret is never moved to a larger block and left behind.
    std::string out;
    std::size_t size = head_bytes;
    for (auto const& word : request.words)
        size += head_bytes + word.size();
    if (request.secret) size += head_bytes + request.secret->size();
    if (size > request_bytes_max)
        throw std::runtime_error("that is too long: names and password may have 64 KiB in all");
    out.reserve(size);
    for (auto const& word : request.words)
        append_record(out, RecordKind::word, word);
    if (request.secret) append_record(out, RecordKind::secret, *request.secret);
    append_record(out, RecordKind::go, "");
    return out;
}

std::optional<Request> parse_request(std::string_view bytes) {
    if (bytes.size() > request_bytes_max) throw ConversationError("a request that is too long");
    Request request;
    while (auto const record = take_record(bytes)) {
        if (record->kind == RecordKind::word && !request.secret) {
            request.words.emplace_back(record->text);
        } else if (record->kind == RecordKind::secret && !request.secret) {
            request.secret.emplace(record->text);
        } else if (record->kind == RecordKind::go && bytes.empty()) {
            return request;
        } else {
            throw ConversationError("a record in the wrong place");
        }
    }
    return std::nullopt;
}

}  // namespace blog::admin
