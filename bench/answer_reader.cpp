#include "answer_reader.hpp"

#include "net/text.hpp"

#include <algorithm>
#include <charconv>

namespace blog::bench {
namespace {

constexpr std::size_t head_bytes_max = 64u << 10;

template <class Number>
bool parse(std::string_view text, Number& out, int base = 10) {
    auto const* const end = text.data() + text.size();
    auto const result = std::from_chars(text.data(), end, out, base);
    return result.ec == std::errc() && result.ptr == end;
}

}  // namespace

void AnswerReader::expect(bool to_head) noexcept {
    at_ = At::head;
    to_head_ = to_head;
    chunked_ = has_length_ = false;
    keep_alive_ = true;
    status_ = 0;
    left_ = 0;
    partial_.clear();
}

std::size_t AnswerReader::take(std::string_view in) {
    std::size_t used = 0;
    while (used < in.size() && !done() && !broken())
        used += step(in.substr(used));
    return used;
}

void AnswerReader::close() noexcept {
    if (done()) return;
    at_ = at_ == At::to_the_end ? At::done : At::broken;
    keep_alive_ = false;
}

std::size_t AnswerReader::step(std::string_view in) {
    std::string_view text;  // .data() is null until all of it is there
    std::size_t used = 0;
    switch (at_) {
        case At::head:
            used = collect(in, "\r\n\r\n", text);
            if (text.data() != nullptr) read_head(text);
            break;
        case At::chunk_size:
            used = collect(in, "\r\n", text);
            if (text.data() != nullptr) read_chunk_size(text);
            break;
        case At::trailer:
            used = collect(in, "\r\n", text);
            if (text.data() != nullptr && text.empty()) at_ = At::done;
            break;
        case At::body:
        case At::chunk:
            used = static_cast<std::size_t>(std::min<std::uint64_t>(left_, in.size()));
            left_ -= used;
            if (left_ == 0) at_ = at_ == At::body ? At::done : At::chunk_size;
            break;
        case At::to_the_end:
            used = in.size();
            break;
        case At::done:
        case At::broken:
            break;
    }
    if (text.data() != nullptr) partial_.clear();
    return used;
}

// `out` is what comes before `mark`, once that is there: a view of `in` or of partial_.
std::size_t AnswerReader::collect(std::string_view in, std::string_view mark,
                                  std::string_view& out) {
    if (partial_.empty()) {  // the usual case: nothing is copied
        auto const end = in.find(mark);
        if (end != in.npos) {
            out = in.substr(0, end);
            return end + mark.size();
        }
    }
    auto const before = partial_.size();
    auto const from = before - std::min(before, mark.size() - 1);
    partial_ += in;
    auto const end = partial_.find(mark, from);
    if (end != partial_.npos) {
        out = std::string_view(partial_).substr(0, end);
        return end + mark.size() - before;
    }
    if (partial_.size() > head_bytes_max) at_ = At::broken;
    return in.size();
}

void AnswerReader::read_head(std::string_view head) {
    auto const line = head.substr(0, head.find("\r\n"));
    if (!line.starts_with("HTTP/1.") || line.size() < 12 || !parse(line.substr(9, 3), status_)) {
        at_ = At::broken;
        return;
    }
    keep_alive_ = line[7] != '0';
    for (auto rest = head.substr(line.size()); !rest.empty();) {
        rest.remove_prefix(2);
        auto const field = rest.substr(0, rest.find("\r\n"));
        auto const colon = field.find(':');
        if (colon != field.npos)
            read_field(field.substr(0, colon), net::trim(field.substr(colon + 1)));
        rest.remove_prefix(field.size());
    }
    if (!broken()) begin_body();
}

void AnswerReader::read_field(std::string_view name, std::string_view value) {
    if (net::iequals(name, "Content-Length")) {
        has_length_ = parse(value, left_);
        if (!has_length_) at_ = At::broken;
    } else if (net::iequals(name, "Transfer-Encoding")) {
        chunked_ = net::iequals(value, "chunked");
    } else if (net::iequals(name, "Connection")) {
        if (net::iequals(value, "close")) keep_alive_ = false;
        if (net::iequals(value, "keep-alive")) keep_alive_ = true;
    }
}

void AnswerReader::begin_body() {
    if (status_ / 100 == 1) return expect(to_head_);  // 100 Continue: the answer is still to come
    bool const none = to_head_ || status_ == 204 || status_ == 304;
    if (none || (has_length_ && left_ == 0 && !chunked_))
        at_ = At::done;
    else if (chunked_)
        at_ = At::chunk_size;
    else
        at_ = has_length_ ? At::body : At::to_the_end;
}

void AnswerReader::read_chunk_size(std::string_view line) {
    if (!parse(line.substr(0, line.find(';')), left_, 16)) {
        at_ = At::broken;
    } else if (left_ == 0) {
        at_ = At::trailer;
    } else {
        left_ += 2;  // the line end behind it
        at_ = At::chunk;
    }
}

}  // namespace blog::bench
