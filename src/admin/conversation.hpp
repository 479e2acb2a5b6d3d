#pragma once
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace blog::admin {

// What goes over the control socket: records of one byte for the kind, four for the length (most
// significant first) and the text.
//   client: word ... word [secret] go
//   server: output ... output (done | misused | refused)
// Whoever sees the end before the last record knows that the other side has failed.
enum class RecordKind : char {
    word = 'w',     // one word of the command
    secret = 's',   // the password, in one line
    go = 'g',       // the request is complete
    output = 'o',   // for standard output
    done = 'd',     // and the exit code is 0
    misused = 'm',  // the words are wrong, this sentence says what is accepted: 2
    refused = 'r',  // it could not be done, for this reason: 1
};

// Of a record's text, and of a whole request.
inline constexpr std::size_t record_bytes_max = 64u << 10;
inline constexpr std::size_t request_bytes_max = 64u << 10;

struct Record {
    RecordKind kind{};
    std::string_view text;  // points into the bytes that were read
};

// The other side does not speak this.
struct ConversationError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// `text` has at most record_bytes_max bytes.
void append_record(std::string& out, RecordKind kind, std::string_view text);
// Takes the first record off `bytes`; nothing: it is not all there yet. Throws ConversationError.
std::optional<Record> take_record(std::string_view& bytes);

struct Request {
    std::vector<std::string> words;
    std::optional<std::string> secret{};
};
// Throws std::runtime_error with a sentence when it would be longer than request_bytes_max.
std::string to_bytes(Request const&);
// The request that `bytes` are; nothing: more has to come. Throws ConversationError.
std::optional<Request> parse_request(std::string_view bytes);

}  // namespace blog::admin
