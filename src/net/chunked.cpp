#include "net/chunked.hpp"

#include "net/text.hpp"

#include <algorithm>

namespace blog::net {
namespace {

Progress refuse(Refusal& why, std::string_view text) {
    why = {Status::bad_request, "Invalid HTTP request received: " + std::string(text)};
    return Progress::refused;
}

// Takes one line off `rest`, without its CR LF. `limit` is for the line alone.
struct Line {
    Progress progress;
    std::string_view text;
};
Line take_line(std::string_view& rest, std::size_t limit) noexcept {
    auto const end = rest.find('\n');
    auto const size = end == rest.npos ? rest.size() : end + 1;
    if (size > limit + 2) return {Progress::refused, {}};
    if (end == rest.npos) {
        // A CR that is not the last byte can no longer end the line.
        bool const stray =
            rest.substr(0, rest.size() - std::min<std::size_t>(1, rest.size())).find('\r') !=
            rest.npos;
        return {stray ? Progress::refused : Progress::need_more, {}};
    }
    if (end == 0 || rest.find('\r') != end - 1) return {Progress::refused, {}};
    auto const text = rest.substr(0, end - 1);
    rest.remove_prefix(end + 1);
    return {Progress::done, text};
}

void skip_blanks(std::string_view& s) noexcept {
    s.remove_prefix(std::min(s.find_first_not_of(" \t"), s.size()));
}

bool skip_token(std::string_view& s) noexcept {
    auto const end = std::ranges::find_if_not(s, is_token_char);
    auto const size = static_cast<std::size_t>(end - s.begin());
    s.remove_prefix(size);
    return size > 0;
}

// Field text (RFC 9110 5.5) and quoted-pairs: anything but control characters; tab is none.
bool is_text_char(char c) noexcept {
    auto const byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte != 0x7f) || c == '\t';
}

bool skip_quoted(std::string_view& s) noexcept {
    for (std::size_t i = 1; i < s.size(); ++i) {
        if (s[i] == '"') {
            s.remove_prefix(i + 1);
            return true;
        }
        if (s[i] == '\\') ++i;
        if (i >= s.size() || !is_text_char(s[i])) return false;
    }
    return false;
}

// *( BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ] )
bool valid_extensions(std::string_view s) noexcept {
    while (!s.empty()) {
        skip_blanks(s);
        if (!s.starts_with(';')) return false;
        s.remove_prefix(1);
        skip_blanks(s);
        if (!skip_token(s)) return false;
        auto after = s;
        skip_blanks(after);
        if (!after.starts_with('=')) continue;
        s = after.substr(1);
        skip_blanks(s);
        if (!(s.starts_with('"') ? skip_quoted(s) : skip_token(s))) return false;
    }
    return true;
}

bool valid_field_line(std::string_view line) noexcept {
    return skip_token(line) && line.starts_with(':') && std::ranges::all_of(line, is_text_char);
}

}  // namespace

ChunkDecoder::Step ChunkDecoder::decode(std::string_view input, std::string& body, Refusal& why) {
    auto rest = input;
    auto progress = Progress::done;
    bool ended = false;
    while (!ended && progress == Progress::done) {
        switch (state_) {
            case State::size_line:
                progress = read_size_line(rest, body.size(), why);
                break;
            case State::data:
                progress = read_data(rest, body);
                break;
            case State::data_end:
                progress = read_data_end(rest, why);
                break;
            case State::trailer_line: {
                bool const last = rest.starts_with("\r\n");
                progress = read_trailer_line(rest, why);
                ended = last;
                break;
            }
        }
    }
    return {progress, input.size() - rest.size()};
}

Progress ChunkDecoder::read_size_line(std::string_view& rest, std::size_t body_bytes,
                                      Refusal& why) {
    auto const line = take_line(rest, limits_.chunk_line_bytes_max);
    if (line.progress == Progress::refused)
        return refuse(why, "a chunk begins with its size in hexadecimal digits and CR LF.");
    if (line.progress == Progress::need_more) return Progress::need_more;

    std::uint64_t size = 0;
    std::size_t digits = 0;
    for (; digits < line.text.size() && hex_value(line.text[digits]) >= 0; ++digits) {
        if (size >> 60 != 0) return refuse(why, "a chunk size is too large for a number.");
        size = size * 16 + static_cast<std::uint64_t>(hex_value(line.text[digits]));
    }
    auto const extensions = line.text.substr(digits);
    if (digits == 0) return refuse(why, "a chunk begins with its size in hexadecimal digits.");
    if (!valid_extensions(extensions)) return refuse(why, "a chunk extension is malformed.");
    extension_bytes_ += extensions.size();
    if (extension_bytes_ > limits_.chunk_extensions_bytes_max)
        return refuse(why, "too many chunk extensions.");
    if (size > body_bytes_max_ - body_bytes) {
        why = {Status::too_large, "The body is larger than the limit of " +
                                      std::to_string(body_bytes_max_) + " bytes."};
        return Progress::refused;
    }
    remaining_ = size;
    state_ = size == 0 ? State::trailer_line : State::data;
    return Progress::done;
}

Progress ChunkDecoder::read_data(std::string_view& rest, std::string& body) {
    auto const take = std::min<std::uint64_t>(remaining_, rest.size());
    body.append(rest.substr(0, take));
    rest.remove_prefix(take);
    remaining_ -= take;
    if (remaining_ > 0) return Progress::need_more;
    state_ = State::data_end;
    return Progress::done;
}

Progress ChunkDecoder::read_data_end(std::string_view& rest, Refusal& why) {
    if (!std::string_view("\r\n").starts_with(rest.substr(0, 2)))
        return refuse(why, "a chunk must end with CR LF after as many bytes as its size says.");
    if (rest.size() < 2) return Progress::need_more;
    rest.remove_prefix(2);
    state_ = State::size_line;
    return Progress::done;
}

Progress ChunkDecoder::read_trailer_line(std::string_view& rest, Refusal& why) {
    auto const allowed = limits_.trailer_bytes_max - trailer_bytes_;
    bool const too_long = std::min(rest.find('\n'), rest.size()) > allowed + 1;  // its CR
    auto const line = take_line(rest, rest.size());
    if (too_long) {
        why = {Status::header_too_large, "The trailer is larger than the limit of " +
                                             std::to_string(limits_.trailer_bytes_max) + " bytes."};
        return Progress::refused;
    }
    if (line.progress == Progress::need_more) return Progress::need_more;
    if (line.progress == Progress::refused) return refuse(why, "lines must end with CR LF.");
    if (!line.text.empty() && !valid_field_line(line.text))
        return refuse(why, "a trailer line is a name without spaces, a colon and a value.");
    trailer_bytes_ += line.text.size();
    return Progress::done;
}

}  // namespace blog::net
