#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace blog::bench {

// Finds the end of each HTTP/1.1 answer in what a server sends, with Content-Length, chunked or up
// to the end of the connection. Keeps the status and forgets the rest.
class AnswerReader {
public:
    // Begins the next answer. To HEAD: it has no body, whatever its head says.
    void expect(bool to_head) noexcept;

    // Takes what belongs to the answer from the front of `in` and returns its size. That is less
    // than all of it only when the answer is done or broken.
    std::size_t take(std::string_view in);
    // The server has closed: an answer that reaches to the end is done, any other is broken.
    void close() noexcept;

    bool done() const noexcept { return at_ == At::done; }
    bool broken() const noexcept { return at_ == At::broken; }
    int status() const noexcept { return status_; }           // 0 before the head was read
    bool keep_alive() const noexcept { return keep_alive_; }  // of a done answer

private:
    enum class At : std::uint8_t {
        head,
        body,
        to_the_end,
        chunk_size,
        chunk,
        trailer,
        done,
        broken
    };

    std::size_t step(std::string_view in);
    std::size_t collect(std::string_view in, std::string_view mark, std::string_view& out);
    void read_head(std::string_view head);
    void read_field(std::string_view name, std::string_view value);
    void begin_body();
    void read_chunk_size(std::string_view line);

    At at_ = At::done;
    bool to_head_ = false, chunked_ = false, has_length_ = false, keep_alive_ = true;
    int status_ = 0;
    std::uint64_t left_ = 0;  // of the body or of the chunk
    std::string partial_;     // a head or a line that has not come to its end yet
};

}  // namespace blog::bench
